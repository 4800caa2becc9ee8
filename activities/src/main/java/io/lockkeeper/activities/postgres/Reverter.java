package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.StatementReader;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes back what the ledger knows as begun of a section, last first, with the inverse that has
 * stood there since the unit started. Needs neither API nor bundle, and no grant: it can only
 * revert.
 */
public final class Reverter {
  private static final int DROPS = 3;

  private static final String NOTHING = "nothing of it had been applied";

  private final Target target;
  private final Running running;

  public Reverter(Target target, Running running) {
    this.target = target;
    this.running = running;
  }

  /** PASS where nothing of the section is left, also where nothing had begun. */
  public StepResult revert(Work work, Pass pass, String section) {
    long began = System.nanoTime();
    List<UnitOutcome> outcomes = new ArrayList<>();
    if (!known(work, section)) {
      return StepResult.of(Verdict.PASS, NOTHING, new Evidence.Units(outcomes, seconds(began)));
    }
    SectionGuard guard = new SectionGuard(SectionRules.USUAL);
    try (Fence fence = Fence.open(target, work, running);
        Watch watch = Watch.open(target, fence, running, guard)) {
      running.on(fence);
      LockGuard locks = new LockGuard(fence, running, watch, guard, LockGuard.Patience.BACK);
      List<UnitRow> rows = Ledger.begun(fence.connection(), work.promotion(), pass, section);
      if (rows.isEmpty()) {
        fence.endsWell();
        return StepResult.of(Verdict.PASS, NOTHING, evidence(outcomes, began, guard));
      }
      // A rehearsal is always taken back.
      DeclaredWayBack declared =
          pass == Pass.REHEARSAL
              ? DeclaredWayBack.NOTHING
              : new TargetLedger(target).wayBack(work.promotion());
      Optional<StepResult> stays = stays(declared, section, rows, began);
      if (stays.isPresent()) {
        return stays.get();
      }
      // After a soak and in a watch nobody holds the target any more.
      Lease.hold(fence, work.promotion());
      Set<String> untouched = untouched(fence, work.promotion());
      RevertOrder order = order(fence, work, pass, declared);
      List<Left> left = new ArrayList<>();
      for (UnitRow row : rows) {
        running.unit(row.unit(), rows.size(), "takes back " + row.title());
        Optional<Left> failed = tryToRevert(fence, locks, row, untouched, order, outcomes);
        failed.ifPresent(left::add);
      }
      fence.endsWell();
      Evidence.Units evidence = evidence(outcomes, began, guard);
      return left.isEmpty()
          ? StepResult.of(
              Verdict.PASS,
              String.format(Locale.ROOT, "%d taken back in %.1f s", rows.size(), seconds(began)),
              evidence)
          : new UnitFailure(left.get(0).why(), left(left, rows.size())).result(evidence);
    } catch (SQLException e) {
      running.throwIfStopped();
      throw SqlFailures.of("taking section " + section + " back", target, e);
    }
  }

  /** What could not be taken back, and why. */
  private record Left(UnitRow row, UnitFailure why) {}

  /** The first says why; who reads it has to know what else is left. */
  private static String left(List<Left> left, int of) {
    return of == 1
        ? ""
        : ". Of its "
            + of
            + " units "
            + (of - left.size())
            + " are taken back; left: "
            + left.stream()
                .map(one -> one.row().unit() + " \"" + one.row().title() + "\"")
                .collect(Collectors.joining(", "));
  }

  private static RevertOrder order(Fence fence, Work work, Pass pass, DeclaredWayBack declared)
      throws SQLException {
    return new RevertOrder(
        Ledger.standing(fence.connection(), work.promotion(), pass).stream()
            .filter(row -> !declared.keeps().contains(row.section()))
            .toList());
  }

  /**
   * What fails is left, and the rest goes on.
   *
   * @throws SQLException where the connection is lost
   */
  private Optional<Left> tryToRevert(
      Fence fence,
      LockGuard locks,
      UnitRow row,
      Set<String> untouched,
      RevertOrder order,
      List<UnitOutcome> outcomes)
      throws SQLException {
    try {
      Optional<UnitRow> above = order.above(row);
      if (above.isPresent()) {
        throw waits(row, above.get());
      }
      outcomes.add(revert(fence, locks, row, untouched));
      order.gone(row);
      return Optional.empty();
    } catch (UnitFailure e) {
      outcomes.add(left(row));
      return Optional.of(new Left(row, e));
    } catch (SQLException e) {
      running.throwIfStopped();
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      outcomes.add(left(row));
      return Optional.of(new Left(row, failed(row, e)));
    }
  }

  private static UnitOutcome left(UnitRow row) {
    return new UnitOutcome(row.unit(), row.title(), row.digest(), "not taken back", 0, List.of());
  }

  private UnitFailure failed(UnitRow row, SQLException e) {
    return new UnitFailure(
        FailureCode.SQL_FAILED,
        "taking "
            + named(row)
            + " of "
            + target.title()
            + " back failed: "
            + SqlFailures.text(e)
            + ". What was taken back is done. Mend the cause, then retry");
  }

