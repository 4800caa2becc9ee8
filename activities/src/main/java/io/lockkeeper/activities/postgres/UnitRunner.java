package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Inspection.Decision;
import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs units of one section, each once: a transactional unit writes its ledger row in its own
 * transaction; any other writes {@code started} before and {@code finished} after a look into the
 * catalog on a fresh connection. Not safe for several threads.
 */
final class UnitRunner {
  private static final String DONE_BEFORE = "done before";
  private static final String RUN = "run";
  private static final String FOUND = "found already applied";
  private static final String REBUILT = "run, after a leftover of our own was dropped";

  private final Fence fence;
  private final Running running;
  private final LockGuard locks;
  private final String promotion;
  private final String change;
  private final Pass pass;
  private final String section;
  private final List<Unit> down;

  /** How the unit that runs got and held its locks. */
  private Optional<Locks> locked = Optional.empty();

  /**
   * @param down the script that takes the section back, where its author gave one
   */
  UnitRunner(
      Fence fence,
      Running running,
      LockGuard locks,
      String promotion,
      String change,
      Pass pass,
      String section,
      List<Unit> down) {
    this.fence = fence;
    this.running = running;
    this.locks = locks;
    this.promotion = promotion;
    this.change = change;
    this.pass = pass;
    this.section = section;
    this.down = down;
  }

