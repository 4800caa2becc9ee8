package io.lockkeeper.activities.step;

import io.lockkeeper.activities.backup.GivenUp;
import io.lockkeeper.activities.postgres.Drift;
import io.lockkeeper.activities.postgres.Maintenance;
import io.lockkeeper.activities.postgres.Reverter;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Staying;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Touched;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each kind of step does, in a place. */
public final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  private Steps() {}

  public static StepResult precheck(Place place, Running running) {
    return new Prechecks(place, running).run();
  }

  public static StepResult hold(Place place, Running running) {
    return HoldTarget.run(place, running);
  }

  public static StepResult baseline(Place place, Running running) {
    return new BaselineTaker(place, running).run();
  }

  public static StepResult measure(Place place, Running running) {
    return MeasureStep.run(place, running);
  }

  public static StepResult backup(Place place, Running running) {
    return BackupStep.run(place, running);
  }

  public static StepResult apply(Place place, Running running) {
    return new SectionStep(place, running).apply();
  }

  public static StepResult awaitClear(Place place, Running running) {
    return new Clearing(place, running).run();
  }

  public static StepResult revert(Place place, Running running) {
    Step.Revert step = (Step.Revert) place.order().step();
    return new Reverter(place.target(), running).revert(place.work(), step.pass(), step.section());
  }

  public static StepResult sql(Place place, Running running) {
    return new SqlStep(place, running).run();
  }

  public static StepResult undo(Place place, Running running) {
    Step.Undo step = (Step.Undo) place.order().step();
    return new Reverter(place.target(), running).revert(place.work(), Pass.STEPS, step.of().name());
  }

  public static StepResult check(Place place, Running running) {
    return new Verification(place, running).run((Step.Check) place.order().step());
  }

  public static StepResult maintain(Place place, Running running) {
    return new Maintenance(place.target(), running).run(place.work());
  }

  public static StepResult restore(Place place, Running running) {
    return RestoreStep.run(place, running);
  }

  public static StepResult verify(Place place, Running running) {
    return new Verification(place, running).run((Step.Verify) place.order().step());
  }

  public static StepResult compare(Place place, Running running) {
    return new Comparison(place, running).run();
  }

  /** What is touched as the change left it: what differs from it later, somebody else did. */
  private static Optional<byte[]> seen(Place place) {
    try {
      Touched touched = PlannedObjects.touched(place.bundle(), place.plan());
      return Optional.of(new Drift(place.target()).look(touched));
    } catch (SQLException e) {
      throw SqlFailures.of("looking at the schema after the change", place.target(), e);
    }
  }

  public static StepResult release(Place place, Running running) {
    Step.Release step = (Step.Release) place.order().step();
    boolean closes = step.closes();
    new TargetLedger(place.target())
        .release(
            place.work(), running, closes, closes ? Optional.empty() : seen(place), step.follows());
    return closes ? closed(place, running) : StepResult.pass("the target is free");
  }

  /** With what stays; that it cannot be read keeps no grant open. */
  private static StepResult closed(Place place, Running running) {
    List<String> told = new ArrayList<>(List.of("nothing more runs forward here"));
    told.addAll(givenUp(place, running));
    try {
      Optional<Staying> staying =
          Staying.of(place.target(), place.promotion()).filter(s -> !s.isEmpty());
      staying.ifPresent(s -> told.add(s.sentence()));
      String sentence = String.join("; ", told);
      return staying
          .map(s -> StepResult.of(Verdict.PASS, sentence, s.evidence()))
          .orElseGet(() -> StepResult.pass(sentence));
    } catch (SQLException e) {
      told.add("what stays could not be read: " + SqlFailures.text(e));
      return StepResult.pass(String.join("; ", told));
    }
  }

  private static List<String> givenUp(Place place, Running running) {
    try {
      return new GivenUp(place.target(), running).clear(place.work());
    } catch (SQLException | LockkeeperException e) {
      LOG.warn("looking for what a restore left on {}", place.target().title(), e);
      return List.of("what a restore left could not be looked at: lockkeeper doctor shows it");
    }
  }
}
