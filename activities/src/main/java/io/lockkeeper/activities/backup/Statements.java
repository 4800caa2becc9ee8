package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Literal;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements about databases of a server, without ceremony. */
final class Statements {
  private static final int DROPS_BY_FORCE_SINCE = 13;

  private Statements() {}

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  /** First column of each row, as text. */
  static List<String> list(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> list = new ArrayList<>();
      while (rows.next()) {
        list.add(String.valueOf(rows.getString(1)));
      }
      return list;
    }
  }

  static String one(Connection connection, String sql) throws SQLException {
    List<String> list = list(connection, sql);
    if (list.isEmpty()) {
      throw new SQLException("no row for: " + sql, "02000");
    }
    return list.get(0);
  }

  /** Of a database of the server; absent where there is none of that name. */
  static Optional<Long> oid(Connection connection, String database) throws SQLException {
    return list(connection, "SELECT oid FROM pg_database WHERE datname = " + Literal.of(database))
        .stream()
        .map(Long::valueOf)
        .findFirst();
  }

  /** Ends its sessions too, where the server can. */
  static void dropDatabase(Connection connection, String name) throws SQLException {
    boolean forces = connection.getMetaData().getDatabaseMajorVersion() >= DROPS_BY_FORCE_SINCE;
    execute(
        connection,
        "DROP DATABASE IF EXISTS " + QualifiedName.quote(name) + (forces ? " WITH (FORCE)" : ""));
  }

  /** Whether it is dropped: not where somebody is in it. */
  static boolean dropUnused(Connection connection, String name) throws SQLException {
    try {
      execute(connection, "DROP DATABASE IF EXISTS " + QualifiedName.quote(name));
      return true;
    } catch (SQLException e) {
      // 55006 object_in_use, 42501 insufficient_privilege: somebody else's.
      if (SqlFailures.state(e).equals("55006") || SqlFailures.state(e).equals("42501")) {
        return false;
      }
      throw e;
    }
  }
}
