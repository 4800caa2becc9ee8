package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Former.Held;
import io.lockkeeper.section.ObjectKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A view, plain or materialized, as the statements that make it again, with all that is its own.
 */
final class FormerView {
  private static final String DEFINITION =
      """
      SELECT format('%s %s %s%sAS ', ?::text, c.oid::regclass,
          coalesce('WITH (' || array_to_string(reloptions, ', ') || ') ', ''),
          coalesce('TABLESPACE ' || quote_ident(spcname) || ' ', ''))
        || rtrim(pg_get_viewdef(c.oid), '; ')
        || CASE WHEN relkind = 'm' AND NOT relispopulated THEN ' WITH NO DATA' ELSE '' END
      FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = reltablespace WHERE c.oid = ?
      """;

  private static final String COLUMNS =
      """
      SELECT format('ALTER %s %s ALTER COLUMN %I %s', ?::text, attrelid::regclass, attname, change)
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum, LATERAL (
        SELECT 'SET DEFAULT ' || pg_get_expr(adbin, adrelid) WHERE adbin IS NOT NULL
        UNION ALL
        SELECT format('SET STATISTICS %s', attstattarget) WHERE coalesce(attstattarget, -1) <> -1
        UNION ALL
        SELECT format('SET (%s)', array_to_string(attoptions, ', ')) WHERE attoptions IS NOT NULL
      ) AS c (change)
      WHERE attrelid = ? AND attnum > 0
      """;

  private static final String COMMENTS =
      """
      SELECT format('COMMENT ON COLUMN %s.%I IS %L', attrelid::regclass, attname, d)
      FROM pg_attribute, col_description(attrelid, attnum) d
      WHERE attrelid = ? AND attnum > 0 AND d IS NOT NULL
      """;

  private static final String PARTS =
      """
      SELECT rtrim(pg_get_ruledef(oid), '; ') FROM pg_rewrite
      WHERE ev_class = ? AND rulename <> '_RETURN'
      UNION ALL
      SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ? AND NOT tgisinternal
      UNION ALL
      SELECT format('COMMENT ON RULE %I ON %s IS %L', rulename, ev_class::regclass, d)
      FROM pg_rewrite, obj_description(oid, 'pg_rewrite') d WHERE ev_class = ? AND d IS NOT NULL
      UNION ALL
      SELECT format('COMMENT ON TRIGGER %I ON %s IS %L', tgname, tgrelid::regclass, d)
      FROM pg_trigger, obj_description(oid, 'pg_trigger') d WHERE tgrelid = ? AND d IS NOT NULL
      """;

  private FormerView() {}

  /**
   * Its definition alone.
   *
   * @param create how the statement begins
   */
  static String definition(Connection connection, long oid, String create) throws SQLException {
    return Former.one(Former.text(connection, DEFINITION, create, oid).orElseThrow());
  }

  static List<String> statements(Connection connection, long oid, ObjectKind of)
      throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.add(definition(connection, oid, "CREATE " + of.sql()));
    for (long index :
        Rows.list(
            connection,
            "SELECT indexrelid::bigint FROM pg_index WHERE indrelid = ? ORDER BY 1",
            row -> row.getLong(1),
            oid)) {
      statements.addAll(FormerIndex.statements(connection, index));
    }
    statements.addAll(Former.texts(connection, COLUMNS, of.sql(), oid));
    statements.addAll(Former.texts(connection, COMMENTS, oid));
    statements.addAll(Former.texts(connection, PARTS, oid, oid, oid, oid));
    String name =
        Former.text(connection, "SELECT oid::regclass::text FROM pg_class WHERE oid = ?", oid)
            .orElseThrow();
    statements.addAll(Former.belongings(connection, Held.RELATION, oid, of.sql(), name));
    return statements;
  }
}
