package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.ObjectKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an object stands in the catalog.
 *
 * @param catalog {@code pg_class}, {@code pg_constraint}, …
 * @param column its number; zero for all but columns
 * @param name as the lines of a fingerprint have it after the kind
 */
record Address(String catalog, long oid, int column, String name) {
  private static final String RELATION =
      """
      SELECT 'pg_class', c.oid, 0, format('%I.%I', n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)
      """;

  private static final String COLUMN =
      """
      SELECT 'pg_class', c.oid, a.attnum, format('%I.%I.%I', n.nspname, c.relname, a.attname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
      WHERE c.oid = to_regclass(?) AND a.attname = ?
      """;

  /** With the catalog, its column of the relation, and its column of the name. */
  private static final String PART =
      """
      SELECT '%1$s', p.oid, 0, format('%%I.%%I.%%I', n.nspname, c.relname, p.%3$s)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN %1$s p ON p.%2$s = c.oid WHERE c.oid = to_regclass(?) AND p.%3$s = ?
      """;

  private static final String ROUTINE =
      """
      SELECT 'pg_proc', p.oid, 0, p.oid::regprocedure::text
      FROM pg_proc p WHERE p.oid = to_regprocedure(?)
      """;

  /**
   * Who stands in the way of dropping it: views by their name, all else as the server says it. What
   * goes with it by itself does not.
   */
  private static final String DEPENDENTS =
      """
      SELECT DISTINCT coalesce(w.ev_class, d.objid)::bigint,
        CASE WHEN w.oid IS NULL THEN pg_describe_object(d.classid, d.objid, d.objsubid)
          ELSE 'view ' || w.ev_class::regclass END
      FROM pg_depend d
      LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
      WHERE d.refclassid = ?::regclass AND d.refobjid = ? AND (? = 0 OR d.refobjsubid = ?)
        AND d.deptype = 'n' AND coalesce(w.ev_class, 0) <> d.refobjid
        AND (? <> 0 OR NOT EXISTS (SELECT FROM pg_depend own
          WHERE own.classid = d.classid AND own.objid = d.objid
            AND own.refobjid = d.refobjid AND own.deptype IN ('a', 'i')))
      ORDER BY 2 LIMIT 20
      """;

  /** Something that hangs on it. */
  record Dependent(long oid, String text) {}

  /** Whether a subject of this kind can be looked for. */
  static boolean knows(Subject subject) {
    return query(subject).isPresent();
  }

  /** Nothing where it is not there. In a transaction whose search path is that of our sessions. */
  static Optional<Address> of(Connection connection, Subject subject) throws SQLException {
    String query = query(subject).orElseThrow();
    List<Object> values = new ArrayList<>();
    if (query.equals(ROUTINE)) {
      values.add(subject.part().orElseThrow());
    } else {
      values.add(subject.name().sql());
      subject.part().ifPresent(values::add);
    }
    return Rows.first(
        connection,
        query,
        row -> new Address(row.getString(1), row.getLong(2), row.getInt(3), row.getString(4)),
        values.toArray());
  }

  private static Optional<String> query(Subject subject) {
    return switch (subject.kind()) {
      case TABLE, VIEW, MATERIALIZED_VIEW, FOREIGN_TABLE, SEQUENCE, INDEX -> Optional.of(RELATION);
      case COLUMN -> Optional.of(COLUMN);
      case CONSTRAINT -> Optional.of(PART.formatted("pg_constraint", "conrelid", "conname"));
      case POLICY -> Optional.of(PART.formatted("pg_policy", "polrelid", "polname"));
      case TRIGGER -> Optional.of(PART.formatted("pg_trigger", "tgrelid", "tgname"));
      case RULE -> Optional.of(PART.formatted("pg_rewrite", "ev_class", "rulename"));
      case FUNCTION, PROCEDURE, ROUTINE, AGGREGATE -> Optional.of(ROUTINE);
      case EVENT_TRIGGER, DATABASE, TYPE, DOMAIN, SCHEMA, EXTENSION, STATISTICS -> Optional.empty();
    };
  }

  /** Kinds of the lines of a fingerprint that are about it. */
  static List<String> lines(ObjectKind kind) {
    return switch (kind) {
      case TABLE, FOREIGN_TABLE -> List.of("relation");
      case VIEW, MATERIALIZED_VIEW -> List.of("relation", "view");
      case SEQUENCE -> List.of("relation", "sequence");
      case FUNCTION, PROCEDURE, ROUTINE, AGGREGATE -> List.of("routine");
      default -> List.of(kind.text());
    };
  }

  List<Dependent> dependents(Connection connection) throws SQLException {
    return Rows.list(
        connection,
        DEPENDENTS,
        row -> new Dependent(row.getLong(1), row.getString(2)),
        catalog,
        oid,
        column,
        column,
        column);
  }
}
