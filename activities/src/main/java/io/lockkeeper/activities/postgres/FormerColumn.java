package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What is told of a relation's columns beside their types, as actions that put it back. */
final class FormerColumn {
  private FormerColumn() {}

  /** The statistics target of a column, of an index by its number. */
  static List<String> statistics(Connection connection, long oid, String column)
      throws SQLException {
    return Former.texts(
        connection,
        """
        SELECT format('ALTER COLUMN %s SET STATISTICS %s',
          CASE WHEN relkind IN ('i', 'I') THEN attnum::text ELSE quote_ident(attname) END,
          coalesce(attstattarget, -1))
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE attrelid = ? AND ? = CASE WHEN relkind IN ('i', 'I') THEN attnum::text ELSE attname END
        """,
        oid,
        column);
  }

  /** How its values are stored and compressed. */
  static List<String> storage(Connection connection, long oid, String column) throws SQLException {
    return Former.texts(
        connection,
        """
        SELECT format('ALTER COLUMN %I SET STORAGE %s', attname, CASE attstorage
          WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END)
          || coalesce(format(', ALTER COLUMN %I SET COMPRESSION %s', attname,
            CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4'
              WHEN '' THEN CASE WHEN attlen = -1 THEN 'default' END END), '')
        FROM pg_attribute a WHERE attrelid = ? AND attname = ?
        """,
        oid,
        column);
  }

  /** Its options, all of them. */
  static List<String> options(Connection connection, long oid, String column) throws SQLException {
    return Former.texts(
        connection,
        """
        SELECT format('ALTER COLUMN %I RESET (n_distinct, n_distinct_inherited)', attname)
        FROM pg_attribute WHERE attrelid = ? AND attname = ?
        UNION ALL
        SELECT format('ALTER COLUMN %I SET (%s)', attname, array_to_string(attoptions, ', '))
        FROM pg_attribute WHERE attrelid = ? AND attname = ? AND attoptions IS NOT NULL
        """,
        oid,
        column,
        oid,
        column);
  }

  /** Those that may be empty. */
  static List<String> nullable(Connection connection, long oid) throws SQLException {
    return Former.texts(
        connection,
        "SELECT attname FROM pg_attribute WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped"
            + " AND NOT attnotnull",
        oid);
  }
}
