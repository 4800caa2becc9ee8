package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;

/** What keeps a backup from being restored, in the words of all our messages. */
final class RestoreFailures {
  private RestoreFailures() {}

  /** Nothing of the live database was touched. */
  static LockkeeperException before(Target target, String found) {
    return before(target, found, "Mend the cause, then retry; or take the change back by option A");
  }

  static LockkeeperException before(Target target, String found, String todo) {
    return new LockkeeperException(
        FailureCode.RESTORE_FAILED,
        "restoring a backup beside " + target.title(),
        found,
        "the live database serves as before, untouched",
        todo);
  }
}
