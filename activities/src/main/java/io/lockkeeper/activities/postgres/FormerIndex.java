package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * An index as the statements that build it again as it was: in its tablespace, with its statistics
 * targets, its comment, and as what its table is clustered on or tells its rows apart by. Nothing
 * of an INVALID one.
 *
 * <p>Source: pg_get_indexdef prints no tablespace; it stands before the predicate.
 */
final class FormerIndex {
  private static final String DEFINITION =
      """
      SELECT CASE
          WHEN place IS NULL THEN definition
          WHEN predicate IS NULL THEN definition || place
          WHEN right(definition, length(predicate)) = predicate
            THEN left(definition, -length(predicate)) || place || predicate
          ELSE definition END
      FROM (
        SELECT CASE WHEN ? THEN regexp_replace(pg_get_indexdef(i.indexrelid),
            '^CREATE (UNIQUE )?INDEX ', 'CREATE \\1INDEX CONCURRENTLY ')
            ELSE pg_get_indexdef(i.indexrelid) END AS definition,
          ' WHERE ' || pg_get_expr(i.indpred, i.indrelid) AS predicate,
          (SELECT format(' TABLESPACE %I', spcname) FROM pg_tablespace
            WHERE oid = c.reltablespace) AS place
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        WHERE i.indexrelid = ? AND (i.indisvalid OR t.relkind = 'p')
      ) AS d
      """;

  private static final String BELONGINGS =
      """
      SELECT format('COMMENT ON INDEX %s IS %L', oid::regclass, d)
      FROM pg_class, obj_description(oid, 'pg_class') d WHERE oid = ? AND d IS NOT NULL
      UNION ALL
      SELECT format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', attrelid::regclass, attnum,
        attstattarget)
      FROM pg_attribute WHERE attrelid = ? AND coalesce(attstattarget, -1) <> -1
      UNION ALL
      SELECT format('ALTER %s %s CLUSTER ON %I', CASE t.relkind WHEN 'm' THEN 'MATERIALIZED VIEW'
        ELSE 'TABLE' END, indrelid::regclass, c.relname)
      FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
      WHERE indexrelid = ? AND indisclustered
      UNION ALL
      SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', indrelid::regclass, relname)
      FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indexrelid = ? AND indisreplident
      """;

  private FormerIndex() {}

  /** Parts that build it without keeping anybody out, each in a transaction of its own. */
  static List<String> parts(Connection connection, long oid) throws SQLException {
    boolean parted =
        !Former.texts(
                connection,
                "SELECT 'p' FROM pg_class t JOIN pg_index i ON t.oid = i.indrelid"
                    + " WHERE i.indexrelid = ? AND t.relkind = 'p'",
                oid)
            .isEmpty();
    return statements(connection, oid, !parted);
  }

  /** Statements that build it in the transaction that makes its relation. */
  static List<String> statements(Connection connection, long oid) throws SQLException {
    return statements(connection, oid, false);
  }

  private static List<String> statements(Connection connection, long oid, boolean concurrently)
      throws SQLException {
    List<String> statements = new ArrayList<>();
    for (String definition : Former.texts(connection, DEFINITION, concurrently, oid)) {
      statements.add(Former.one(definition));
      statements.addAll(belongings(connection, oid));
    }
    return statements;
  }

  /** What is its own beside its definition, as statements. */
  static List<String> belongings(Connection connection, long oid) throws SQLException {
    return Former.texts(connection, BELONGINGS, oid, oid, oid, oid);
  }
}
