package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.MeasureRights;
import io.lockkeeper.activities.postgres.MeasureRights.Right;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.TargetMeasures;
import io.lockkeeper.change.Measures;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures of a change in a place. */
final class MeasureStep {
  private MeasureStep() {}

  static StepResult run(Place place, Running running) {
    TargetMeasures measures = new TargetMeasures(place.target(), running);
    if (((Step.Measure) place.order().step()).back()) {
      return measures.putBack(place.work());
    }
    Measures wanted =
        place.plan().measures().orElseThrow(() -> new IllegalStateException("no measures"));
    return measures.put(place.work(), place.order().work().change(), wanted);
  }

  /** Whether they can be put in force here, one line a right. */
  static List<Item> prechecks(Place place) throws SQLException {
    Optional<Measures> wanted = place.plan().measures();
    List<Item> items = new ArrayList<>();
    if (wanted.isPresent()) {
      for (Right right : MeasureRights.of(place.target(), wanted.get())) {
        items.add(
            new Item(
                "measures, " + right.measure(),
                right.missing().isPresent() ? Verdict.FAIL : Verdict.PASS,
                right.missing().orElse("our role may do what it needs")));
      }
    }
    return items;
  }

  /** A section that needs them is not applied without them. */
  static Optional<StepResult> lapsed(Place place, String section) throws SQLException {
    boolean needed = place.plan().measures().filter(Measures::sets).isPresent();
    if (!needed || new TargetMeasures(place.target(), new Running()).inForce(place.promotion())) {
      return Optional.empty();
    }
    return Optional.of(
        StepResult.of(
                Verdict.FAIL,
                FailureCode.MEASURES_LAPSED.text()
                    + ": section "
                    + section
                    + " was not gone on with on "
                    + place.target().title()
                    + ": its measures are not in force, because nobody renewed their lease. What was"
                    + " done stays. They are put in force again, then it goes on")
            .hindered(Hindrance.MEASURES));
  }
}
