package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a change touches: the cheap fingerprint is of these, of what is their own, and of the views
 * upon them. Partitions and heirs are not: they come and go by themselves.
 *
 * @param relations also indexes, whose tables are meant
 * @param routines each with all of its name
 */
public record Touched(List<QualifiedName> relations, List<QualifiedName> routines) {

  /** Read before the relations; with the relations and the routines as its values. */
  static final String HEAD =
      """
      WITH RECURSIVE touched (oid) AS (
        SELECT coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = named.oid), named.oid)
        FROM (SELECT to_regclass(name)::oid FROM unnest(?::text[]) AS name) AS named (oid)
        WHERE named.oid IS NOT NULL
        UNION
        SELECT further.oid FROM touched t, LATERAL (
          SELECT indexrelid FROM pg_index WHERE indrelid = t.oid
          UNION ALL
          SELECT w.ev_class FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
          WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
            AND d.classid = 'pg_rewrite'::regclass
          UNION ALL
          SELECT d.objid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
          WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
            AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        ) AS further (oid)
      ),
      touched_routines (oid) AS (
        SELECT tgfoid FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM touched)
        UNION
        SELECT p.oid FROM unnest(?::text[]) AS written (name), parse_ident(written.name) AS parts
        JOIN pg_proc p ON p.proname = parts[cardinality(parts)]
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE cardinality(parts) = 1 OR n.nspname = parts[1]
      ),
      """;

  public Touched {
    relations = List.copyOf(relations);
    routines = List.copyOf(routines);
  }

  /** With the schemas in which a session of ours finds what is there. */
  Touched found(Connection connection) throws SQLException {
    List<QualifiedName> found = new ArrayList<>();
    for (QualifiedName relation : relations) {
      found.add(Catalog.resolve(connection, relation).orElse(relation));
    }
    List<QualifiedName> foundRoutines = new ArrayList<>();
    for (QualifiedName routine : routines) {
      foundRoutines.add(
          Rows.first(
                  connection,
                  "SELECT nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
                      + " WHERE proname = ? AND (nspname = ? OR ? = '' AND"
                      + " pg_function_is_visible(p.oid))",
                  row -> QualifiedName.of(row.getString(1), routine.name()),
                  routine.name(),
                  routine.schema().orElse(""),
                  routine.schema().orElse(""))
              .orElse(routine));
    }
    return new Touched(found, foundRoutines);
  }

  static List<String> sql(List<QualifiedName> names) {
    return names.stream().map(QualifiedName::sql).toList();
  }
}
