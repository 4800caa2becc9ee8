package io.lockkeeper.plan;

import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Undoes;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Sql.Way;
import io.lockkeeper.step.Written;
import io.lockkeeper.step.Written.At;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes steps of the flight of those that the author wrote. */
final class WrittenLayout {
  private WrittenLayout() {}

  /** One list of an environment, in order. */
  static List<Step> of(EnvironmentPlan plan, At at) {
    List<WrittenStep> written = plan.written().at(at);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      steps.add(step(written.get(i), new Written(at, i + 1, what(written.get(i)))));
    }
    return steps;
  }

  /** The last of them that puts measures in force: with it all are put back. */
  static Optional<Step.Measure> lastMeasure(List<Step> steps) {
    return steps.stream()
        .filter(step -> step instanceof Step.Measure)
        .map(Step.Measure.class::cast)
        .reduce((first, second) -> second);
  }

  /** A few words for people, never SQL: {@code update flags}. */
  static String what(WrittenStep step) {
    if (step instanceof WrittenStep.Sql sql) {
      List<Unit> units = Unit.read(sql.sql());
      String first = units.get(0).title();
      return units.size() == 1 ? first : first + ", and more";
    }
    if (step instanceof WrittenStep.OfCheck check) {
      return "check " + check.check();
    }
    if (step instanceof WrittenStep.OfMeasures) {
      return "put measures in force";
    }
    throw new IllegalArgumentException("no step of " + step.getClass().getName());
  }

  private static Step step(WrittenStep step, Written written) {
    if (step instanceof WrittenStep.Sql) {
      Way kept = Undoes.of(step) ? Way.UNDONE : Way.KEPT;
      return new Step.Sql(written, written.at().back() ? Way.BACK : kept);
    }
    if (step instanceof WrittenStep.OfCheck) {
      return new Step.Check(written);
    }
    if (step instanceof WrittenStep.OfMeasures) {
      return new Step.Measure(false, Optional.of(written));
    }
    throw new IllegalArgumentException("no step of " + step.getClass().getName());
  }
}
