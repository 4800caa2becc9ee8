package io.lockkeeper.failure;

/** Every kind of failure that a person can meet, with the code that its message begins with. */
public enum FailureCode {
  BACKUP_FAILED("LK-BACKUP-FAILED", Retry.NEVER),
  BLOB_CORRUPT("LK-BLOB-CORRUPT", Retry.NEVER),
  BLOB_UNAVAILABLE("LK-BLOB-UNAVAILABLE", Retry.WORLD),
  CAUSED_WAIT("LK-CAUSED-WAIT", Retry.NEVER),
  CONFIGURATION("LK-CONFIGURATION", Retry.NEVER),
  CONTROL_DATABASE("LK-CONTROL-DATABASE", Retry.WORLD),
  DATA_FOLDER("LK-DATA-FOLDER", Retry.NEVER),
  DRIFT("LK-DRIFT", Retry.NEVER),
  FENCED("LK-FENCED", Retry.NEVER),
  FORWARD_ONLY("LK-FORWARD-ONLY", Retry.NEVER),
  GRANT_REFUSED("LK-GRANT-REFUSED", Retry.NEVER),
  GUARD("LK-GUARD", Retry.NEVER),
  HEALTH("LK-HEALTH", Retry.NEVER),
  INDEX_IN_THE_WAY("LK-INDEX-IN-THE-WAY", Retry.NEVER),
  INTERRUPTED("LK-INTERRUPTED", Retry.WORLD),
  LOCK_TIMEOUT("LK-LOCK-TIMEOUT", Retry.NEVER),
  MEASURES_LAPSED("LK-MEASURES-LAPSED", Retry.NEVER),
  MEASURES_REFUSED("LK-MEASURES-REFUSED", Retry.NEVER),
  NOT_ALLOWED("LK-NOT-ALLOWED", Retry.NEVER),
  NOT_FOUND("LK-NOT-FOUND", Retry.NEVER),
  OVER_TIME("LK-OVER-TIME", Retry.NEVER),
  PAYLOAD_TOO_LARGE("LK-PAYLOAD-TOO-LARGE", Retry.NEVER),
  PORT_TAKEN("LK-PORT-TAKEN", Retry.NEVER),
  RESTORE_FAILED("LK-RESTORE-FAILED", Retry.NEVER),
  SERVER_UNREACHABLE("LK-SERVER-UNREACHABLE", Retry.WORLD),
  SQL_FAILED("LK-SQL-FAILED", Retry.NEVER),
  TARGET_CREDENTIALS("LK-TARGET-CREDENTIALS", Retry.NEVER),
  TARGET_TAKEN("LK-TARGET-TAKEN", Retry.NEVER),
  TARGET_UNREACHABLE("LK-TARGET-UNREACHABLE", Retry.WORLD),
  TEMPORAL_UNREACHABLE("LK-TEMPORAL-UNREACHABLE", Retry.WORLD),
  UNEXPECTED("LK-UNEXPECTED", Retry.WORLD),
  WRONG_TARGET("LK-WRONG-TARGET", Retry.NEVER);

  /** Whether the same act can succeed later without anybody changing what was asked. */
  public enum Retry {
    /** The input is wrong: it fails once. */
    NEVER,
    /** The world is wrong: it is tried again. */
    WORLD
  }

  private final String text;
  private final Retry retry;

  FailureCode(String text, Retry retry) {
    this.text = text;
    this.retry = retry;
  }

  public String text() {
    return text;
  }

  public boolean retried() {
    return retry == Retry.WORLD;
  }
}
