package io.lockkeeper.activities.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rows of every table of the user schemas, counted in the connection's snapshot. */
final class RowCounts {
  private static final String TABLES =
      """
      SELECT format('%I.%I', n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence = 'p'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
      ORDER BY 1
      """;

  private RowCounts() {}

  static SortedMap<String, Long> of(Connection connection) throws SQLException {
    SortedMap<String, Long> counts = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      // A name of a table may look like an escape of JDBC's.
      statement.setEscapeProcessing(false);
      List<String> tables = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery(TABLES)) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
          row.next();
          counts.put(table, row.getLong(1));
        }
      }
    }
    return counts;
  }

  /** Tables whose rows were as many before as after: what happened between is the same in them. */
  static SortedMap<String, Long> quiet(Map<String, Long> before, Map<String, Long> after) {
    SortedMap<String, Long> quiet = new TreeMap<>(before);
    quiet.entrySet().removeIf(table -> !table.getValue().equals(after.get(table.getKey())));
    return quiet;
  }

  /** The first table whose rows differ, for people; empty where none does. */
  static String difference(Map<String, Long> meant, Map<String, Long> found) {
    String first = missing(meant, found);
    return first.isEmpty() && meant.size() != found.size()
        ? "the copy has " + found.size() + " tables"
        : first;
  }

  /** As {@link #difference}, where more may be found than is meant. */
  static String missing(Map<String, Long> meant, Map<String, Long> found) {
    for (Map.Entry<String, Long> table : new TreeMap<>(meant).entrySet()) {
      Long there = found.get(table.getKey());
      if (!table.getValue().equals(there)) {
        return ClientTool.plain(table.getKey())
            + " has "
            + table.getValue()
            + " rows and the copy "
            + (there == null ? "none such table" : there);
      }
    }
    return "";
  }
}
