package io.lockkeeper.activities.postgres;

import io.lockkeeper.activity.Blocker;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Other people's sessions in the database, as a drain sees and ends them: never one of ours, of a
 * superuser or of replication. Through the fence. Source: pg_stat_activity (PostgreSQL 12+), which
 * shows what others do only to members of pg_read_all_stats.
 */
final class Sessions {
  private static final String OTHERS =
      """
      FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
      WHERE a.datname = current_database() AND a.backend_type = 'client backend'
        AND a.pid <> pg_backend_pid() AND a.application_name NOT LIKE 'lk/%'
      """;

  private static final String MAY_END = " AND NOT r.rolsuper AND NOT r.rolreplication";
  private static final String BUSY = " AND a.state IS DISTINCT FROM 'idle'";

  private static final String SHOWN =
      """
      SELECT a.pid, a.usename, a.application_name, coalesce(a.state, 'unknown'),
        coalesce(extract(epoch FROM clock_timestamp() - a.state_change), 0),
        coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)
      """;

  private final Fence fence;

  /**
   * Which of them are looked at.
   *
   * @param begun since when, on the target's clock; absent for those begun at any time
   * @param before until when they had begun
   * @param writing only those whose transaction has written, and had begun before too
   */
  record Which(Optional<Instant> begun, Instant before, boolean writing) {
    private String sql() {
      return (begun.isPresent() ? " AND a.backend_start >= ?" : "")
          + " AND a.backend_start <= ?"
          + (writing ? " AND a.backend_xid IS NOT NULL AND a.xact_start <= ?" : "");
    }

    private Object[] values() {
      List<Object> values = new ArrayList<>();
      begun.ifPresent(values::add);
      values.add(before);
      if (writing) {
        values.add(before);
      }
      return values.toArray();
    }
  }

  Sessions(Fence fence) {
    this.fence = fence;
  }

  Instant now() throws SQLException {
    return Rows.one(
        fence.connection(), "SELECT clock_timestamp()", row -> row.getTimestamp(1).toInstant());
  }

  /** Ends those that do nothing, and are in no transaction; how many they were. */
  int endIdle(Which which) throws SQLException {
    return Rows.list(
            fence.connection(),
            "SELECT pg_terminate_backend(a.pid) "
                + OTHERS
                + MAY_END
                + " AND a.state = 'idle'"
                + which.sql(),
            row -> row.getBoolean(1),
            which.values())
        .size();
  }

  /** Those in a transaction, the oldest first. */
  List<Blocker> busy(Which which) throws SQLException {
    return Rows.list(
        fence.connection(),
        SHOWN + OTHERS + BUSY + which.sql() + " ORDER BY a.xact_start NULLS LAST, a.pid",
        Sessions::blocker,
        which.values());
  }

  /** Ends those in a transaction that may be ended, and says who they were. */
  List<Blocker> endBusy(Which which) throws SQLException {
    return Rows.list(
        fence.connection(),
        // Where its result stands: among the conditions it might come before the others.
        "SELECT s.*, pg_terminate_backend(s.pid) FROM ("
            + SHOWN
            + OTHERS
            + MAY_END
            + BUSY
            + which.sql()
            + ") s",
        Sessions::blocker,
        which.values());
  }

  /** Transactions that nobody is in: prepared for a commit in two phases. */
  List<Blocker> prepared() throws SQLException {
    return Rows.list(
        fence.connection(),
        """
        SELECT 0, owner, gid, 'prepared', extract(epoch FROM clock_timestamp() - prepared),
          extract(epoch FROM clock_timestamp() - prepared)
        FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared
        """,
        Sessions::blocker);
  }

  private static Blocker blocker(ResultSet row) throws SQLException {
    return new Blocker(
        row.getInt(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getDouble(5),
        row.getDouble(6),
        Optional.empty(),
        List.of());
  }
}