  /**
   * Brings one unit to its end.
   *
   * @throws UnitFailure where it cannot be done; then nothing of it is left behind
   * @throws SQLException where the connection is lost; the next attempt looks what became of it
   */
  UnitOutcome run(Unit unit) throws SQLException, UnitFailure {
    long began = System.nanoTime();
    locked = Optional.empty();
    List<String> notices = new ArrayList<>();
    Optional<UnitRow> row =
        Ledger.unit(fence.connection(), promotion, pass, section, unit.number());
    String outcome;
    if (row.filter(r -> r.state() == State.FINISHED).isPresent()) {
      outcome = DONE_BEFORE;
    } else if (unit.transactional()) {
      outcome = transaction(unit, notices);
    } else if (unit.statements().get(0).meaning() instanceof CreateIndex index) {
      outcome = build(unit, index, row, notices);
    } else {
      outcome = repeatable(unit, notices);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return new UnitOutcome(
        unit.number(), unit.title(), unit.digest(), outcome, seconds, List.copyOf(notices), locked);
  }

  /** Whether the ledger knows it as done, or as begun and cut off. */
  boolean begun(Unit unit) throws SQLException {
    return Ledger.unit(fence.connection(), promotion, pass, section, unit.number())
        .filter(row -> row.state() == State.FINISHED || row.state() == State.STARTED)
        .isPresent();
  }

  private String transaction(Unit unit, List<String> notices) throws SQLException, UnitFailure {
    try {
      locked =
          Optional.of(
              locks.change(
                  unit.title(),
                  unit.locks(),
                  connection -> {
                    notices.clear();
                    start(connection, unit, Optional.empty(), inverse(connection, unit));
                    for (Unit.Part part : unit.statements()) {
                      execute(connection, part.statement().text(), notices);
                    }
                    Ledger.finish(connection, promotion, pass, section, unit.number(), RUN);
                  }));
      return RUN;
    } catch (SQLException e) {
      running.throwIfStopped();
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      throw failed(unit, e, "Nothing of it was done");
    }
  }

  private String build(Unit unit, CreateIndex meaning, Optional<UnitRow> row, List<String> notices)
      throws SQLException, UnitFailure {
    String statement = unit.statements().get(0).statement().text();
    PlannedIndex index =
        fence
            .transaction(connection -> Catalog.plan(connection, meaning, statement))
            .orElseThrow(
                () ->
                    new UnitFailure(
                        FailureCode.SQL_FAILED,
                        "unit "
                            + unit.number()
                            + " of section "
                            + section
                            + ": the table "
                            + meaning.table().text()
                            + " does not exist on "
                            + fence.target().title()
                            + ". Nothing was done. Mend the change or the target"));
    boolean intended = row.filter(r -> r.state() == State.STARTED).isPresent();
    Optional<FoundIndex> found = look(index.name());
    Decision decision = Inspection.decide(index, found, intended);
    return switch (decision) {
      case IN_THE_WAY -> throw inTheWay(unit, index, found);
      case DONE -> finish(unit, FOUND);
      case RUN -> {
        start(unit, index);
        create(unit, index, statement, notices);
        yield finish(unit, RUN);
      }
      case DROP_AND_RUN -> {
        dropLeftover(index.name());
        create(unit, index, statement, notices);
        yield finish(unit, REBUILT);
      }
    };
  }

  /** Runs the statement and believes only the catalog. */
  private void create(Unit unit, PlannedIndex index, String statement, List<String> notices)
      throws SQLException, UnitFailure {
    try {
      alone(unit, statement, notices);
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      clean(unit, index);
      running.throwIfStopped();
      throw failed(unit, e, "What it had built was dropped again");
    }
    Optional<FoundIndex> built = look(index.name());
    if (built.isEmpty() || !built.get().valid() || !Inspection.mayBeMeant(index, built.get())) {
      clean(unit, index);
      throw new UnitFailure(
          FailureCode.SQL_FAILED,
          "unit "
              + unit.number()
              + " \""
              + unit.title()
              + "\" ended without an error on "
              + fence.target().title()
              + ", and the catalog shows "
              + built.map(b -> Inspection.describe(index, b)).orElse("no such index")
              + ". It does not count as done. Look into the server's log, then retry the step");
    }
  }

  /** After a failure nothing of ours stays: an INVALID unique index goes on refusing rows. */
  private void clean(Unit unit, PlannedIndex index) throws SQLException {
    running.cleaning(true);
    try {
      Optional<FoundIndex> left = look(index.name());
      if (left.isPresent() && Inspection.leftover(index, left.get())) {
        dropLeftover(index.name());
      }
      fence.change(
          connection -> {
            Ledger.forget(connection, promotion, pass, section, unit.number());
          });
    } finally {
      running.cleaning(false);
    }
  }

  private void dropLeftover(QualifiedName name) throws SQLException {
    Rows.execute(fence.connection(), Inverse.dropIndex(name.schema(), name.name()));
  }

  /** VACUUM and the like: running again does no harm. */
  private String repeatable(Unit unit, List<String> notices) throws SQLException, UnitFailure {
    Unit.Part part = unit.statements().get(0);
    fence.change(
        connection -> {
          start(connection, unit, Optional.empty(), inverse(connection, unit));
        });
    try {
      alone(unit, part.statement().text(), notices);
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      running.throwIfStopped();
      throw failed(unit, e, "It may be run again");
    }
    return finish(unit, RUN);
  }

  private void start(Unit unit, PlannedIndex index) throws SQLException {
    fence.change(
        connection -> {
          List<String> inverse =
              down.isEmpty()
                  ? List.of(Inverse.dropIndex(index.name().schema(), index.name().name()))
                  : inverse(connection, unit);
          start(connection, unit, Optional.of(index), inverse);
        });
  }

  private void start(
      Connection connection, Unit unit, Optional<PlannedIndex> index, List<String> inverse)
      throws SQLException {
    Ledger.start(fence, connection, promotion, change, pass, section, unit, index, inverse);
  }

  private String finish(Unit unit, String outcome) throws SQLException {
    fence.change(
        connection -> {
          Ledger.finish(connection, promotion, pass, section, unit.number(), outcome);
        });
    return outcome;
  }

  /**
   * What takes the unit back. A script given for the whole section stands with its first unit,
   * which is taken back last.
   */
  private List<String> inverse(Connection connection, Unit unit) throws SQLException {
    if (!down.isEmpty()) {
      return unit.number() == 1
          ? down.stream()
              .flatMap(part -> part.statements().stream())
              .map(part -> part.statement().text())
              .toList()
          : List.of();
    }
    List<String> inverse = new ArrayList<>();
    for (Unit.Part part : unit.statements()) {
      List<String> statements = new ArrayList<>(inverse(connection, part.meaning()));
      Collections.reverse(statements);
      inverse.addAll(statements);
    }
    Collections.reverse(inverse);
    return inverse;
  }

  private static List<String> inverse(Connection connection, Meaning meaning) throws SQLException {
    if (meaning instanceof CreateIndex index) {
      Optional<String> schema =
          Catalog.resolve(connection, index.table()).flatMap(QualifiedName::schema);
      return List.of(Inverse.dropIndex(schema, index.name()));
    }
    return Inverse.of(meaning).orElse(List.of());
  }

  private Optional<FoundIndex> look(QualifiedName name) throws SQLException {
    return fence.target().read(connection -> Catalog.find(connection, name));
  }

  private void alone(Unit unit, String sql, List<String> notices) throws SQLException {
    locked =
        Optional.of(
            locks.run(unit.title(), unit.locks(), () -> execute(fence.connection(), sql, notices)));
  }

  private static void execute(Connection connection, String sql, List<String> notices)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      for (@Nullable SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        notices.add(SqlFailures.text(w));
      }
    }
  }

  private UnitFailure failed(Unit unit, SQLException e, String means) {
    String where =
        "unit "
            + unit.number()
            + " \""
            + unit.title()
            + "\" of section "
            + section
            + " on "
            + fence.target().title();
    if (e instanceof HinderedException hindered) {
      return hindered.failure(where, means);
    }
    return new UnitFailure(
        FailureCode.SQL_FAILED,
        where
            + " failed: "
            + SqlFailures.text(e)
            + ". "
            + means
            + ". Mend the cause, then retry the step");
  }

  private UnitFailure inTheWay(Unit unit, PlannedIndex index, Optional<FoundIndex> found) {
    return new UnitFailure(
        FailureCode.INDEX_IN_THE_WAY,
        "unit "
            + unit.number()
            + " of section "
            + section
            + " on "
            + fence.target().title()
            + " would make "
            + index.definition()
            + ", and "
            + found.map(f -> Inspection.describe(index, f)).orElse("")
            + ". This promotion did not make it, so it was not touched. Drop or rename it by hand,"
            + " then retry the step");
  }
}
