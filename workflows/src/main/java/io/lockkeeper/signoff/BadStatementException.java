package io.lockkeeper.signoff;

/** A statement that does not count: unsigned, signed by a stranger, changed, or unreadable. */
public final class BadStatementException extends Exception {
  private static final long serialVersionUID = 1;

  BadStatementException(String message) {
    super(message);
  }

  BadStatementException(String message, Throwable cause) {
    super(message, cause);
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
