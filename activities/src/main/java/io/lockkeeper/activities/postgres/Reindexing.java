package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning.Reindex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * {@code REINDEX … CONCURRENTLY}: one that is cut off leaves an INVALID index {@code _ccnew} or
 * {@code _ccold}. Those that were not there when the unit started, and that nobody builds, are ours
 * and are dropped. An index that was rebuilt has a new oid, by which an attempt that follows sees
 * that nothing is left to do; where it cannot tell, running it again does no harm.
 */
final class Reindexing {
  private static final String LEFT =
      """
      SELECT i.indexrelid::bigint AS oid FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      WHERE c.relname ~ '_cc(new|old)[0-9]*$' AND NOT i.indisvalid
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p
          WHERE p.index_relid = i.indexrelid)
        AND i.indrelid IN
      """;

  /** What it rebuilds: not those of exclusion constraints, nor INVALID ones. */
  private static final String REBUILT =
      """
      FROM pg_index i WHERE i.indisvalid AND NOT i.indisexclusion AND i.indrelid IN
        (SELECT unnest(ARRAY[c.oid, nullif(c.reltoastrelid, 0)]) FROM pg_class c WHERE c.oid IN
      """;

  private static final String ONE =
      "FROM pg_index i WHERE i.indisvalid AND i.indexrelid = to_regclass(?)";

  private final UnitDesk desk;

  Reindexing(UnitDesk desk) {
    this.desk = desk;
  }

  String run(Unit unit, Reindex reindex, Optional<UnitRow> row) throws SQLException, UnitFailure {
    Optional<UnitRow> intended = row.filter(r -> r.state() == State.STARTED);
    if (intended.isEmpty()) {
      start(unit, reindex);
    } else {
      clean(reindex, intended.get().found());
      if (rebuilt(reindex, intended.get().oid())) {
        refuseInvalid(unit, reindex);
        return desk.finish(unit, UnitRunner.FOUND);
      }
    }
    List<Long> found = desk.row(unit).map(UnitRow::found).orElse(List.of());
    try {
      desk.alone(unit, unit.statements().get(0).statement().text());
    } catch (SQLException e) {
      if (!SqlFailures.isConnection(e)) {
        desk.running().cleaning(true);
        try {
          clean(reindex, found);
          desk.forget(unit);
        } finally {
          desk.running().cleaning(false);
        }
      }
      throw desk.failed(unit, e, "What it had built was dropped again, the former index stands");
    }
    clean(reindex, found);
    refuseInvalid(unit, reindex);
    return desk.finish(
        unit, intended.isPresent() ? "run again, after it was cut off" : UnitRunner.RUN);
  }

  private void start(Unit unit, Reindex reindex) throws SQLException {
    List<Long> before = desk.look(connection -> left(connection, reindex));
    Optional<Long> newest = oid(reindex, "max");
    desk.fence()
        .change(
            connection -> {
              desk.start(connection, unit, Optional.empty(), List.of());
              desk.found(connection, unit, newest, before);
            });
  }

  /** Oids ascend, so one above the newest of then is of a new index. */
  private boolean rebuilt(Reindex reindex, Optional<Long> newest) throws SQLException {
    Optional<Long> oldest = newest.isPresent() ? oid(reindex, "min") : Optional.empty();
    return oldest.isPresent() && oldest.get() > newest.get();
  }

  /** Of the indexes that it rebuilds; nothing where there is none. */
  private Optional<Long> oid(Reindex reindex, String which) throws SQLException {
    String select = "SELECT " + which + "(i.indexrelid::bigint) ";
    String name = reindex.name().map(QualifiedName::sql).orElse("");
    List<Long> found =
        desk.look(
            connection ->
                reindex.of().equals("index")
                    ? Rows.list(connection, select + ONE, row -> row.getLong(1), name)
                    : oids(connection, select + REBUILT, ")", reindex));
    // NULL is read as 0, which is nobody's.
    return found.stream().filter(oid -> oid > 0).findFirst();
  }

  private void clean(Reindex reindex, List<Long> before) throws SQLException {
    for (long oid : desk.look(connection -> left(connection, reindex))) {
      Optional<QualifiedName> name = desk.look(connection -> Catalog.name(connection, oid));
      if (!before.contains(oid) && name.isPresent()) {
        Rows.execute(
            desk.fence().connection(), Inverse.dropIndex(name.get().schema(), name.get().name()));
      }
    }
  }

  private static List<Long> left(Connection connection, Reindex reindex) throws SQLException {
    return reindex.of().equals("index")
        ? Rows.list(
            connection,
            LEFT + "(SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass(?))",
            row -> row.getLong(1),
            reindex.name().map(QualifiedName::sql).orElse(""))
        : oids(connection, LEFT, "", reindex);
  }

  /** With its tables between the two. */
  private static List<Long> oids(Connection connection, String sql, String end, Reindex reindex)
      throws SQLException {
    String name = reindex.name().map(QualifiedName::sql).orElse("");
    return switch (reindex.of()) {
      case "table" ->
          Rows.list(
              connection,
              sql
                  + "(SELECT to_regclass(?)::oid UNION SELECT relid FROM"
                  + " pg_partition_tree(to_regclass(?)))"
                  + end,
              row -> row.getLong(1),
              name,
              name);
      case "schema" ->
          Rows.list(
              connection,
              sql + "(SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace(?))" + end,
              row -> row.getLong(1),
              name);
      default ->
          Rows.list(
              connection,
              sql
                  + "(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                  + " WHERE n.nspname !~ '^pg_')"
                  + end,
              row -> row.getLong(1));
    };
  }

  /** It ends without an error and a warning where it passes over an index it cannot rebuild. */
  private void refuseInvalid(Unit unit, Reindex reindex) throws SQLException, UnitFailure {
    if (!reindex.of().equals("index") || reindex.name().isEmpty()) {
      return;
    }
    QualifiedName written = reindex.name().get();
    Optional<QualifiedName> name = desk.look(connection -> Catalog.resolve(connection, written));
    Optional<FoundIndex> found = name.isPresent() ? desk.look(name.get()) : Optional.empty();
    if (found.isPresent() && found.get().index() && !found.get().valid()) {
      throw desk.endedOtherwise(unit, written.text() + " INVALID");
    }
  }
}
