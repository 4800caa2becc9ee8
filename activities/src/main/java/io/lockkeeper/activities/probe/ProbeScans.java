package io.lockkeeper.activities.probe;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How often probes scanned some tables, and their indexes. Told by the session that runs them, of
 * itself alone, so that nobody else's scans are counted. Source: pg_stat_get_xact_numscans
 * (PostgreSQL 12+). Used by one thread at a time.
 */
public final class ProbeScans {
  private static final String QUERY =
      "SELECT oid, pg_stat_get_xact_numscans(oid::oid) FROM unnest(?::bigint[]) AS oid";

  private final List<Long> tables;
  private final List<Long> indexes;
  private final Map<Long, Long> scans = new HashMap<>();
  private long executions;

  /**
   * @param tables their oids; a scan of one reads all of it
   * @param indexes their oids
   */
  public ProbeScans(List<Long> tables, List<Long> indexes) {
    this.tables = List.copyOf(tables);
    this.indexes = List.copyOf(indexes);
  }

  /** Where nobody asks. */
  static ProbeScans none() {
    return new ProbeScans(List.of(), List.of());
  }

  /** Runs of probes that were looked at. */
  public long executions() {
    return executions;
  }

  /** Scans of one of the tables or indexes. */
  public long of(long oid) {
    return scans.getOrDefault(oid, 0L);
  }

  /** Where the session stands; what it did before is not counted. */
  Map<Long, Long> before(Connection connection) throws SQLException {
    return tables.isEmpty() ? Map.of() : read(connection);
  }

  /** Counts what the session did since. */
  void ran(Connection connection, Map<Long, Long> before, int runs) throws SQLException {
    if (!tables.isEmpty()) {
      read(connection)
          .forEach(
              (oid, now) ->
                  scans.merge(oid, Math.max(0, now - before.getOrDefault(oid, 0L)), Long::sum));
      executions += runs;
    }
  }

  private Map<Long, Long> read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      Object[] oids = Stream.concat(tables.stream(), indexes.stream()).toArray();
      statement.setArray(1, connection.createArrayOf("bigint", oids));
      Map<Long, Long> read = new HashMap<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          read.put(rows.getLong(1), rows.getLong(2));
        }
      }
      return read;
    }
  }
}
