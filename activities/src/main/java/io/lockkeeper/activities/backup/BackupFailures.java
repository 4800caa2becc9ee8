package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What keeps a backup from being taken or relied on, in the words of all our messages. */
final class BackupFailures {
  private BackupFailures() {}

  /** Whatever went wrong, in the words of who met it. */
  static LockkeeperException of(Target target, Exception e) {
    if (e instanceof ToolFailedException tool) {
      return problem(tool.doing(), tool.words(), e);
    }
    return problem(target, e instanceof SQLException sql ? SqlFailures.text(sql) : e.toString(), e);
  }

  static LockkeeperException problem(Target target, String found, @Nullable Exception cause) {
    return problem("backing up " + target.title(), found, cause);
  }

  private static LockkeeperException problem(
      String tried, String found, @Nullable Exception cause) {
    return new LockkeeperException(
        FailureCode.BACKUP_FAILED,
        tried,
        found,
        "there is no new backup, and nothing was changed",
        "Mend the cause, then retry the step",
        cause);
  }
}
