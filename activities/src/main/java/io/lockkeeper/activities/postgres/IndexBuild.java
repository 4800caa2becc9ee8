package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Inspection.Decision;
import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.change.SectionRules.Existing;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** {@code CREATE INDEX CONCURRENTLY}: believes only the catalog, and leaves no INVALID index. */
final class IndexBuild {
  static final String THERE = "was there already";

  private static final String REBUILT = "run, after a leftover of our own was dropped";

  private final UnitDesk desk;

  IndexBuild(UnitDesk desk) {
    this.desk = desk;
  }

  /**
   * @param given parts that take the whole section back, where its author gave a script
   */
  String run(Unit unit, CreateIndex meaning, Optional<UnitRow> row, Optional<List<String>> given)
      throws SQLException, UnitFailure {
    String statement = unit.statements().get(0).statement().text();
    PlannedIndex index = planned(unit, meaning, statement);
    boolean intended = row.filter(r -> r.state() == State.STARTED).isPresent();
    Optional<FoundIndex> found = desk.look(index.name());
    Decision decision =
        Inspection.decide(index, found, intended, desk.rules().existing() == Existing.ADOPT);
    return switch (decision) {
      case IN_THE_WAY ->
          throw desk.inTheWay(
              unit,
              "make " + index.definition(),
              found.isPresent() ? described(index, found.get()) : "");
      case ADOPT -> {
        desk.adopt(unit, index, THERE);
        yield THERE;
      }
      case DONE -> desk.finish(unit, UnitRunner.FOUND);
      case RUN -> {
        start(unit, index, given);
        create(unit, index, statement);
        yield desk.finish(unit, UnitRunner.RUN);
      }
      case DROP_AND_RUN -> {
        dropLeftover(index.name());
        create(unit, index, statement);
        yield desk.finish(unit, REBUILT);
      }
    };
  }

  private PlannedIndex planned(Unit unit, CreateIndex meaning, String statement)
      throws SQLException, UnitFailure {
    Optional<PlannedIndex> index = Catalog.plan(desk.fence().connection(), meaning, statement);
    if (index.isEmpty()) {
      throw desk.noTable(unit, meaning.table());
    }
    return index.get();
  }

  private void start(Unit unit, PlannedIndex index, Optional<List<String>> given)
      throws SQLException {
    List<String> inverse =
        given.orElse(List.of(Inverse.dropIndex(index.name().schema(), index.name().name())));
    desk.fence().intend(connection -> desk.start(connection, unit, Optional.of(index), inverse));
  }

  /** With the session that builds it, where one does. */
  private String described(PlannedIndex index, FoundIndex found) throws SQLException {
    String what = Inspection.describe(index, found);
    return found.builder() == 0
        ? what
        : what + desk.look(connection -> Catalog.session(connection, found.builder()));
  }

  private void create(Unit unit, PlannedIndex index, String statement)
      throws SQLException, UnitFailure {
    try {
      desk.alone(unit, statement);
    } catch (SQLException e) {
      if (!SqlFailures.isConnection(e)) {
        clean(unit, index);
      }
      throw desk.failed(unit, e, "What it had built was dropped again");
    }
    Optional<FoundIndex> built = desk.look(index.name());
    if (built.isEmpty() || !built.get().valid() || !Inspection.mayBeMeant(index, built.get())) {
      clean(unit, index);
      throw desk.endedOtherwise(
          unit, built.map(b -> Inspection.describe(index, b)).orElse("no such index"));
    }
  }

  /** After a failure nothing of ours stays: an INVALID unique index goes on refusing rows. */
  private void clean(Unit unit, PlannedIndex index) throws SQLException {
    desk.running().cleaning(true);
    try {
      Optional<FoundIndex> left = desk.look(index.name());
      if (left.isPresent() && Inspection.leftover(index, left.get())) {
        dropLeftover(index.name());
      }
      desk.forget(unit);
    } finally {
      desk.running().cleaning(false);
    }
  }

  private void dropLeftover(QualifiedName name) throws SQLException {
    Rows.execute(desk.fence().connection(), Inverse.dropIndex(name.schema(), name.name()));
  }
}
