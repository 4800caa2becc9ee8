package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.postgres.DiskFree;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.limit.Reading;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The live metrics of one database, by two short queries. Our own sessions never count. Source:
 * pg_stat_activity, pg_locks, pg_stat_database, pg_stat_replication, pg_replication_slots,
 * pg_database_size (PostgreSQL 12+; the time of a lock's wait from 14 on), and statvfs of the
 * server's data directory.
 */
public final class LiveFigures {
  private static final String QUERY =
      """
      WITH others AS (
        SELECT pid, state, xact_start, wait_event_type FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
          AND application_name NOT LIKE 'lk/%'
      ), waiting AS (
        SELECT pid FROM others WHERE wait_event_type = 'Lock'
      )
      SELECT
        pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
        current_setting('server_version_num')::int >= 140000 AS knows_waits,
        (SELECT count(*) FROM waiting) AS waiting,
        (SELECT coalesce(max(extract(epoch FROM
            clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz)), 0)
          FROM pg_locks l JOIN waiting USING (pid) WHERE NOT l.granted) AS longest_wait,
        (SELECT count(*) FROM waiting WHERE cardinality(pg_blocking_pids(pid)) > 0) AS blocked,
        (SELECT count(*) FROM others WHERE state = 'active') AS active,
        (SELECT count(*) FROM others WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
        (SELECT count(*) FROM others) AS total,
        (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
          FROM others) AS oldest,
        d.deadlocks, d.xact_commit, d.xact_rollback, d.blks_hit, d.blks_read,
        coalesce(d.stats_reset::text, '-') AS reset,
        pg_database_size(current_database()) AS size
      FROM pg_stat_database d WHERE d.datname = current_database()
      """;

  private static final String REPLICATION =
      """
      WITH replicas AS (
        SELECT application_name, state, extract(epoch FROM replay_lag) AS lag
        FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup'
      )
      SELECT
        pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
        (SELECT count(*) FROM replicas) AS replicas,
        (SELECT coalesce(max(lag), 0) FROM replicas) AS lag,
        (SELECT min(application_name) FROM replicas
          WHERE state <> 'streaming' AND lag IS NULL) AS catching_up,
        (SELECT min(slot_name) FROM pg_replication_slots
          WHERE slot_type = 'physical' AND NOT active) AS idle_slot
      """;

  private static final String NO_SIGHT =
      "the role lacks pg_read_all_stats (GRANT pg_monitor TO it)";
  private static final String DEADLOCKS = "deadlocks";
  private static final String ROLLBACK_RATE = "transactions.rollback_rate";
  private static final String HIT_RATIO = "cache.hit_ratio";

  private LiveFigures() {}

  /**
   * Figures with the marks that counters count from.
   *
   * @param readings by metric
   * @param marks where counters stood at the stage's start, with those that were missing added
   */
  public record Sampled(Map<String, Reading> readings, Map<String, String> marks) {}

  /**
   * Reads them.
   *
   * @param marks of an earlier sample; empty begins to count now
   */
  public static Sampled read(Target target, Map<String, String> marks) throws SQLException {
    return target.read(connection -> read(connection, marks));
  }

  private static Sampled read(Connection connection, Map<String, String> marks)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      if (!row.next()) {
        throw new SQLException("pg_stat_database does not know this database", "02000");
      }
      Map<String, String> counted = new HashMap<>(marks);
      Map<String, Reading> readings = new LinkedHashMap<>();
      boolean seesAll = row.getBoolean("sees_all");
      put(readings, "locks.waiting", seesAll, row.getDouble("waiting"));
      // pg_locks.waitstart came with version 14.
      if (row.getBoolean("knows_waits")) {
        put(readings, "locks.longest_wait", seesAll, row.getDouble("longest_wait"));
      } else {
        readings.put("locks.longest_wait", new Reading.Missing("PostgreSQL tells it from 14 on"));
      }
      put(readings, "sessions.active", seesAll, row.getDouble("active"));
      put(readings, "sessions.blocked", seesAll, row.getDouble("blocked"));
      put(readings, "sessions.idle_in_transaction", seesAll, row.getDouble("idle_in_transaction"));
      put(readings, "sessions.total", true, row.getDouble("total"));
      put(readings, "transactions.oldest", seesAll, row.getDouble("oldest"));
      String reset = row.getString("reset");
      double committed = row.getDouble("xact_commit");
      double rolledBack = row.getDouble("xact_rollback");
      double[] since = since(counted, ROLLBACK_RATE, reset, committed, rolledBack);
      double all = since[0] + since[1];
      readings.put(ROLLBACK_RATE, new Reading.Figure(all == 0 ? 0 : since[1] / all));
      double[] deadlocks = since(counted, DEADLOCKS, reset, row.getDouble("deadlocks"));
      readings.put(DEADLOCKS, new Reading.Figure(deadlocks[0]));
      double hit = row.getDouble("blks_hit");
      double[] blocks = since(counted, HIT_RATIO, reset, hit, row.getDouble("blks_read"));
      readings.put(HIT_RATIO, hitRatio(blocks[0], blocks[1]));
      put(readings, "database.size", true, row.getDouble("size"));
      readings.put("replication.lag", replicationLag(connection));
      readings.put("disk.free", DiskFree.of(connection).reading());
      return new Sampled(readings, counted);
    }
  }

  private static Reading hitRatio(double hit, double read) {
    return hit + read == 0
        ? new Reading.NotApplicable("no block was read since the stage began")
        : new Reading.Figure(hit / (hit + read));
  }

  /**
   * The longest {@code replay_lag}. A standby that has replayed all tells none, which is zero; one
   * that is away or catches up tells none either, which is not.
   */
  private static Reading replicationLag(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(REPLICATION)) {
      row.next();
      @Nullable String idleSlot = row.getString("idle_slot");
      @Nullable String catchingUp = row.getString("catching_up");
      if (idleSlot != null) {
        return new Reading.Missing("no standby is connected to the replication slot " + idleSlot);
      }
      if (row.getLong("replicas") == 0) {
        return new Reading.NotApplicable("no standby is connected");
      }
      if (!row.getBoolean("sees_all")) {
        return new Reading.Missing(NO_SIGHT);
      }
      return catchingUp == null
          ? new Reading.Figure(row.getDouble("lag"))
          : new Reading.Missing("the standby " + catchingUp + " catches up and tells no lag yet");
    }
  }

  private static void put(
      Map<String, Reading> readings, String metric, boolean sees, double value) {
    readings.put(metric, sees ? new Reading.Figure(value) : new Reading.Missing(NO_SIGHT));
  }

  /** Counters since their mark; a reset of the statistics begins anew from zero. */
  private static double[] since(
      Map<String, String> marks, String metric, String reset, double... now) {
    @Nullable String mark = marks.get(metric);
    double[] base = new double[now.length];
    if (mark == null) {
      System.arraycopy(now, 0, base, 0, now.length);
    } else if (mark.startsWith(reset + "|")) {
      String[] parts = mark.substring(reset.length() + 1).split(",");
      for (int i = 0; i < now.length && i < parts.length; i++) {
        base[i] = Double.parseDouble(parts[i]);
      }
    }
    double[] difference = new double[now.length];
    StringBuilder written = new StringBuilder(reset).append('|');
    for (int i = 0; i < now.length; i++) {
      // A server that lost its statistics in a crash shows less than before.
      base[i] = now[i] < base[i] ? 0 : base[i];
      difference[i] = now[i] - base[i];
      written.append(i == 0 ? "" : ",").append(base[i]);
    }
    marks.put(metric, written.toString());
    return difference;
  }
}
