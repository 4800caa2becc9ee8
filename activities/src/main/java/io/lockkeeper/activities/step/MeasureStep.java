package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.MeasureRights;
import io.lockkeeper.activities.postgres.MeasureRights.Right;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetMeasures;
import io.lockkeeper.change.Measures;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.lockkeeper.step.Written;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures of a change in a place. */
final class MeasureStep {
  private MeasureStep() {}

  static StepResult run(Place place, Running running) {
    TargetMeasures measures = new TargetMeasures(place.target(), running);
    Step.Measure step = (Step.Measure) place.order().step();
    if (step.back()) {
      return measures.putBack(place.work());
    }
    if (step.of().isPresent() && step.of().get().at().back()) {
      return putInRollback(place, measures, step.of().get());
    }
    Measures wanted =
        step.of().isPresent()
            ? ((WrittenStep.OfMeasures) place.plan().written().get(step.of().get())).measure()
            : place.plan().measures().orElseThrow(() -> new IllegalStateException("no measures"));
    return measures.put(place.work(), place.order().work().change(), wanted);
  }

  /** As the ledger has them since before anything was done: the bundle may be away. */
  private static StepResult putInRollback(Place place, TargetMeasures measures, Written of) {
    try {
      Optional<Measures> wanted =
          Optional.ofNullable(
              new TargetLedger(place.target())
                  .wayBack(place.promotion())
                  .measures()
                  .get(of.name()));
      return wanted.isPresent()
          ? measures.putInRollback(place.work(), wanted.get())
          : StepResult.pass("nothing had been applied");
    } catch (SQLException e) {
      throw SqlFailures.of("putting measures in force", place.target(), e);
    }
  }

  /** All that a change puts in force in an environment at one time or another. */
  private static List<Measures> all(Place place) {
    List<Measures> all = new ArrayList<>(place.plan().measures().stream().toList());
    for (Written.At at : Written.At.values()) {
      place.plan().written().at(at).stream()
          .filter(step -> step instanceof WrittenStep.OfMeasures)
          .forEach(step -> all.add(((WrittenStep.OfMeasures) step).measure()));
    }
    return all;
  }

  /** Whether they can be put in force here, one line a right. */
  static List<Item> prechecks(Place place) throws SQLException {
    List<Item> items = new ArrayList<>();
    for (Measures wanted : all(place)) {
      List<Item> known = List.copyOf(items);
      MeasureRights.of(place.target(), wanted).stream()
          .map(MeasureStep::item)
          .filter(item -> !known.contains(item))
          .forEach(items::add);
    }
    return items;
  }

  private static Item item(Right right) {
    return new Item(
        "measures, " + right.measure(),
        right.missing().isPresent() ? Verdict.FAIL : Verdict.PASS,
        right.missing().orElse("our role may do what it needs"));
  }

  /** A section that needs them is not applied without them. */
  static Optional<StepResult> lapsed(Place place, String section) throws SQLException {
    boolean needed =
        place.plan().measures().filter(Measures::sets).isPresent()
            || set(place.plan().written().before());
    return lapsed(place, needed, "section " + section);
  }

  /** Nor a step whose list put some in force before it. */
  static Optional<StepResult> lapsed(Place place, Written of) throws SQLException {
    List<WrittenStep> earlier = place.plan().written().at(of.at()).subList(0, of.number() - 1);
    return lapsed(place, set(earlier), of.name());
  }

  private static boolean set(List<WrittenStep> steps) {
    return steps.stream()
        .anyMatch(step -> step instanceof WrittenStep.OfMeasures of && of.measure().sets());
  }

  private static Optional<StepResult> lapsed(Place place, boolean needed, String what)
      throws SQLException {
    if (!needed || new TargetMeasures(place.target(), new Running()).inForce(place.promotion())) {
      return Optional.empty();
    }
    return Optional.of(
        StepResult.of(
                Verdict.FAIL,
                FailureCode.MEASURES_LAPSED.text()
                    + ": "
                    + what
                    + " was not gone on with on "
                    + place.target().title()
                    + ": its measures are not in force, because nobody renewed their lease. What was"
                    + " done stays. They are put in force again, then it goes on")
            .hindered(Hindrance.MEASURES));
  }
}
