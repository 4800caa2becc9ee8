package io.lockkeeper.activities.step;

import io.lockkeeper.activities.guard.LiveLimits;
import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SectionRunner;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.probe.LiveWatch;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.plan.SectionUnits;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Applies a section where its target is healthy, and attaches what its guard has seen. */
final class SectionStep {
  private final Place place;
  private final Running running;
  private final Step.Apply step;
  private final SectionGuard guard;
  private final LiveWatch live = new LiveWatch();

  SectionStep(Place place, Running running) {
    this.place = place;
    this.running = running;
    this.step = (Step.Apply) place.order().step();
    this.guard = new SectionGuard(place.rules(step.section()));
  }

  StepResult apply() {
    Optional<StepResult> refused = refused();
    if (refused.isPresent()) {
      return refused.get();
    }
    String environment = place.environment().name();
    StepResult result =
        new SectionRunner(place.target(), running, guard, this::figures)
            .apply(
                place.workWithSettings(),
                place.order().work().change(),
                step.pass(),
                step.section(),
                SectionUnits.of(place.bundle(), environment, step.section()),
                SectionUnits.down(place.bundle(), environment, step.section()),
                place.losesData(step.section()));
    return guard.series().points().isEmpty() ? result : result.with(List.of(series()));
  }

  /** What was begun is brought to its end, whatever the health: half of it harms more. */
  private Optional<StepResult> refused() {
    try {
      TargetLedger ledger = new TargetLedger(place.target());
      ledger.requireGranted(place.work(), place.order().work().change());
      Optional<StepResult> lapsed = MeasureStep.lapsed(place, step.section());
      if (lapsed.isPresent()) {
        return lapsed;
      }
      if (ledger.begun(place.promotion(), step.pass(), step.section())) {
        return Optional.empty();
      }
      Map<String, Reading> readings = figures();
      List<String> open = LiveLimits.open(guard.rules().health(), readings);
      if (!open.isEmpty() && (crossed(readings) || !place.order().accepted())) {
        return Optional.of(refusal(open, readings));
      }
      // It is the guard's first sample too: nothing of ours runs yet, so there is nothing to
      // cancel.
      guard.sample(System.currentTimeMillis(), readings, false);
      return Optional.empty();
    } catch (SQLException e) {
      throw SqlFailures.of("reading the live figures", place.target(), e);
    }
  }

  /** Waiting changes what does not hold, and nothing about what cannot be told. */
  private StepResult refusal(List<String> open, Map<String, Reading> readings) {
    boolean crossed = crossed(readings);
    String sentence =
        FailureCode.HEALTH.text()
            + ": section "
            + step.section()
            + " was not begun on "
            + place.target().title()
            + ": "
            + String.join("; ", open)
            + Blocking.sentence(place.target())
            + ". Nothing was changed. "
            + (crossed
                ? "It goes on once this is clear"
                : "Let the figures be read and retry the step, or accept that they cannot be told");
    return crossed
        ? StepResult.of(Verdict.FAIL, sentence).hindered(Hindrance.HEALTH)
        : StepResult.of(Verdict.INCONCLUSIVE, sentence);
  }

  private boolean crossed(Map<String, Reading> readings) {
    return guard.rules().health().stream()
        .anyMatch(limit -> LiveLimits.judge(limit, readings).truth() == Truth.NO);
  }

  private synchronized Map<String, Reading> figures() throws SQLException {
    guard.adjust(place.rulesNow(step.section()));
    return LimitedFigures.of(place, guard.rules(), live.look(place.target()));
  }

  private Attachment series() {
    return new Attachment(
        place.attachment(step.section() + "-guard.json"),
        "application/json",
        place.blobs().write(Json.canonical(guard.series().points())));
  }
}
