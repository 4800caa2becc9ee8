package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.change.SectionRules.Existing;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.Meaning.Reindex;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence.UnitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs units of one section, each once: a transactional unit writes its ledger row, with what takes
 * it back, in its own transaction; any other writes {@code started} before and {@code finished}
 * after a look into the catalog on a fresh connection. Not safe for several threads.
 */
final class UnitRunner {
  static final String RUN = "run";

  /** An attempt whose answer was lost had done it. */
  static final String FOUND = "found already applied";

  private static final String DONE_BEFORE = "done before";

  private final UnitDesk desk;
  private final List<Unit> down;
  private final InverseReader inverses;

  /**
   * @param down the script that takes the section back, where its author gave one
   * @param losesData the author's word that taking back may lose data
   */
  UnitRunner(UnitDesk desk, List<Unit> down, boolean losesData) {
    this.desk = desk;
    this.down = down;
    this.inverses = new InverseReader(losesData);
  }

  /**
   * Brings one unit to its end.
   *
   * @throws UnitFailure where it cannot be done; then nothing of it is left behind but what its
   *     message tells
   * @throws SQLException where the connection is lost; the next attempt looks what became of it
   */
  UnitOutcome run(Unit unit) throws SQLException, UnitFailure {
    long began = System.nanoTime();
    desk.clear();
    Optional<UnitRow> row = desk.row(unit);
    String outcome =
        row.filter(r -> r.state() == State.FINISHED).isPresent() ? DONE_BEFORE : run(unit, row);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new UnitOutcome(
        unit.number(),
        unit.title(),
        unit.digest(),
        outcome,
        seconds,
        desk.notices(),
        desk.locked());
  }

  /** Whether the ledger knows it as done, or as begun and cut off. */
  boolean begun(Unit unit) throws SQLException {
    return desk.row(unit)
        .filter(row -> row.state() == State.FINISHED || row.state() == State.STARTED)
        .isPresent();
  }

  private String run(Unit unit, Optional<UnitRow> row) throws SQLException, UnitFailure {
    if (desk.rules().batches()) {
      return new Batches(desk).run(unit, row, given(unit));
    }
    if (unit.transactional()) {
      return transaction(unit);
    }
    Meaning meaning = unit.statements().get(0).meaning();
    if (meaning instanceof CreateIndex index) {
      return new IndexBuild(desk).run(unit, index, row, given(unit));
    }
    if (meaning instanceof DropIndex drop) {
      return new IndexDrop(desk).run(unit, drop, row, given(unit));
    }
    if (meaning instanceof Reindex reindex && reindex.concurrently()) {
      return new Reindexing(desk).run(unit, reindex, row);
    }
    if (meaning instanceof AlterTable alter) {
      return new Detaching(desk).run(unit, alter, row, given(unit));
    }
    return repeatable(unit);
  }

  private String transaction(Unit unit) throws SQLException, UnitFailure {
    Standing standing = standing(unit);
    try {
      desk.change(
          unit,
          connection -> {
            desk.start(connection, unit, Optional.empty(), given(unit).orElse(List.of()));
            List<String> inverse = new ArrayList<>();
            for (Unit.Part part : unit.statements()) {
              if (!standing.adopted().contains(part)) {
                inverse.addAll(0, apply(connection, part));
              }
            }
            if (down.isEmpty()) {
              desk.inverse(connection, unit, inverse);
            }
            desk.finish(connection, unit, standing.outcome());
          });
      return standing.outcome();
    } catch (SQLException e) {
      throw desk.failed(unit, e, "Nothing of it was done");
    }
  }

  /** Runs a statement; what takes it back is looked for before and told after. */
  private List<String> apply(Connection connection, Unit.Part part) throws SQLException {
    InverseReader.Before before =
        down.isEmpty() ? inverses.before(connection, part.meaning()) : InverseReader.Before.NOTHING;
    desk.execute(connection, part.statement().text());
    return before.after(connection);
  }

  /**
   * Indexes of a transaction that are there already.
   *
   * @param adopted statements that are not run
   */
  private record Standing(List<Unit.Part> adopted, int of) {
    String outcome() {
      return adopted.isEmpty()
          ? RUN
          : adopted.size() == of ? IndexBuild.THERE : RUN + ", a part of it " + IndexBuild.THERE;
    }
  }

  /** IF NOT EXISTS passes over an INVALID index, and over another one of that name. */
  private Standing standing(Unit unit) throws SQLException, UnitFailure {
    List<Unit.Part> adopted = new ArrayList<>();
    boolean adopts = desk.rules().existing() == Existing.ADOPT;
    for (Unit.Part part : unit.statements()) {
      if (part.meaning() instanceof CreateIndex index && (index.ifNotExists() || adopts)) {
        Optional<PlannedIndex> planned =
            Catalog.plan(desk.fence().connection(), index, part.statement().text());
        Optional<FoundIndex> found =
            planned.isPresent() ? desk.look(planned.get().name()) : Optional.empty();
        if (found.isEmpty()) {
          continue;
        }
        if (!found.get().valid() || !Inspection.asMeant(planned.get(), found.get())) {
          throw desk.inTheWay(
              unit,
              "make " + planned.get().definition(),
              Inspection.describe(planned.get(), found.get()));
        }
        adopted.add(part);
      }
    }
    return new Standing(adopted, unit.statements().size());
  }

  /** VACUUM and the like: running again does no harm. */
  private String repeatable(Unit unit) throws SQLException, UnitFailure {
    desk.fence()
        .intend(
            connection ->
                desk.start(connection, unit, Optional.empty(), given(unit).orElse(List.of())));
    try {
      desk.alone(unit, unit.statements().get(0).statement().text());
    } catch (SQLException e) {
      throw desk.failed(unit, e, "It may be run again");
    }
    return desk.finish(unit, RUN);
  }

  /**
   * Parts of a script given for the whole section. It stands with its first unit, which is taken
   * back last.
   */
  private Optional<List<String>> given(Unit unit) {
    if (down.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        unit.number() == 1
            ? down.stream()
                .flatMap(part -> part.statements().stream())
                .map(part -> part.statement().text())
                .toList()
            : List.of());
  }
}
