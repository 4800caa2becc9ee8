package io.lockkeeper.activities.probe;

import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table at one time, with what its counters said around it: sessions tell of their
 * inserts and deletes only after a while, so that the true count lies between two readings. Source:
 * count(*), pg_stat_all_tables.n_tup_ins and n_tup_del (PostgreSQL 12+).
 *
 * @param table as the server prints it
 * @param insertedLow counter before the rows were counted
 * @param insertedHigh counter a while after
 * @param reset when the statistics were last reset
 * @param database oid of the one that was counted; zero in records of earlier versions
 */
public record KeptRows(
    String table,
    long rows,
    long insertedLow,
    long insertedHigh,
    long deletedLow,
    long deletedHigh,
    String reset,
    long database) {
  /** Longer than sessions that work keep their counts to themselves. */
  private static final long FLUSH_MILLIS = 1_100;

  private static final String COUNTERS =
      """
      SELECT to_regclass(?)::text AS name, coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_del), 0),
        (SELECT coalesce(stats_reset::text, '-') FROM pg_stat_database
          WHERE datname = current_database()),
        (SELECT oid FROM pg_database WHERE datname = current_database())
      FROM pg_stat_all_tables
      WHERE relid = to_regclass(?)
        OR relid IN (SELECT relid FROM pg_partition_tree(to_regclass(?)))
      """;

  /** What two times tell about a table. */
  record Told(Verdict verdict, String sentence) {}

  private record Counters(String name, long inserted, long deleted, String reset, long database) {}

  /**
   * Counts the rows of tables.
   *
   * @throws SQLException where one is not there, or a policy would hide rows of it from us
   */
  static List<KeptRows> count(Connection connection, List<String> tables) throws SQLException {
    List<Counters> before = new ArrayList<>();
    List<Long> rows = new ArrayList<>();
    for (String table : tables) {
      Counters counters = counters(connection, table);
      before.add(counters);
      rows.add(
          SqlProbe.inReadOnly(connection, Viewer.OURS, () -> rows(connection, counters.name())));
    }
    pause();
    List<KeptRows> kept = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      Counters low = before.get(i);
      Counters high = counters(connection, tables.get(i));
      kept.add(
          new KeptRows(
              low.name(),
              rows.get(i),
              low.inserted(),
              high.inserted(),
              low.deleted(),
              high.deleted(),
              high.reset(),
              high.database()));
    }
    return kept;
  }

  /** This time held against an earlier one. */
  Told since(KeptRows earlier) {
    if (isOfAnother(earlier)) {
      return new Told(
          Verdict.PASS,
          table
              + " had "
              + earlier.rows
              + " rows and has "
              + rows
              + " in the database that was restored, whose rows were compared with the backup's");
    }
    long change = rows - earlier.rows;
    long inserted = insertedHigh - earlier.insertedLow;
    long deleted = deletedHigh - earlier.deletedLow;
    long least = insertedLow - earlier.insertedHigh - deleted;
    long most = inserted - (deletedLow - earlier.deletedHigh);
    String counted =
        String.format(
            Locale.ROOT,
            "%s had %d rows and has %d, %d inserted and %d deleted between",
            table,
            earlier.rows,
            rows,
            inserted,
            deleted);
    if (!reset.equals(earlier.reset) || inserted < 0 || deleted < 0) {
      return new Told(
          Verdict.INCONCLUSIVE, counted + "; the server's statistics were reset, so none can tell");
    }
    if (change >= least && change <= most) {
      return new Told(Verdict.PASS, counted);
    }
    long lost = least - change;
    if (lost > inserted + deleted) {
      return new Told(Verdict.FAIL, counted + ": " + lost + " are lost");
    }
    // Inserts that were rolled back count too, and a session may not have told of its own yet.
    return new Told(
        Verdict.INCONCLUSIVE, counted + "; that does not add up, and the traffic may be why");
  }

  /** A restored database counts from its own beginning: the two say nothing about each other. */
  private boolean isOfAnother(KeptRows earlier) {
    return database != 0 && earlier.database != 0 && database != earlier.database;
  }

  private static Counters counters(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COUNTERS)) {
      for (int i = 1; i <= 3; i++) {
        statement.setString(i, table);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        @Nullable String name = row.getString(1);
        if (name == null) {
          throw new SQLException("there is no table " + table, "42P01");
        }
        return new Counters(name, row.getLong(2), row.getLong(3), row.getString(4), row.getLong(5));
      }
    }
  }

  /** Fails where a policy would hide rows, instead of counting less. */
  private static long rows(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT set_config('row_security', 'off', true)").close();
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + name)) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(FLUSH_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
