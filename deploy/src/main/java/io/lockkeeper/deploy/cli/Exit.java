package io.lockkeeper.deploy.cli;

import io.lockkeeper.failure.FailureCode;

/** Exit codes: part of the contract. */
final class Exit {
  /** Reached what was asked. */
  static final int REACHED = 0;

  /** An unexpected fault. */
  static final int FAULT = 1;

  /** The promotion ended otherwise, or the journal does not verify. */
  static final int OTHERWISE = 2;

  /** Not found, refused, or findings. */
  static final int REFUSED = 3;

  /** Still running when the time given ended, or when the wait was left. */
  static final int RUNNING = 4;

  /** Wrong usage. */
  static final int USAGE = 64;

  /** Server or Temporal not reachable. */
  static final int UNREACHABLE = 69;

  private Exit() {}

  static int of(FailureCode code) {
    return switch (code) {
      case SERVER_UNREACHABLE, TEMPORAL_UNREACHABLE, CONTROL_DATABASE -> UNREACHABLE;
      case UNEXPECTED -> FAULT;
      default -> REFUSED;
    };
  }
}
