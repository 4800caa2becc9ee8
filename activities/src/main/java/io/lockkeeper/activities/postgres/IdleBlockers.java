package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activity.Blocker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ends sessions that stand in our way while they do nothing: only where the change says so, only
 * those that are idle in a transaction for longer than it says, never a superuser's, a
 * replication's or one of ours. A prepared transaction has no session and stays. Through the fence.
 */
final class IdleBlockers {
  private static final String END =
      """
      SELECT pg_terminate_backend(a.pid)
      FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
      WHERE a.pid = ? AND a.state IN ('idle in transaction', 'idle in transaction (aborted)')
        AND clock_timestamp() - a.state_change > make_interval(secs => ?)
        AND a.backend_type = 'client backend' AND a.datname = current_database()
        AND a.application_name NOT LIKE 'lk/%' AND NOT r.rolsuper AND NOT r.rolreplication
      """;

  private final Fence fence;
  private final SectionGuard guard;

  IdleBlockers(Fence fence, SectionGuard guard) {
    this.fence = fence;
    this.guard = guard;
  }

  /** Ends those among them, and among those they wait for, that may be ended. */
  void end(String what, List<Blocker> before) throws SQLException {
    Optional<Duration> idle = guard.rules().endIdleBlockers();
    if (idle.isEmpty()) {
      return;
    }
    for (Blocker blocker : before) {
      if (blocker.pid() != 0 && blocker.stateSeconds() > idle.get().toMillis() / 1000.0) {
        end(what, blocker, idle.get());
      }
      end(what, blocker.waitsFor());
    }
  }

  private void end(String what, Blocker blocker, Duration idle) throws SQLException {
    try {
      boolean ended =
          Rows.first(
                  fence.connection(),
                  END,
                  row -> row.getBoolean(1),
                  blocker.pid(),
                  idle.toMillis() / 1000.0)
              .orElse(false);
      if (ended) {
        guard.note("ended " + blocker.text() + ": it stood in the way of " + what);
      }
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      guard.note("could not end " + blocker.text() + ": " + SqlFailures.text(e));
    }
  }
}
