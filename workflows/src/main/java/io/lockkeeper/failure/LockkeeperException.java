package io.lockkeeper.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure told in the four parts of every message: what was tried on what, what was found, what
 * it means now, what to do next.
 */
public final class LockkeeperException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final FailureCode code;

  public LockkeeperException(
      FailureCode code, String tried, String found, String means, String todo) {
    this(code, tried, found, means, todo, null);
  }

  public LockkeeperException(
      FailureCode code,
      String tried,
      String found,
      String means,
      String todo,
      @Nullable Throwable cause) {
    super(message(code, tried, found, means, todo), cause);
    this.code = code;
  }

  public FailureCode code() {
    return code;
  }

  /** The whole message: never null, unlike that of other exceptions. */
  public String text() {
    return String.valueOf(getMessage());
  }

  private static String message(
      FailureCode code, String tried, String found, String means, String todo) {
    return code.text() + ": " + tried + ": " + found + ". " + means + ". " + todo + ".";
  }
}
