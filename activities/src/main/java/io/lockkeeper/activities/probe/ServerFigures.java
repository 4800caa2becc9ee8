package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.postgres.DiskFree;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What one look at a server tells of one database, by one short query in one round trip. Our own
 * sessions never count. It knows nothing of any promotion, so all that observe the database can
 * share it. Source: pg_stat_activity, pg_locks, pg_stat_database, pg_stat_replication,
 * pg_replication_slots, pg_database_size (PostgreSQL 12+; the time of a lock's wait from 14 on),
 * and statvfs of the server's data directory.
 *
 * @param started when the server was started, UTC; in this form it can be compared only
 * @param seesAll whether the role is shown what other sessions do
 * @param size bytes
 */
public record ServerFigures(
    String started,
    boolean seesAll,
    Sessions sessions,
    Counters counters,
    Standbys standbys,
    double size,
    DiskFree disk) {
  private static final String TEXT = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'";

  /** Begins so that whoever looks into the server's own statistics can tell it. */
  private static final String QUERY =
      """
      /* lockkeeper sample */
      WITH others AS (
        SELECT pid, state, xact_start, wait_event_type FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
          AND application_name NOT LIKE 'lk/%'
      ), waiting AS (
        SELECT pid FROM others WHERE wait_event_type = 'Lock'
      ), replicas AS (
        SELECT application_name, state, extract(epoch FROM replay_lag) AS lag
        FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup'
      )
      SELECT
        to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', TEXT) AS started,
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
        coalesce(to_char(d.stats_reset AT TIME ZONE 'UTC', TEXT), '-') AS reset,
        d.deadlocks, d.xact_commit, d.xact_rollback, d.blks_hit, d.blks_read,
        (SELECT count(*) FROM replicas) AS replicas,
        (SELECT coalesce(max(lag), 0) FROM replicas) AS lag,
        (SELECT min(application_name) FROM replicas
          WHERE state <> 'streaming' AND lag IS NULL) AS catching_up,
        (SELECT min(slot_name) FROM pg_replication_slots
          WHERE slot_type = 'physical' AND NOT active) AS idle_slot,
        pg_database_size(current_database()) AS size,
      """
              .replace("TEXT", TEXT)
          + DiskFree.COLUMNS
          + " FROM pg_stat_database d WHERE d.datname = current_database()";

  /**
   * Sessions of others; times in seconds.
   *
   * @param longestWait absent before PostgreSQL 14
   * @param blocked those of the waiting whose holder is known
   * @param oldest age of the oldest transaction
   */
  public record Sessions(
      double total,
      double active,
      double idleInTransaction,
      double oldest,
      double waiting,
      double blocked,
      Optional<Double> longestWait) {}

  /**
   * What the server counts.
   *
   * @param reset when it began to, UTC; {@code -} where it does not tell
   */
  public record Counters(
      String reset,
      double deadlocks,
      double committed,
      double rolledBack,
      double hit,
      double read) {}

  /**
   * Who replays this server's log.
   *
   * @param lag the longest {@code replay_lag}, in seconds; zero where none is told
   * @param catchingUp one that does and tells no lag yet
   * @param idleSlot a slot to which no standby is connected
   */
  public record Standbys(
      long count, double lag, Optional<String> catchingUp, Optional<String> idleSlot) {}

  /** Looks. */
  public static ServerFigures of(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("pg_stat_database does not know this database", "02000");
      }
      return new ServerFigures(
          row.getString("started"),
          row.getBoolean("sees_all"),
          sessions(row),
          counters(row),
          standbys(row),
          row.getDouble("size"),
          DiskFree.of(row));
    }
  }

  private static Sessions sessions(ResultSet row) throws SQLException {
    return new Sessions(
        row.getDouble("total"),
        row.getDouble("active"),
        row.getDouble("idle_in_transaction"),
        row.getDouble("oldest"),
        row.getDouble("waiting"),
        row.getDouble("blocked"),
        // pg_locks.waitstart came with version 14.
        row.getBoolean("knows_waits")
            ? Optional.of(row.getDouble("longest_wait"))
            : Optional.empty());
  }

  private static Counters counters(ResultSet row) throws SQLException {
    return new Counters(
        row.getString("reset"),
        row.getDouble("deadlocks"),
        row.getDouble("xact_commit"),
        row.getDouble("xact_rollback"),
        row.getDouble("blks_hit"),
        row.getDouble("blks_read"));
  }

  private static Standbys standbys(ResultSet row) throws SQLException {
    return new Standbys(
        row.getLong("replicas"),
        row.getDouble("lag"),
        Optional.ofNullable(row.getString("catching_up")),
        Optional.ofNullable(row.getString("idle_slot")));
  }
}
