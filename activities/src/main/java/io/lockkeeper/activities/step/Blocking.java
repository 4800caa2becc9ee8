package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Blockers;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activity.Blocker;
import java.sql.SQLException;
import java.util.List;

/** Who is waited for, as a part of a sentence: names and ages, never a query. */
final class Blocking {
  private Blocking() {}

  /** {@code . Waited for: pid 4123 "report" of app idle in transaction for 312 s}; or nothing. */
  static String sentence(Target target) {
    try {
      List<Blocker> blockers = Blockers.all(target);
      return blockers.isEmpty() ? "" : ". Waited for: " + Blocker.text(blockers);
    } catch (SQLException e) {
      return ". Who is waited for cannot be read: " + SqlFailures.text(e);
    }
  }
}
