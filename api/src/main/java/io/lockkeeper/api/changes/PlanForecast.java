package io.lockkeeper.api.changes;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.forecast.Forecast;
import io.lockkeeper.plan.ChangePlan.Looked;
import io.lockkeeper.promotion.ForecastRow;
import io.lockkeeper.promotion.Known;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long a change takes in an environment, by what promotions of the very same change measured in
 * the environments before it. Pure.
 */
final class PlanForecast {
  private PlanForecast() {}

  /**
   * By environment, a line each; nothing where nobody has measured anything, or nobody could look.
   *
   * @param measured what promotions have told, the newest first
   */
  static Map<String, List<String>> lines(
      Change change, Map<String, Looked> looked, List<Known> measured) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    List<String> before = new ArrayList<>();
    for (EnvironmentPlan plan : change.through()) {
      String environment = plan.environment();
      Optional<TargetLook> here =
          Optional.ofNullable(looked.get(environment))
              .flatMap(Looked::survey)
              .flatMap(Survey::look);
      List<String> nearest = new ArrayList<>(before);
      Collections.reverse(nearest);
      here.ifPresent(look -> lines.put(environment, lines(nearest, look, measured)));
      before.add(environment);
    }
    return lines;
  }

  private static List<String> lines(List<String> before, TargetLook here, List<Known> measured) {
    return measured.stream()
        .map(known -> Forecast.of(known.times(), before, known::look, here))
        .filter(sections -> !sections.isEmpty())
        .findFirst()
        .orElse(List.of())
        .stream()
        .map(ForecastRow::of)
        .map(
            row ->
                "section " + row.section() + " " + row.forecast() + "; back " + row.backForecast())
        .toList();
  }
}
