package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Pass;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes units and checkpoints of the schema {@code lockkeeper}. Writes take the fence's
 * connection, so that a transactional unit can write its row in its own transaction.
 */
final class Ledger {
  private static final String UNITS =
      """
      SELECT promotion, pass, section, unit, title, digest, state, object_schema, object_name,
        definition, inverse, reverted_parts, object_oid, found, adopted, batches, changed_rows
      FROM lockkeeper.unit WHERE promotion = ?
      """;

  /** Checkpoint with what the change says about its way back. */
  static final String WAY_BACK = "way-back";

  private Ledger() {}

  static Optional<UnitRow> unit(
      Connection connection, String promotion, Pass pass, String section, int unit)
      throws SQLException {
    return Rows.first(
        connection,
        UNITS + " AND pass = ? AND section = ? AND unit = ?",
        Ledger::row,
        promotion,
        word(pass),
        section,
        unit);
  }

  /** Units of a section that were begun and not taken back, last begun first. */
  static List<UnitRow> begun(Connection connection, String promotion, Pass pass, String section)
      throws SQLException {
    return Rows.list(
        connection,
        UNITS + " AND pass = ? AND section = ? AND state <> 'reverted' ORDER BY unit DESC",
        Ledger::row,
        promotion,
        word(pass),
        section);
  }

  /**
   * Units of all sections that were begun and not taken back, last begun first; with those of the
   * steps beside the sections, where these are taken back. The undo of a step waits for no section,
   * and a step of the rollback for nothing.
   */
  static List<UnitRow> standing(Connection connection, String promotion, Pass pass)
      throws SQLException {
    if (pass == Pass.BACK) {
      return List.of();
    }
    return Rows.list(
        connection,
        UNITS + " AND pass IN (?, ?) AND state <> 'reverted' ORDER BY place DESC",
        Ledger::row,
        promotion,
        word(pass),
        word(pass == Pass.DEPLOY ? Pass.STEPS : pass));
  }

  /** Statements that only a rollback runs, as if they were the way back of a unit that is done. */
  static void prepare(
      Fence fence,
      Connection connection,
      String promotion,
      String change,
      String step,
      List<String> statements)
      throws SQLException {
    List<Unit.Part> parts = statements.stream().flatMap(sql -> Unit.parts(sql).stream()).toList();
    Unit unit = new Unit(1, true, parts);
    start(
        fence, connection, promotion, change, Pass.BACK, step, unit, Optional.empty(), statements);
    finish(connection, promotion, Pass.BACK, step, unit.number(), "stands ready for a rollback");
  }

  /** Writes the intent; after it the catalog decides what became of the unit. */
  static void start(
      Fence fence,
      Connection connection,
      String promotion,
      String change,
      Pass pass,
      String section,
      Unit unit,
      Optional<PlannedIndex> index,
      List<String> inverse)
      throws SQLException {
    Rows.update(
        connection,
        """
        INSERT INTO lockkeeper.unit (promotion, pass, section, unit, change, title, digest,
          transactional, state, object_schema, object_name, object_table, definition, inverse,
          started_at, pid, attempt, epoch)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'started', ?, ?, ?, ?, ?, clock_timestamp(), ?, ?, ?)
        ON CONFLICT (promotion, pass, section, unit) DO UPDATE SET
          state = 'started', started_at = clock_timestamp(), finished_at = NULL,
          reverted_at = NULL, reverted_parts = 0, outcome = '', digest = EXCLUDED.digest,
          inverse = EXCLUDED.inverse, pid = EXCLUDED.pid, attempt = EXCLUDED.attempt,
          epoch = EXCLUDED.epoch, object_oid = NULL, found = '{}', adopted = false, batches = 0,
          changed_rows = 0
        """,
        promotion,
        word(pass),
        section,
        unit.number(),
        change,
        unit.title(),
        unit.digest(),
        unit.transactional(),
        nullable(index.flatMap(i -> i.name().schema())),
        nullable(index.map(i -> i.name().name())),
        nullable(index.map(i -> i.table().text())),
        nullable(index.map(PlannedIndex::definition)),
        inverse,
        fence.pid(),
        fence.attempt(),
        fence.epoch());
  }

