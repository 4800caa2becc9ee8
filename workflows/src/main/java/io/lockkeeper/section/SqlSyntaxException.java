package io.lockkeeper.section;

/** A text that is not SQL as a section may hold it. */
public final class SqlSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;
  private final int line;
  private final int column;

  SqlSyntaxException(String code, int line, int column, String message) {
    super(message);
    this.code = code;
    this.line = line;
    this.column = column;
  }

  public String code() {
    return code;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
