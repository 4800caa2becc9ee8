package io.lockkeeper.activities.step;

import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.Reverter;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SectionRunner;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetMeasures;
import io.lockkeeper.change.FollowUp;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Sql.Way;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Written.At;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the statements of a step that the author wrote: as a section of its own, whose way back is
 * its undo. Those of a rollback stand in the ledger, and are run from there.
 */
final class SqlStep {
  private final Place place;
  private final Running running;
  private final Step.Sql step;

  SqlStep(Place place, Running running) {
    this.place = place;
    this.running = running;
    this.step = (Step.Sql) place.order().step();
  }

  StepResult run() {
    if (step.way() == Way.BACK) {
      return new Reverter(place.target(), running).prepared(place.work(), step.of().name());
    }
    if (step.of().at() == At.FOLLOW_UP) {
      return apply(runner(SectionRules.USUAL).following(followUp()));
    }
    try {
      new TargetLedger(place.target()).requireGranted(place.work(), place.order().work().change());
      Optional<StepResult> lapsed = MeasureStep.lapsed(place, step.of());
      if (lapsed.isPresent()) {
        return lapsed.get();
      }
      if (step.of().at() == At.BEFORE) {
        tellBeforeTheBaseline();
      }
    } catch (SQLException e) {
      throw SqlFailures.of("running step " + step.of().name(), place.target(), e);
    }
    return apply(runner(SectionRules.USUAL.within(written().within())));
  }

  private WrittenStep.Sql written() {
    return (WrittenStep.Sql) place.written(step.of());
  }

  private SectionRunner runner(SectionRules rules) {
    return new SectionRunner(place.target(), running, new SectionGuard(rules), Map::of);
  }

  /** The bundle is the one that people signed: what may follow stands in it. */
  private SectionRunner.Followed followUp() {
    FollowUp followUp = place.bundle().change().followUp(step.of().number());
    return new SectionRunner.Followed(followUp.outcome().word(), followUp.after());
  }

  private StepResult apply(SectionRunner runner) {
    WrittenStep.Sql written = written();
    return runner.apply(
        place.work(),
        place.order().work().change(),
        Pass.STEPS,
        step.of().name(),
        Unit.read(written.sql()),
        written.undo().map(Unit::read).orElse(List.of()));
  }

  /**
   * The baseline comes after it: what a rollback runs has to stand in the ledger by then, and what
   * is undone in the end is compared with what was before. What is kept is not: it stays.
   */
  private void tellBeforeTheBaseline() throws SQLException {
    TargetLedger ledger = new TargetLedger(place.target());
    String change = place.order().work().change();
    if (!ledger.knowsWayBack(place.promotion())) {
      ledger.writeWayBack(place.work(), change, running, SaidOfWayBack.of(place));
    }
    if (step.way() == Way.UNDONE && !ledger.knowsFirst(place.promotion())) {
      Fingerprint before = new TargetMeasures(place.target(), running).fingerprint(place.work());
      ledger.writeAtFirst(place.work(), change, running, before);
    }
  }
}
