package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes back what the ledger knows as begun of a section, last first, with the inverse that has
 * stood there since the unit started. Needs neither API nor bundle, and no grant: it can only
 * revert.
 */
public final class Reverter {
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
      // A rehearsal is always taken back, and what is declared is of sections.
      DeclaredWayBack declared =
          pass == Pass.DEPLOY
              ? new TargetLedger(target).wayBack(work.promotion())
              : DeclaredWayBack.NOTHING;
      Optional<StepResult> stays = stays(declared, section, rows, began);
      if (stays.isPresent()) {
        return stays.get();
      }
      // After a soak and in a watch nobody holds the target any more.
      Lease.hold(fence, work.promotion());
      UnitReverter units = UnitReverter.of(fence, locks, work.promotion());
      RevertOrder order = order(fence, work, pass, declared);
      List<Left> left = new ArrayList<>();
      for (UnitRow row : rows) {
        running.unit(row.unit(), rows.size(), "takes back " + row.title());
        boolean last = outcomes.size() == rows.size() - 1;
        tryToRevert(units, row, last, order, outcomes).ifPresent(left::add);
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

  /** Runs what stands ready for a rollback, once: PASS where it was run, also before. */
  public StepResult prepared(Work work, String step) {
    StepResult result = revert(work, Pass.BACK, step);
    if (result.verdict() != Verdict.PASS
        || !(result.evidence().orElse(null) instanceof Evidence.Units units)) {
      return result;
    }
    List<UnitOutcome> run =
        units.units().stream()
            .map(
                unit ->
                    new UnitOutcome(
                        unit.unit(),
                        unit.title(),
                        unit.digest(),
                        "run",
                        unit.seconds(),
                        unit.notices(),
                        unit.locks()))
            .toList();
    Evidence.Units now = new Evidence.Units(run, units.seconds(), units.guarded());
    return run.isEmpty()
        ? StepResult.of(Verdict.PASS, "nothing of it is left to be run", now)
        : StepResult.of(
            Verdict.PASS, String.format(Locale.ROOT, "run in %.1f s", units.seconds()), now);
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
      UnitReverter units, UnitRow row, boolean last, RevertOrder order, List<UnitOutcome> outcomes)
      throws SQLException {
    try {
      Optional<UnitRow> above = order.above(row);
      if (above.isPresent()) {
        throw waits(row, above.get());
      }
      outcomes.add(units.revert(row, last));
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

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
