package io.lockkeeper.activities.statements;

import io.lockkeeper.step.StatementChanges.Count;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The extension pg_stat_statements of one database, in whichever schema and version it was made
 * there. What the connected role ran itself is never read: it is ours. Source: pg_stat_statements
 * (1.6+), pg_stat_statements_info and its column toplevel from 1.9 on, which came with PostgreSQL
 * 14; before that the server does not tell since when it has counted.
 */
final class StatementStatistics {
  /** As many as the server keeps by itself (pg_stat_statements.max). */
  private static final int MOST = 5_000;

  /** The rest of longer ones tells nobody more. */
  private static final int TEXT = 20_000;

  private static final String OURS_ARE_MARKED = "/* lockkeeper statements */ ";

  private static final String OF_OTHERS =
      """
       WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND userid <> (SELECT oid FROM pg_roles WHERE rolname = session_user)
         AND queryid IS NOT NULL
      """;

  private final Connection connection;
  private final String schema;
  private final boolean namesExecution;
  private final boolean knowsReset;

  private StatementStatistics(Connection connection, String schema, int version) {
    this.connection = connection;
    this.schema = schema;
    this.namesExecution = version >= 108;
    this.knowsReset = version >= 109;
  }

  /**
   * Why the server's statistics cannot be read by us, or how they can.
   *
   * @param why empty where they can
   */
  record Found(String why, Optional<StatementStatistics> statistics) {}

  static Found of(Connection connection) throws SQLException {
    String sql =
        OURS_ARE_MARKED
            + """
            SELECT quote_ident(n.nspname), e.extversion,
              pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
            FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_stat_statements'
            """;
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        return untold("the extension pg_stat_statements is not installed in this database");
      }
      if (!row.getBoolean(3)) {
        return untold(
            "the role lacks pg_read_all_stats (GRANT pg_monitor TO it), so the server does not tell"
                + " it of others' statements");
      }
      return new Found(
          "",
          Optional.of(
              new StatementStatistics(connection, row.getString(1), version(row.getString(2)))));
    }
  }

  private static Found untold(String why) {
    return new Found(why, Optional.empty());
  }

  /** 1.10 is 110. */
  private static int version(String text) {
    String[] parts = text.split("\\.");
    return Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
  }

  /** All that it has counted, without the texts, which are in a file of the server's. */
  StatementCounts counted() throws SQLException {
    Map<String, Count> statements = new HashMap<>();
    String sql =
        OURS_ARE_MARKED
            + "SELECT queryid::text, sum(calls)::bigint, sum("
            + (namesExecution ? "total_exec_time" : "total_time")
            + ") / 1000, sum(rows)::bigint, sum(shared_blks_read)::bigint FROM "
            + schema
            + ".pg_stat_statements(false)"
            + OF_OTHERS
            + (knowsReset ? " AND toplevel" : "")
            + " GROUP BY queryid ORDER BY 3 DESC LIMIT "
            + MOST;
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        statements.put(
            rows.getString(1),
            new Count(
                rows.getLong(2), rounded(rows.getDouble(3)), rows.getLong(4), rows.getLong(5)));
      }
    }
    return since(statements);
  }

  /** A microsecond is as much as the server can tell of a call. */
  private static double rounded(double seconds) {
    return Math.rint(seconds * 1e6) / 1e6;
  }

  private StatementCounts since(Map<String, Count> statements) throws SQLException {
    String sql =
        OURS_ARE_MARKED
            + (knowsReset
                ? "SELECT clock_timestamp(), stats_reset, dealloc FROM "
                    + schema
                    + ".pg_stat_statements_info"
                : "SELECT clock_timestamp(), NULL::timestamptz, 0");
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      Optional<Instant> reset = Optional.ofNullable(row.getTimestamp(2)).map(Timestamp::toInstant);
      Instant at = row.getTimestamp(1).toInstant();
      return new StatementCounts(at, reset, row.getLong(3), statements.size() < MOST, statements);
    }
  }

  /** The texts of some, in their order; without those that the server has lost. */
  Map<String, String> texts(Collection<String> ids) throws SQLException {
    String sql =
        OURS_ARE_MARKED
            + "SELECT queryid::text, left(min(query), "
            + TEXT
            + ") FROM "
            + schema
            + ".pg_stat_statements(true)"
            + OF_OTHERS
            + " AND queryid = ANY (?::bigint[]) GROUP BY queryid HAVING min(query) IS NOT NULL";
    Map<String, String> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    Map<String, String> ordered = new LinkedHashMap<>();
    ids.stream().filter(found::containsKey).forEach(id -> ordered.put(id, found.get(id)));
    return ordered;
  }
}
