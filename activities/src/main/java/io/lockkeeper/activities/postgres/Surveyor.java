package io.lockkeeper.activities.postgres;

import io.lockkeeper.environment.Survey;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Looks at a target for those who plan: short reads, no grant, no lock that anybody notices. */
public final class Surveyor {
  /** Of each list: the answer is for people, and Temporal carries it. */
  private static final int MOST = 100;

  private static final String INVALID =
      """
      SELECT n.nspname || '.' || c.relname, i.indrelid::regclass::text, pg_relation_size(c.oid)
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE i.indrelid = to_regclass(?) AND NOT i.indisvalid AND c.relkind = 'i'
        AND NOT EXISTS
          (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
      ORDER BY 1
      """;

  private static final String TRANSACTIONS =
      """
      SELECT pid, usename, application_name, state,
        extract(epoch FROM clock_timestamp() - xact_start) AS age
      FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend'
        AND application_name NOT LIKE 'lk/%'
        AND xact_start < clock_timestamp() - make_interval(secs => ?)
      ORDER BY xact_start LIMIT ?
      """;

  /**
   * A partitioned relation has no rows and no pages of its own, only those of its leaves. Of a leaf
   * with pages that nobody has counted the rows of all are not known.
   */
  private static final String TABLE =
      """
      SELECT
        CASE WHEN bool_or(leaf.relpages = 0 AND pg_relation_size(leaf.oid) > 0) THEN 0
          ELSE coalesce(sum(greatest(leaf.reltuples, 0)::float8), 0) END::bigint,
        coalesce(sum(pg_total_relation_size(leaf.oid)), 0)::bigint
      FROM pg_class c
      CROSS JOIN LATERAL
        (SELECT c.oid AS relid UNION SELECT relid FROM pg_partition_tree(c.oid)) part
      LEFT JOIN pg_class leaf ON leaf.oid = part.relid AND leaf.relkind NOT IN ('p', 'I')
      WHERE c.oid = to_regclass(?)
      GROUP BY c.oid
      """;

  private final Target target;
  private final Duration open;

  /**
   * @param open from when on somebody's transaction is told
   */
  public Surveyor(Target target, Duration open) {
    this.target = target;
    this.open = open;
  }

  /**
   * What it looks like now.
   *
   * @param tables that the change touches
   * @param indexes that it makes
   */
  public Survey look(List<QualifiedName> tables, List<CreateIndex> indexes) throws SQLException {
    return target.read(
        connection -> {
          List<Survey.Table> found = tables(connection, tables);
          Optional<Long> free = DiskFree.of(connection).bytes();
          return new Survey(
              Rows.one(
                  connection, "SELECT clock_timestamp()", row -> row.getTimestamp(1).toInstant()),
              found,
              indexes(connection, indexes),
              invalid(connection, tables),
              transactions(connection),
              free,
              free.isPresent()
                  ? Optional.empty()
                  : Optional.of("the server's data directory is not on the worker's machine"),
              Optional.empty(),
              Optional.empty());
        });
  }

  static List<Survey.Table> tables(Connection connection, List<QualifiedName> names)
      throws SQLException {
    List<Survey.Table> tables = new ArrayList<>();
    for (QualifiedName name : names) {
      table(connection, name).ifPresent(tables::add);
    }
    tables.sort(Comparator.comparingLong(Survey.Table::size).reversed());
    return tables.subList(0, Math.min(MOST, tables.size()));
  }

  static Optional<Survey.Table> table(Connection connection, QualifiedName name)
      throws SQLException {
    return Rows.first(
        connection,
        TABLE,
        row -> new Survey.Table(name.text(), row.getLong(1), row.getLong(2)),
        name.sql());
  }

  private static List<Survey.Index> indexes(Connection connection, List<CreateIndex> planned)
      throws SQLException {
    List<Survey.Index> indexes = new ArrayList<>();
    for (CreateIndex index : planned.subList(0, Math.min(MOST, planned.size()))) {
      Optional<QualifiedName> table = Catalog.resolve(connection, index.table());
      Optional<Survey.Table> figures =
          table.isPresent() ? table(connection, table.get()) : Optional.empty();
      QualifiedName name = new QualifiedName(table.flatMap(QualifiedName::schema), index.name());
      indexes.add(
          new Survey.Index(
              name.text(),
              index.table().text(),
              Catalog.find(connection, name).isPresent(),
              figures.isPresent()
                  ? IndexForecast.bytes(connection, index, table.get(), figures.get().rows())
                  : Optional.empty()));
    }
    return indexes;
  }

  private static List<Survey.Invalid> invalid(Connection connection, List<QualifiedName> tables)
      throws SQLException {
    List<Survey.Invalid> invalid = new ArrayList<>();
    for (QualifiedName table : tables) {
      invalid.addAll(
          Rows.list(
              connection,
              INVALID,
              row -> new Survey.Invalid(row.getString(1), row.getString(2), row.getLong(3)),
              table.sql()));
    }
    return invalid.subList(0, Math.min(MOST, invalid.size()));
  }

  private List<Survey.Transaction> transactions(Connection connection) throws SQLException {
    return Rows.list(
        connection,
        TRANSACTIONS,
        row ->
            new Survey.Transaction(
                row.getInt("pid"),
                row.getString("usename"),
                row.getString("application_name"),
                row.getString("state"),
                row.getDouble("age")),
        open.toMillis() / 1000.0,
        MOST);
  }
}