  private UnitFailure waits(UnitRow row, UnitRow later) {
    return new UnitFailure(
        FailureCode.SQL_FAILED,
        named(row)
            + " of "
            + target.title()
            + " was not taken back: "
            + named(later)
            + " came after it on the same table and still stands. Mend what keeps that one, then"
            + " retry");
  }

  /** {@code unit 2 "create index i" of section 10_a}. */
  private static String named(UnitRow row) {
    return "unit " + row.unit() + " \"" + row.title() + "\" of section " + row.section();
  }

  private static Evidence.Units evidence(
      List<UnitOutcome> outcomes, long began, SectionGuard guard) {
    return new Evidence.Units(outcomes, seconds(began)).with(guard.evidence());
  }

  /** What the change says of the section, where it is not taken back. */
  private Optional<StepResult> stays(
      DeclaredWayBack declared, String section, List<UnitRow> rows, long began) {
    if (declared.keeps().contains(section)) {
      Evidence units = new Evidence.Units(stays(rows, "kept"), seconds(began));
      return Optional.of(
          StepResult.of(Verdict.PASS, "left as it is: the change keeps it in a rollback", units));
    }
    if (declared.forwardOnly().contains(section)) {
      Evidence units = new Evidence.Units(stays(rows, "not taken back"), seconds(began));
      return Optional.of(
          StepResult.of(Verdict.FAIL, forwardOnly(section, declared.because()), units));
    }
    return Optional.empty();
  }

  private static List<UnitOutcome> stays(List<UnitRow> rows, String outcome) {
    return rows.stream()
        .map(row -> new UnitOutcome(row.unit(), row.title(), row.digest(), outcome, 0, List.of()))
        .toList();
  }

  private String forwardOnly(String section, String because) {
    return FailureCode.FORWARD_ONLY.text()
        + ": taking section "
        + section
        + " of "
        + target.title()
        + " back was refused: the change is forward-only, because "
        + because
        + ". Nothing of it was touched. Abort to let it stand, or mend it forward with a change of"
        + " its own";
  }

  private boolean known(Work work, String section) {
    try {
      return Grants.known(target, work.promotion());
    } catch (SQLException e) {
      throw SqlFailures.of("taking section " + section + " back", target, e);
    }
  }

  private UnitOutcome revert(Fence fence, LockGuard locks, UnitRow row, Set<String> untouched)
      throws SQLException, UnitFailure {
    long began = System.nanoTime();
    Optional<Locks> locked = Optional.empty();
    for (int part = row.revertedParts(); part < row.inverse().size(); part++) {
      Optional<Locks> now = revert(fence, locks, row, part, untouched);
      locked = locked.isPresent() ? locked.map(before -> now.map(before::and).orElse(before)) : now;
    }
    if (row.revertedParts() >= row.inverse().size()) {
      // Nothing to take back, or all parts were done and the row not closed.
      fence.change(
          connection -> {
            Ledger.reverted(connection, row, row.inverse().size());
          });
    }
    String outcome =
        row.adopted()
            ? "was there already, and stays"
            : row.inverse().isEmpty() ? "nothing to take back" : "taken back";
    return new UnitOutcome(
        row.unit(), row.title(), row.digest(), outcome, seconds(began), List.of(), locked);
  }

  private Optional<Locks> revert(
      Fence fence, LockGuard locks, UnitRow row, int part, Set<String> untouched)
      throws SQLException, UnitFailure {
    String inverse = row.inverse().get(part);
    Unit unit = only(Unit.read(inverse));
    Meaning meaning = unit.statements().get(0).meaning();
    if (meaning instanceof Meaning.DropIndex drop && drop.concurrently()) {
      Optional<Locks> locked = drop(fence, locks, row, drop, untouched);
      done(fence, row, part);
      return locked;
    }
    if (meaning instanceof CreateIndex index && index.concurrently()) {
      Optional<Locks> locked = build(fence, locks, row, index, inverse);
      done(fence, row, part);
      return locked;
    }
    if (unit.transactional()) {
      return Optional.of(
          locks.change(
              row.title(),
              unit.locks(),
              connection -> {
                Rows.execute(connection, inverse);
                Ledger.reverted(connection, row, part + 1);
              }));
    }
    Locks locked =
        locks.run(row.title(), unit.locks(), () -> Rows.execute(fence.connection(), inverse));
    done(fence, row, part);
    return Optional.of(locked);
  }

  /** A part is what commits together. */
  private static Unit only(List<Unit> units) throws SQLException {
    if (units.size() != 1) {
      throw new SQLException("a part of a way back is not one unit", "55000");
    }
    return units.get(0);
  }

