package io.lockkeeper.deploy.matrix;

import java.util.List;
import java.util.Locale;

/**
 * Kinds of units as data. Each table is {@code items}, each name has {@code gated} in it: that is
 * how the gates know the statement.
 */
enum Kind {
  CONCURRENT_BUILD(
      false,
      "CREATE INDEX CONCURRENTLY gated_build ON items (gates.row(id))",
      "",
      "",
      Hold.COMMAND,
      Hold.ROW,
      "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('gated_build') AND indisvalid"),
  /** Cannot succeed: each two rows have one value. What it leaves must go. */
  UNIQUE_WITH_DUPLICATES(
      false,
      "CREATE UNIQUE INDEX CONCURRENTLY gated_unique ON items ((gates.row(id) / 2))",
      "",
      "",
      Hold.COMMAND,
      Hold.ROW,
      "SELECT 1 WHERE to_regclass('gated_unique') IS NULL"),
  CONCURRENT_DROP(
      false,
      "DROP INDEX CONCURRENTLY gated_old",
      "CREATE INDEX CONCURRENTLY gated_old ON items (name)",
      "CREATE INDEX gated_old ON items (name)",
      Hold.COMMAND,
      Hold.READER,
      "SELECT 1 WHERE to_regclass('gated_old') IS NULL"),
  REINDEX(
      false,
      "REINDEX INDEX CONCURRENTLY gated_expression",
      "",
      "CREATE INDEX gated_expression ON items (gates.row(id))",
      Hold.TABLE,
      Hold.ROW,
      "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('gated_expression') AND indisvalid"),
  ALTER(
      true,
      "ALTER TABLE items ADD COLUMN gated_note text",
      "ALTER TABLE items DROP COLUMN gated_note",
      "",
      Hold.COMMAND,
      Hold.COMMAND,
      "SELECT 1 FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = 'gated_note'"
          + " AND NOT attisdropped"),
  MATERIALIZED_VIEW(
      true,
      "CREATE MATERIALIZED VIEW gated_view AS SELECT gates.row(id) AS id FROM items",
      "DROP MATERIALIZED VIEW gated_view",
      "",
      Hold.COMMAND,
      Hold.ROW,
      "SELECT 1 FROM pg_class WHERE oid = to_regclass('gated_view') AND relispopulated"),
  VACUUM(
      false,
      "VACUUM (ANALYZE) /* gated */ items",
      "",
      "CREATE INDEX gated_expression ON items (gates.row(id))",
      Hold.TABLE,
      Hold.ROW,
      "SELECT 1 FROM pg_stats WHERE tablename = 'gated_expression'"),
  FUNCTION_AND_POLICY(
      true,
      "CREATE FUNCTION gated_function() RETURNS integer LANGUAGE sql AS 'SELECT 1';\n"
          + "CREATE POLICY gated_policy ON items USING (gated_function() = 1)",
      "DROP POLICY gated_policy ON items;\nDROP FUNCTION gated_function()",
      "",
      Hold.COMMAND,
      Hold.COMMAND,
      "SELECT 1 FROM pg_policy WHERE polname = 'gated_policy'"),
  DATA_BATCH(
      true,
      "UPDATE items SET gated = gated + 1 WHERE id IN"
          + " (SELECT id FROM items WHERE gated = 0 ORDER BY id LIMIT 4000)",
      "UPDATE items SET gated = 0",
      "CREATE TRIGGER each_statement BEFORE UPDATE ON items FOR EACH STATEMENT"
          + " EXECUTE FUNCTION gates.statement();"
          + "CREATE TRIGGER each_row BEFORE UPDATE ON items FOR EACH ROW WHEN (OLD.id = 5000)"
          + " EXECUTE FUNCTION gates.updated_row()",
      Hold.COMMAND,
      Hold.ROW,
      "SELECT 1 FROM items HAVING min(gated) = 1 AND max(gated) = 1");

  /** What keeps the worker where it is. */
  enum Hold {
    /** A gate in a trigger at the command's start or end. */
    COMMAND,
    /** A gate in a function that is called for row 5000. */
    ROW,
    /** A lock of the table that lets nobody else maintain it. */
    TABLE,
    /** A transaction that has read the table, for which a concurrent drop waits. */
    READER
  }

  private final boolean transactional;
  private final String sql;
  private final String down;
  private final String before;
  private final Hold start;
  private final Hold middle;
  private final String done;

  Kind(
      boolean transactional,
      String sql,
      String down,
      String before,
      Hold start,
      Hold middle,
      String done) {
    this.transactional = transactional;
    this.sql = sql;
    this.down = down;
    this.before = before;
    this.start = start;
    this.middle = middle;
    this.done = done;
  }

  boolean transactional() {
    return transactional;
  }

  /** Whether it ends in a failure, and a person is asked. */
  boolean fails() {
    return this == UNIQUE_WITH_DUPLICATES;
  }

  /** How often the server may complete it: maintenance does no harm when it is done again. */
  int completions() {
    return this == VACUUM ? 2 : fails() ? 0 : 1;
  }

  /** What the server's log shows of it; nothing where a transaction tells better. */
  String logged() {
    // A drop names the very index that was found, and bears that it is gone.
    return this == CONCURRENT_DROP
        ? "DROP INDEX CONCURRENTLY IF EXISTS \"public\".\"gated_old\""
        : transactional ? "" : sql;
  }

  Hold start() {
    return start;
  }

  Hold middle() {
    return middle;
  }

  /** One row once it is in place. */
  String done() {
    return done;
  }

  /** The table as it is before. */
  String setUp() {
    return """
        DROP MATERIALIZED VIEW IF EXISTS gated_view;
        DROP TABLE IF EXISTS items CASCADE;
        DROP FUNCTION IF EXISTS gated_function();
        CREATE TABLE items AS SELECT i::bigint AS id, md5(i::text) AS name, 0 AS gated
          FROM generate_series(1, 10000) i;
        ALTER TABLE items OWNER TO lk_exec;
        """
        + before;
  }

  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The change's YAML for an environment. */
  String change(String environment) {
    return "change: matrix-"
        + words()
        + "\nwhy: a cell of the kill matrix\nrisk: high\nthrough: [ "
        + environment
        + ": { rehearse: false } ]\n"
        + (this == DATA_BATCH ? "sections: { 10_unit: { batches: true } }\n" : "");
  }

  /** Names and texts of its files in turn. */
  List<String> files() {
    return down.isEmpty()
        ? List.of("sql/10_unit.sql", sql + ";\n")
        : List.of("sql/10_unit.sql", sql + ";\n", "sql/10_unit.down.sql", down + ";\n");
  }
}
