package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;

/** A unit that cannot be done as it stands: a verdict, not a fault. */
final class UnitFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final FailureCode code;

  UnitFailure(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  String text() {
    return code.text() + ": " + getMessage();
  }
}
