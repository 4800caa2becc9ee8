package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Asks for the locks of a transaction briefly and often: whoever waits for a strong lock makes
 * everybody else wait behind him.
 *
 * @param tries after which it gives up
 * @param pause between them
 */
record BriefLock(int tries, Duration pause) {
  /** How it is asked for on every target. */
  static final BriefLock USUAL = new BriefLock(60, Duration.ofSeconds(1));

  /** How long one try waits. */
  static final String TIMEOUT = "100ms";

  /**
   * Something changed in one transaction, begun anew while its locks are not there.
   *
   * @param what it is, as it reads in "waits for the lock of what"
   * @throws SQLException also where the last try did not get its locks: see {@link
   *     SqlFailures#isLockTimeout}
   */
  void change(Fence fence, Running running, String what, Fence.Change work) throws SQLException {
    for (int tried = 1; ; tried++) {
      try {
        fence.change(
            connection -> {
              Rows.execute(connection, "SET LOCAL lock_timeout = '" + TIMEOUT + "'");
              work.on(connection);
            });
        return;
      } catch (SQLException e) {
        if (!SqlFailures.isLockTimeout(e) || tried == tries) {
          throw e;
        }
        running.beat("waits for the lock of " + what);
        rest();
        running.throwIfStopped();
      }
    }
  }

  private void rest() {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LockkeeperException(
          FailureCode.INTERRUPTED,
          "waiting for a lock",
          "the worker stops",
          "nothing was done",
          "It is tried again by itself",
          e);
    }
  }
}
