package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.PlannedIndex.Print;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.StatementReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Optional;

/** What the catalog says about indexes and their tables. */
final class Catalog {
  private static final String FOUND =
      """
      SELECT c.oid, c.relkind IN ('i', 'I') AS is_index, tn.nspname AS table_schema,
        t.relname AS table_name,
        coalesce(i.indisvalid AND i.indisready AND i.indislive, false) AS valid,
        coalesce(pg_get_indexdef(i.indexrelid), '') AS definition,
        coalesce((SELECT p.pid FROM pg_stat_progress_create_index p
          WHERE p.index_relid = c.oid LIMIT 1), 0) AS builder,
        CASE WHEN c.relkind IN ('i', 'r', 'm', 't') THEN pg_relation_size(c.oid) ELSE 0 END AS size,
        coalesce(s.idx_scan, 0) AS scans
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_index i ON i.indexrelid = c.oid
      LEFT JOIN pg_class t ON t.oid = coalesce(i.indrelid, c.oid)
      LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
      LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = c.oid
      """;

  private static final Optional<String> TEMPORARY = Optional.of("pg_temp");
  private static final String NO_PRIVILEGE = "42501";

  /** For the look at the table's columns, which only a strong lock of another one delays. */
  private static final String LOCK_TIMEOUT = "5s";

  private Catalog() {}

  /**
   * The index with its names resolved and its definition in the server's words; nothing where its
   * table does not exist. On the fence's connection, in its transaction or one of its own: the
   * index is made on an empty temporary copy of the table, which is taken back at once.
   */
  static Optional<PlannedIndex> plan(Connection connection, CreateIndex meaning, String statement)
      throws SQLException {
    Optional<QualifiedName> table = resolve(connection, meaning.table());
    if (table.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlannedIndex(
            new QualifiedName(table.get().schema(), meaning.name()),
            table.get(),
            meaning,
            statement,
            printInTransaction(connection, table.get(), meaning)));
  }

  private static Print printInTransaction(
      Connection connection, QualifiedName table, CreateIndex meaning) throws SQLException {
    if (!connection.getAutoCommit()) {
      return print(connection, table, meaning);
    }
    connection.setAutoCommit(false);
    try {
      Fence.leaveUnflushed(connection);
      return print(connection, table, meaning);
    } finally {
      // Not a rollback: those are counted as trouble of the application.
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static Print print(Connection connection, QualifiedName table, CreateIndex meaning)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      QualifiedName copy = new QualifiedName(TEMPORARY, table.name());
      QualifiedName index = new QualifiedName(TEMPORARY, meaning.name());
      Rows.execute(connection, "SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
      // In a block, so that the server's log shows the real build alone.
      Rows.execute(
          connection,
          block(
              "CREATE TEMPORARY TABLE " + copy.sql() + " (LIKE " + table.sql() + ")",
              "CREATE "
                  + (meaning.unique() ? "UNIQUE " : "")
                  + "INDEX "
                  + QualifiedName.quote(meaning.name())
                  + " ON "
                  + copy.sql()
                  + " "
                  + meaning.rest()));
      // As the catalog is read later: names that the path finds are printed without their schema.
      Rows.execute(connection, "SET LOCAL search_path TO DEFAULT");
      String printed =
          Rows.one(
              connection,
              "SELECT pg_get_indexdef(to_regclass(?))",
              row -> row.getString(1),
              index.sql());
      return new Print.Printed(StatementReader.readDefinition(printed).rest());
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e) || SqlFailures.isCancelled(e)) {
        throw e;
      }
      return new Print.Unknown(
          SqlFailures.text(e)
              + (SqlFailures.state(e).equals(NO_PRIVILEGE)
                  ? ". GRANT TEMPORARY ON DATABASE to our role"
                  : ""));
    } finally {
      connection.rollback(before);
    }
  }

  private static String block(String... statements) {
    StringBuilder body = new StringBuilder("BEGIN ");
    for (String statement : statements) {
      body.append("EXECUTE ").append(Literal.of(statement)).append("; ");
    }
    return "DO " + Literal.of(body.append("END").toString());
  }

  /** A table by the session's search path; nothing where there is none. */
  static Optional<QualifiedName> resolve(Connection connection, QualifiedName table)
      throws SQLException {
    return Rows.first(
        connection,
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass(?)
        """,
        row -> new QualifiedName(Optional.of(row.getString(1)), row.getString(2)),
        table.sql());
  }

  /** What a relation is called now; nothing where it is gone. */
  static Optional<QualifiedName> name(Connection connection, long oid) throws SQLException {
    return Rows.first(
        connection,
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = ?
        """,
        row -> QualifiedName.of(row.getString(1), row.getString(2)),
        oid);
  }

  /** Whose session it is, for people: {@code of psql, user ana}; empty where it is not shown. */
  static String session(Connection connection, int pid) throws SQLException {
    return Rows.first(
            connection,
            "SELECT coalesce(nullif(application_name, ''), 'an unnamed program'), usename"
                + " FROM pg_stat_activity WHERE pid = ?",
            row -> " of " + row.getString(1) + ", user " + row.getString(2),
            pid)
        .orElse("");
  }

  static boolean partitioned(Connection connection, QualifiedName table) throws SQLException {
    return Rows.first(
            connection,
            "SELECT relkind FROM pg_class WHERE oid = to_regclass(?)",
            row -> row.getString(1),
            table.sql())
        .filter("p"::equals)
        .isPresent();
  }

  /** Whatever relation has that name. */
  static Optional<FoundIndex> find(Connection connection, QualifiedName name) throws SQLException {
    return Rows.first(
        connection,
        FOUND + "WHERE n.nspname = ? AND c.relname = ?",
        Catalog::found,
        name.schema().orElse("public"),
        name.name());
  }

  /** Names of all indexes of a table that are not a constraint's, with their schema. */
  static List<String> indexes(Connection connection, QualifiedName table) throws SQLException {
    return Rows.list(
        connection,
        """
        SELECT n.nspname || '.' || c.relname
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE i.indrelid = to_regclass(?)
          AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid
            AND k.contype IN ('p', 'u', 'x'))
        ORDER BY 1
        """,
        row -> row.getString(1),
        table.sql());
  }

  private static FoundIndex found(ResultSet row) throws SQLException {
    return new FoundIndex(
        row.getLong("oid"),
        row.getBoolean("is_index"),
        new QualifiedName(Optional.of(row.getString("table_schema")), row.getString("table_name")),
        row.getBoolean("valid"),
        row.getString("definition"),
        row.getInt("builder"),
        row.getLong("size"),
        row.getLong("scans"));
  }
}
