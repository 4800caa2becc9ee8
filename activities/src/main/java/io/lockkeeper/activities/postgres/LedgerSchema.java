package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Creates and upgrades the schema {@code lockkeeper} of a target, under the fence. */
final class LedgerSchema {
  static final int VERSION = 4;

  private LedgerSchema() {}

  static boolean exists(Connection connection) throws SQLException {
    return Rows.one(
        connection,
        "SELECT to_regclass('lockkeeper.version') IS NOT NULL",
        row -> row.getBoolean(1));
  }

  /** Brings the ledger to this version; each step in a transaction of its own. */
  static void install(Connection connection) throws SQLException {
    if (!exists(connection)) {
      inTransaction(
          connection,
          """
          CREATE SCHEMA IF NOT EXISTS lockkeeper;
          REVOKE ALL ON SCHEMA lockkeeper FROM PUBLIC;
          CREATE TABLE lockkeeper.version (
            version integer PRIMARY KEY,
            installed_at timestamptz NOT NULL DEFAULT now());
          """);
    }
    int installed =
        Rows.one(
            connection,
            "SELECT coalesce(max(version), 0) FROM lockkeeper.version",
            row -> row.getInt(1));
    for (int version = installed + 1; version <= VERSION; version++) {
      inTransaction(
          connection,
          script(version) + "\nINSERT INTO lockkeeper.version (version) VALUES (" + version + ");");
    }
  }

  private static void inTransaction(Connection connection, String script) throws SQLException {
    connection.setAutoCommit(false);
    try {
      Rows.execute(connection, script);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static String script(int version) {
    String name = "ledger-" + version + ".sql";
    try (InputStream in = LedgerSchema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the resource " + name, e);
    }
  }
}
