package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Applies one section: its units in order, each once, on one fenced connection, under its guard.
 */
public final class SectionRunner {
  private final Target target;
  private final Running running;
  private final SectionGuard guard;
  private final TargetFigures figures;
  private final Admission admission;

  /**
   * What follows a promotion that is over.
   *
   * @param outcome the end that it follows, as the closed grant has it
   * @param after how long after the change it was meant to be
   */
  public record Followed(String outcome, Duration after) {}

  /** With the usual rules, and nobody looking at the target's figures. */
  public SectionRunner(Target target, Running running) {
    this(target, running, new SectionGuard(SectionRules.USUAL), Map::of);
  }

  /**
   * @param guard keeps what it sees, for who asks afterwards
   * @param figures of the target, for the limits that are not ours
   */
  public SectionRunner(Target target, Running running, SectionGuard guard, TargetFigures figures) {
    this(target, running, guard, figures, Admission.GRANT);
  }

  private SectionRunner(
      Target target,
      Running running,
      SectionGuard guard,
      TargetFigures figures,
      Admission admission) {
    this.target = target;
    this.running = running;
    this.guard = guard;
    this.figures = figures;
    this.admission = admission;
  }

  /** The same, let in by what the closed grant says may follow. */
  public SectionRunner following(Followed followed) {
    return new SectionRunner(
        target,
        running,
        guard,
        figures,
        new Admission.AfterTheEnd(followed.outcome(), followed.after()));
  }

  /**
   * Applies what is not applied yet.
   *
   * @param down the script that takes the section back, where its author gave one
   * @return FAIL with what was done, where a unit cannot be done; with a hindrance where waiting
   *     may change that, and PASS with one where what comes next must wait
   */
  public StepResult apply(
      Work work, String change, Pass pass, String section, List<Unit> units, List<Unit> down) {
    return apply(work, change, pass, section, units, down, false);
  }

  /**
   * As above.
   *
   * @param losesData the author's word that taking the section back may lose data
   */
  public StepResult apply(
      Work work,
      String change,
      Pass pass,
      String section,
      List<Unit> units,
      List<Unit> down,
      boolean losesData) {
    List<UnitOutcome> outcomes = new ArrayList<>();
    long began = System.nanoTime();
    requireGrant(work, change, section);
    try (Fence fence = Fence.open(target, work, running);
        Watch watch = Watch.open(target, fence, running, guard);
        Sampling sampling = new Sampling(figures, guard, watch)) {
      running.on(fence);
      admission.on(fence, work.promotion(), change);
      SessionSettings.put(fence, work);
      sampling.begin();
      guard.rules().within().ifPresent(most -> watch.until(left(most, began), over(most)));
      LockGuard locks = new LockGuard(fence, running, watch, guard, LockGuard.Patience.FORWARD);
      UnitDesk desk =
          new UnitDesk(
              fence, running, locks, work.promotion(), change, pass, section, guard.rules());
      UnitRunner runner = new UnitRunner(desk, down, losesData);
      for (Unit unit : units) {
        mayBegin(unit, units.size(), section, began, runner);
        running.unit(unit.number(), units.size(), unit.title());
        outcomes.add(runner.run(unit));
      }
      SessionSettings.putBack(fence, work);
      fence.endsWell();
      return passed(outcomes, began);
    } catch (UnitFailure e) {
      return e.result(evidence(outcomes, began));
    } catch (SQLException e) {
      if (SqlFailures.isCancelled(e)) {
        // A stop may strike a statement of ours between two units too.
        running.throwIfStopped();
      }
      throw SqlFailures.of("applying section " + section, target, e);
    }
  }

  /** What is begun is finished; what is not begun waits until the limits are clear. */
  private void mayBegin(Unit unit, int of, String section, long began, UnitRunner runner)
      throws SQLException, UnitFailure {
    Optional<Duration> within = guard.rules().within();
    boolean late = within.filter(most -> left(most, began).isNegative()).isPresent();
    List<String> crossed = guard.pausing();
    if ((!late && crossed.isEmpty()) || (!late && runner.begun(unit))) {
      return;
    }
    String where =
        "section "
            + section
            + " on "
            + target.title()
            + " stopped before unit "
            + unit.number()
            + " of "
            + of
            + ": ";
    if (late) {
      throw new UnitFailure(
          FailureCode.OVER_TIME,
          where + over(within.get()) + ". What was done stays. Retry the step, or roll back");
    }
    throw new UnitFailure(
        FailureCode.GUARD,
        where + String.join("; ", crossed) + ". What was done stays. It goes on once this is clear",
        Optional.of(Hindrance.GUARD));
  }

  private StepResult passed(List<UnitOutcome> outcomes, long began) {
    List<String> crossed = guard.pausing();
    String sentence = sentence(outcomes, began);
    return crossed.isEmpty()
        ? StepResult.of(Verdict.PASS, sentence, evidence(outcomes, began))
        : StepResult.of(
                Verdict.PASS,
                sentence + "; while it ran: " + String.join("; ", crossed),
                evidence(outcomes, began))
            .hindered(Hindrance.GUARD);
  }

  private Evidence.Units evidence(List<UnitOutcome> outcomes, long began) {
    return new Evidence.Units(outcomes, seconds(began)).with(guard.evidence());
  }

  private static Duration left(Duration most, long began) {
    return most.minusNanos(System.nanoTime() - began);
  }

  private static String over(Duration within) {
    return "it took longer than "
        + Quantity.print(within.toMillis() / 1000.0, Dimension.TIME)
        + " (within)";
  }

  private void requireGrant(Work work, String change, String section) {
    try {
      admission.before(target, work.promotion(), change);
    } catch (SQLException e) {
      throw SqlFailures.of("applying section " + section, target, e);
    }
  }

  private static String sentence(List<UnitOutcome> outcomes, long began) {
    return String.format(
        Locale.ROOT,
        "%d unit%s in %.1f s",
        outcomes.size(),
        outcomes.size() == 1 ? "" : "s",
        seconds(began));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
