package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The indexes of tables that a change touches, and of their partitions, as the catalog and the
 * statistics tell of them. Only these tables are looked at: a database may have 10^5 indexes.
 * Source: pg_index, pg_inherits, pg_stats, pg_stat_get_numscans (PostgreSQL 12+), and pgstatindex
 * of the extension pgstattuple where it is installed.
 */
public final class TouchedIndexes {
  /**
   * What is looked for is found first, else all indexes of the database are worked on. Scalar
   * subqueries on pg_stats, because joins are not pushed into it; OFFSET keeps them from being
   * asked for each figure anew.
   */
  private static final String QUERY =
      """
      WITH RECURSIVE touched (oid) AS (
        SELECT to_regclass(name)::oid FROM unnest(?::text[]) AS name
        UNION
        SELECT h.inhrelid FROM touched t JOIN pg_inherits h ON h.inhparent = t.oid
      ),
      indexes AS MATERIALIZED (
        SELECT i.indexrelid, i.indrelid, i.indkey, i.indpred IS NULL AS whole
        FROM touched t JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid
      )
      SELECT n.nspname AS schema, c.relname AS name, c.oid, c.relfilenode AS file, tc.oid AS table_oid,
        am.amname = 'btree' AS btree,
        EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
          AS of_constraint,
        pg_relation_size(c.oid) AS size,
        current_setting('block_size')::int AS block,
        CASE WHEN i.whole AND pg_stat_get_live_tuples(tc.oid) > 0
          THEN pg_stat_get_live_tuples(tc.oid) ELSE c.reltuples END AS tuples,
        coalesce((SELECT split_part(o, '=', 2)::int FROM unnest(c.reloptions) AS o
          WHERE o LIKE 'fillfactor=%'), 90) AS fill,
        pg_stat_get_numscans(c.oid) AS scans,
        w.*
      FROM indexes i
      JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
      JOIN pg_class tc ON tc.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_am am ON am.oid = c.relam
      CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(told IS NOT NULL), false) AS known,
          coalesce(sum(told[1] * (1 - told[2])), 0) AS width, coalesce(max(told[2]), 0) AS nulls
        FROM (
          SELECT
            (SELECT ARRAY[s.avg_width, s.null_frac]::float8[] FROM pg_stats s
              WHERE s.schemaname = n.nspname AND NOT s.inherited
                AND s.tablename = o.relation AND s.attname = o.attribute) AS told
          FROM pg_attribute ia
          LEFT JOIN pg_attribute ta ON ta.attrelid = tc.oid AND ta.attnum = i.indkey[ia.attnum - 1]
            AND ta.attnum > 0
          CROSS JOIN LATERAL (SELECT
            CASE WHEN ta.attname IS NULL THEN c.relname ELSE tc.relname END AS relation,
            coalesce(ta.attname, ia.attname) AS attribute) AS o
          WHERE ia.attrelid = c.oid AND ia.attnum > 0
          OFFSET 0
        ) AS columns
      ) AS w
      ORDER BY 1, 2
      """;

  private static final String INSTALLED =
      """
      SELECT quote_ident(n.nspname) FROM pg_extension e
      JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'pgstattuple' AND has_schema_privilege(n.oid, 'USAGE')
        AND has_function_privilege(
        to_regprocedure(quote_ident(n.nspname) || '.pgstatindex(regclass)'), 'EXECUTE')
      """;

  private static final String MEASURED =
      """
      SELECT leaf_pages, internal_pages, empty_pages, deleted_pages,
        CASE WHEN avg_leaf_density = 'NaN' THEN 0 ELSE avg_leaf_density END AS density
      FROM %s.pgstatindex(?::oid::regclass)
      """;

  /** Of a page: its header, and what a B-tree keeps at its end. */
  private static final int OF_THE_PAGE = 24 + 16;

  private static final int ITEM_POINTER = 4;
  private static final int TUPLE_HEADER = 8;
  private static final int ALIGNED = 8;

  private TouchedIndexes() {}

  /**
   * One index that is valid and has pages.
   *
   * @param name without its schema
   * @param file {@code pg_class.relfilenode}: another one once it was built anew
   * @param ofConstraint whether it holds a constraint
   * @param scans since the statistics were reset
   * @param bloat estimated from the statistics of its columns, 0 to 1; absent where they are not
   *     there, or may not be seen, and for what is no B-tree
   */
  public record Found(
      String schema,
      String name,
      long oid,
      long file,
      long table,
      boolean btree,
      boolean ofConstraint,
      long size,
      int fill,
      long scans,
      Optional<Double> bloat) {}

  /**
   * Reads them.
   *
   * @param tables as SQL writes them; those that are not there have no indexes
   */
  public static List<Found> of(Connection connection, List<String> tables) throws SQLException {
    return Rows.list(
        connection,
        QUERY,
        row -> {
          long size = row.getLong("size");
          int fill = row.getInt("fill");
          boolean told = row.getBoolean("btree") && row.getBoolean("known");
          double tuples = row.getDouble("tuples");
          double pages =
              pages(
                  tuples,
                  row.getDouble("width"),
                  row.getDouble("nulls") > 0,
                  row.getInt("block"),
                  fill);
          return new Found(
              row.getString("schema"),
              row.getString("name"),
              row.getLong("oid"),
              row.getLong("file"),
              row.getLong("table_oid"),
              row.getBoolean("btree"),
              row.getBoolean("of_constraint"),
              size,
              fill,
              row.getLong("scans"),
              told && tuples >= 0
                  ? Optional.of(Math.max(0, 1 - pages * row.getInt("block") / size(size)))
                  : Optional.empty());
        },
        tables);
  }

  /** The schema of pgstattuple, quoted, where it is installed and we may use it. */
  public static Optional<String> measures(Connection connection) throws SQLException {
    return Rows.first(connection, INSTALLED, row -> row.getString(1));
  }

  /**
   * Bloat of a B-tree as its pages tell, 0 to 1: the share of its pages that one built anew would
   * not have. Reads all of the index.
   *
   * @param schema of the extension, quoted
   */
  public static double measured(Connection connection, String schema, Found index)
      throws SQLException {
    return Rows.one(
        connection,
        MEASURED.formatted(schema),
        row -> {
          double leaves = row.getDouble("leaf_pages");
          double full = Math.min(1, row.getDouble("density") / index.fill());
          double used = leaves * full + row.getDouble("internal_pages");
          double all =
              leaves
                  + row.getDouble("internal_pages")
                  + row.getDouble("empty_pages")
                  + row.getDouble("deleted_pages");
          return all == 0 ? 0.0 : Math.max(0, 1 - used / all);
        },
        index.oid());
  }

  private static double size(long bytes) {
    return Math.max(1, bytes);
  }

  /** Pages that a B-tree of so many entries would have if it were built now. */
  private static double pages(double tuples, double width, boolean nulls, int block, int fill) {
    double header = nulls ? TUPLE_HEADER * 2 : TUPLE_HEADER;
    double tuple = ALIGNED * Math.ceil((header + width) / ALIGNED) + ITEM_POINTER;
    double perLeaf = Math.max(1, Math.floor((block - OF_THE_PAGE) * fill / 100.0 / tuple));
    double leaves = Math.ceil(Math.max(1, tuples) / perLeaf);
    // Inner pages hold an entry a leaf; above stands the page that tells where the root is.
    return leaves + Math.ceil(leaves / perLeaf) + 1;
  }
}
