package io.lockkeeper.plan;

import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Undoes;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.plan.ChangePlan.StatementSteps;
import io.lockkeeper.plan.ChangePlan.WrittenLines;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Unit;
import io.lockkeeper.section.WayBack;
import io.lockkeeper.step.Written.At;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Steps that the author wrote, as people read them before they sign. */
final class WrittenText {
  private WrittenText() {}

  /** One list of an environment, in order. */
  static List<WrittenLines> of(EnvironmentPlan plan, At at) {
    List<WrittenLines> lines = new ArrayList<>();
    plan.written()
        .named(at)
        .forEach(
            (name, step) ->
                lines.add(
                    new WrittenLines(
                        name,
                        WrittenLayout.what(step),
                        lines(step),
                        step instanceof WrittenStep.Sql sql ? statements(sql, at) : List.of())));
    return lines;
  }

  /** What option quick undoes, the last step first. */
  static List<String> quick(EnvironmentPlan plan) {
    List<String> undone = new ArrayList<>();
    for (At at : List.of(At.BEFORE, At.AFTER)) {
      plan.written()
          .named(at)
          .forEach(
              (name, step) -> {
                if (Undoes.of(step)) {
                  undone.add("undo " + name + ": " + WrittenLayout.what(step));
                }
              });
    }
    Collections.reverse(undone);
    return undone;
  }

  private static List<String> lines(WrittenStep step) {
    if (step instanceof WrittenStep.OfMeasures measures) {
      return ExpandedText.lines(measures.measure());
    }
    return step instanceof WrittenStep.Sql sql
        ? sql.within().map(within -> "within " + Durations.print(within)).stream().toList()
        : List.of();
  }

  private static List<StatementSteps> statements(WrittenStep.Sql step, At at) {
    List<StatementSteps> statements = new ArrayList<>();
    for (Unit unit : Unit.read(step.sql())) {
      for (Unit.Part part : unit.statements()) {
        statements.add(
            StatementSteps.of(
                unit,
                part,
                at.back() ? List.of() : wayBack(step, part.meaning()),
                at.back()
                    ? "none, it belongs to the rollback"
                    : wayBackFrom(step, part.meaning())));
      }
    }
    return statements;
  }

  private static List<String> wayBack(WrittenStep.Sql step, Meaning meaning) {
    Optional<List<String>> given =
        step.undo()
            .map(undo -> Unit.parts(undo).stream().map(part -> part.statement().text()).toList());
    return given.or(() -> Inverse.of(meaning)).orElse(List.of());
  }

  private static String wayBackFrom(WrittenStep.Sql step, Meaning meaning) {
    if (step.undo().isPresent()) {
      return "undo";
    }
    WayBack back = Inverse.wayBack(meaning);
    return back instanceof WayBack.Given
        ? "NONE: a rollback leaves it"
        : ChangePlan.derivation(back);
  }
}
