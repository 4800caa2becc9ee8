package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.DeclaredWayBack;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Measures;
import io.lockkeeper.change.Section;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.plan.SectionUnits;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Written.At;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a change says about its way back in one environment: read before anything is done, because a
 * way back does not read the bundle.
 */
final class SaidOfWayBack {
  private SaidOfWayBack() {}

  static DeclaredWayBack of(Place place) {
    EnvironmentPlan plan = place.plan();
    List<String> keeps =
        plan.sections().stream().filter(s -> s.rules().keep()).map(Section::name).toList();
    List<String> forwardOnly =
        plan.sections().stream()
            .filter(section -> !SectionUnits.takesBack(place.bundle(), section))
            .map(Section::name)
            .filter(section -> !keeps.contains(section))
            .toList();
    return new DeclaredWayBack(
        plan.leaves(),
        keeps,
        forwardOnly,
        plan.forwardOnly().orElse("it has no way back"),
        SectionUnits.touched(place.bundle(), place.environment().name()).stream()
            .map(QualifiedName::sql)
            .toList(),
        statements(plan),
        measures(plan));
  }

  private static Map<String, List<String>> statements(EnvironmentPlan plan) {
    Map<String, List<String>> statements = new LinkedHashMap<>();
    for (At at : List.of(At.ROLLBACK_BEFORE, At.ROLLBACK_AFTER)) {
      plan.written()
          .named(at)
          .forEach(
              (name, step) -> {
                if (step instanceof WrittenStep.Sql sql) {
                  statements.put(
                      name,
                      Unit.parts(sql.sql()).stream().map(part -> part.statement().text()).toList());
                }
              });
    }
    return statements;
  }

  private static Map<String, Measures> measures(EnvironmentPlan plan) {
    Map<String, Measures> measures = new LinkedHashMap<>();
    for (At at : List.of(At.ROLLBACK_BEFORE, At.ROLLBACK_AFTER)) {
      plan.written()
          .named(at)
          .forEach(
              (name, step) -> {
                if (step instanceof WrittenStep.OfMeasures of) {
                  measures.put(name, of.measure());
                }
              });
    }
    return measures;
  }
}