  /** An index that a unit dropped is there again, valid and as it was; also half-dropped before. */
  private Optional<Locks> build(
      Fence fence, LockGuard locks, UnitRow row, CreateIndex index, String sql)
      throws SQLException, UnitFailure {
    Optional<PlannedIndex> found = Catalog.plan(fence.connection(), index, sql);
    if (found.isEmpty()) {
      throw inTheWay(
          row,
          "build " + index.name() + " again",
          "its table " + index.table().text() + " is not there any more");
    }
    PlannedIndex planned = found.get();
    if (stands(planned)) {
      return Optional.empty();
    }
    dropLeftover(fence, row, planned);
    Locks locked;
    try {
      locked = locks.run(row.title(), index.locks(), () -> Rows.execute(fence.connection(), sql));
    } catch (SQLException e) {
      if (!SqlFailures.isConnection(e)) {
        dropLeftover(fence, row, planned);
      }
      throw e;
    }
    if (!stands(planned)) {
      dropLeftover(fence, row, planned);
      throw new SQLException(
          "the catalog does not show " + planned.name().text() + " as a valid index", "55000");
    }
    return Optional.of(locked);
  }

  private boolean stands(PlannedIndex planned) throws SQLException {
    Optional<FoundIndex> there = look(planned.name());
    return there.isPresent() && there.get().valid() && Inspection.mayBeMeant(planned, there.get());
  }

  private void dropLeftover(Fence fence, UnitRow row, PlannedIndex planned)
      throws SQLException, UnitFailure {
    Optional<FoundIndex> there = look(planned.name());
    if (there.isEmpty()) {
      return;
    }
    if (!Inspection.leftover(planned, there.get())) {
      throw inTheWay(
          row,
          "build " + planned.name().text() + " again",
          Inspection.describe(planned, there.get()));
    }
    Rows.execute(
        fence.connection(), Inverse.dropIndex(planned.name().schema(), planned.name().name()));
  }

  private UnitFailure inTheWay(UnitRow row, String would, String found) {
    return new UnitFailure(
        FailureCode.INDEX_IN_THE_WAY,
        "taking section "
            + row.section()
            + " of "
            + target.title()
            + " back would "
            + would
            + ", and "
            + found
            + ". This promotion did not make it, so it was not touched. Drop or rename it by"
            + " hand, then retry");
  }

  /** A concurrent drop that was cut off leaves the index: it is repeated until it is gone. */
  private Optional<Locks> drop(
      Fence fence, LockGuard locks, UnitRow row, Meaning.DropIndex drop, Set<String> untouched)
      throws SQLException, UnitFailure {
    Optional<Locks> locked = Optional.empty();
    for (QualifiedName written : drop.indexes()) {
      QualifiedName name = resolve(fence, row, written);
      if (stoodBefore(fence, untouched, name)) {
        continue;
      }
      refuseStrange(fence, row, name);
      for (int tries = 1; look(name).isPresent(); tries++) {
        if (tries > DROPS) {
          throw new SQLException(name.text() + " is still there after " + DROPS + " drops");
        }
        String sql = "DROP INDEX CONCURRENTLY IF EXISTS " + name.sql();
        locked =
            Optional.of(
                locks.run(row.title(), drop.locks(), () -> Rows.execute(fence.connection(), sql)));
      }
    }
    return locked;
  }

  private static QualifiedName resolve(Fence fence, UnitRow row, QualifiedName written)
      throws SQLException {
    Optional<QualifiedName> made =
        row.object().filter(object -> object.name().equals(written.name()));
    return Catalog.resolve(fence.connection(), written).or(() -> made).orElse(written);
  }

  /** Whether it is the very index that was there before the change: taking back keeps it. */
  private static boolean stoodBefore(Fence fence, Set<String> untouched, QualifiedName name)
      throws SQLException {
    String line =
        Rows.one(
            fence.connection(),
            "SELECT format('index %I.%I ', ?::text, ?::text)",
            row -> row.getString(1),
            name.schema().orElse("public"),
            name.name());
    return untouched.stream().anyMatch(index -> index.startsWith(line));
  }

  /** Indexes that are as they were before the change. */
  private Set<String> untouched(Fence fence, String promotion) throws SQLException {
    Optional<byte[]> before = Ledger.checkpoint(fence.connection(), promotion, "fingerprint");
    if (before.isEmpty()) {
      return Set.of();
    }
    Set<String> untouched = new HashSet<>(target.read(Fingerprint::of).indexes());
    untouched.retainAll(Fingerprint.unpack(before.get()).indexes());
    return untouched;
  }

  /** Between intent and build somebody else may have made an index of that name. */
  private void refuseStrange(Fence fence, UnitRow row, QualifiedName name)
      throws SQLException, UnitFailure {
    Optional<FoundIndex> found = look(name);
    if (found.isEmpty() || row.definition().isEmpty() || !row.object().equals(Optional.of(name))) {
      return;
    }
    String definition = row.definition().get();
    Optional<PlannedIndex> planned =
        Catalog.plan(fence.connection(), StatementReader.readDefinition(definition), definition);
    if (planned.isPresent()
        && !(found.get().index() && Inspection.mayBeMeant(planned.get(), found.get()))) {
      throw inTheWay(row, "drop " + name.text(), Inspection.describe(planned.get(), found.get()));
    }
  }

  private static void done(Fence fence, UnitRow row, int part) throws SQLException {
    fence.change(
        connection -> {
          Ledger.reverted(connection, row, part + 1);
        });
  }

  private Optional<FoundIndex> look(QualifiedName name) throws SQLException {
    return target.read(connection -> Catalog.find(connection, name));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
