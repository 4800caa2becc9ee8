package io.lockkeeper.journal;

/** Where a promotion stands. */
public enum Status {
  NOT_STARTED,
  IN_PROGRESS,
  PAUSED,
  PARKED,
  AWAITING_SIGN_OFF,
  SOAKING,
  WATCHING,
  ROLLING_BACK,
  COMPLETE,
  ROLLED_BACK,
  ABORTED,
  FAILED;

  /** Whether what was applied may be taken back yet, or is being. */
  public boolean undecided() {
    return this == PAUSED || this == ROLLING_BACK;
  }

  public boolean ended() {
    return this == COMPLETE || this == ROLLED_BACK || this == ABORTED || this == FAILED;
  }
}
