package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Applies one section: its units in order, each once, on one fenced connection. */
public final class SectionRunner {
  private final Target target;
  private final Running running;

  public SectionRunner(Target target, Running running) {
    this.target = target;
    this.running = running;
  }

  /**
   * Applies what is not applied yet.
   *
   * @param down the script that takes the section back, where its author gave one
   * @return FAIL with what was done, where a unit cannot be done
   */
  public StepResult apply(
      Work work, String change, Pass pass, String section, List<Unit> units, List<Unit> down) {
    List<UnitOutcome> outcomes = new ArrayList<>();
    long began = System.nanoTime();
    requireGrant(work, change, section);
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      Grants.require(fence, work.promotion(), change);
      Lease.require(fence, work.promotion());
      Measures.put(fence, work);
      UnitRunner runner =
          new UnitRunner(fence, running, work.promotion(), change, pass, section, down);
      for (Unit unit : units) {
        running.unit(unit.number(), units.size(), unit.title());
        outcomes.add(runner.run(unit));
      }
      Measures.putBack(fence, work);
      return StepResult.of(
          Verdict.PASS, sentence(outcomes, began), new Evidence.Units(outcomes, seconds(began)));
    } catch (UnitFailure e) {
      return StepResult.of(Verdict.FAIL, e.text(), new Evidence.Units(outcomes, seconds(began)));
    } catch (SQLException e) {
      throw SqlFailures.of("applying section " + section, target, e);
    }
  }

  private void requireGrant(Work work, String change, String section) {
    try {
      Grants.require(target, work.promotion(), change);
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