  static void finish(
      Connection connection, String promotion, Pass pass, String section, int unit, String outcome)
      throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.unit
        SET state = 'finished', finished_at = clock_timestamp(), outcome = ?
        WHERE promotion = ? AND pass = ? AND section = ? AND unit = ?
        """,
        outcome,
        promotion,
        word(pass),
        section,
        unit);
  }

  /** What takes it back, told by the transaction that has its effect. */
  static void writeInverse(
      Connection connection,
      String promotion,
      Pass pass,
      String section,
      int unit,
      List<String> inverse)
      throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.unit SET inverse = ?
        WHERE promotion = ? AND pass = ? AND section = ? AND unit = ?
        """,
        inverse,
        promotion,
        word(pass),
        section,
        unit);
  }

  /**
   * What was found before a unit that began.
   *
   * @param oid of what it drops; absent where it drops nothing
   * @param found oids that are not its own, comma-separated
   */
  static void writeFound(
      Connection connection,
      String promotion,
      Pass pass,
      String section,
      int unit,
      Optional<Long> oid,
      String found,
      boolean adopted)
      throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.unit
        SET object_oid = ?, found = coalesce(string_to_array(nullif(?, ''), ',')::bigint[], '{}'), adopted = ?
        WHERE promotion = ? AND pass = ? AND section = ? AND unit = ?
        """,
        oid.orElse(null),
        found,
        adopted,
        promotion,
        word(pass),
        section,
        unit);
  }

  /** One batch more, in its own transaction. */
  static void batch(
      Connection connection, String promotion, Pass pass, String section, int unit, long rows)
      throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.unit SET batches = batches + 1, changed_rows = changed_rows + ?
        WHERE promotion = ? AND pass = ? AND section = ? AND unit = ?
        """,
        rows,
        promotion,
        word(pass),
        section,
        unit);
  }

  /** A unit that failed and left nothing behind is as if it had not begun. */
  static void forget(Connection connection, String promotion, Pass pass, String section, int unit)
      throws SQLException {
    Rows.update(
        connection,
        """
        DELETE FROM lockkeeper.unit
        WHERE promotion = ? AND pass = ? AND section = ? AND unit = ? AND state = 'started'
        """,
        promotion,
        word(pass),
        section,
        unit);
  }

  /** How far taking back has come; all parts done is taken back. */
  static void reverted(Connection connection, UnitRow row, int parts) throws SQLException {
    boolean all = parts >= row.inverse().size();
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.unit
        SET state = ?, reverted_parts = ?, reverted_at = CASE WHEN ? THEN clock_timestamp() END
        WHERE promotion = ? AND pass = ? AND section = ? AND unit = ?
        """,
        all ? "reverted" : "reverting",
        parts,
        all,
        row.promotion(),
        row.pass(),
        row.section(),
        row.unit());
  }

  static Optional<byte[]> checkpoint(Connection connection, String promotion, String name)
      throws SQLException {
    return Rows.first(
        connection,
        "SELECT content FROM lockkeeper.checkpoint WHERE promotion = ? AND name = ?",
        row -> row.getBytes(1),
        promotion,
        name);
  }

  static void writeCheckpoint(Connection connection, String promotion, String name, byte[] content)
      throws SQLException {
    Rows.update(
        connection,
        """
        INSERT INTO lockkeeper.checkpoint (promotion, name, content, at)
        VALUES (?, ?, ?, clock_timestamp())
        ON CONFLICT (promotion, name) DO UPDATE SET content = EXCLUDED.content, at = EXCLUDED.at
        """,
        promotion,
        name,
        content);
  }

  static String word(Pass pass) {
    return pass.name().toLowerCase(Locale.ROOT);
  }

  private static UnitRow row(ResultSet row) throws SQLException {
    @Nullable String name = row.getString("object_name");
    Optional<QualifiedName> object =
        name == null
            ? Optional.empty()
            : Optional.of(
                new QualifiedName(Optional.ofNullable(row.getString("object_schema")), name));
    Array inverse = row.getArray("inverse");
    return new UnitRow(
        row.getString("promotion"),
        row.getString("pass"),
        row.getString("section"),
        row.getInt("unit"),
        row.getString("title"),
        row.getString("digest"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        object,
        Optional.ofNullable(row.getString("definition")),
        Arrays.asList((String[]) inverse.getArray()),
        row.getInt("reverted_parts"),
        Optional.ofNullable((Long) row.getObject("object_oid")),
        Arrays.asList((Long[]) row.getArray("found").getArray()),
        row.getBoolean("adopted"),
        row.getLong("batches"),
        row.getLong("changed_rows"));
  }

  private static @Nullable String nullable(Optional<String> value) {
    return value.orElse(null);
  }
}
