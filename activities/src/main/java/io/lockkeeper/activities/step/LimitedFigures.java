package io.lockkeeper.activities.step;

import io.lockkeeper.change.SectionRules;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Reading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A target's figures, with those of its surroundings that the limits of a section name. */
final class LimitedFigures {
  private LimitedFigures() {}

  static Map<String, Reading> of(Place place, SectionRules rules, Map<String, Reading> ofTarget) {
    List<String> wanted =
        Stream.concat(rules.guard().stream().map(rule -> rule.limit()), rules.health().stream())
            .map(Limit::metric)
            .toList();
    Map<String, Reading> readings = new LinkedHashMap<>(ofTarget);
    place.figures().look(readings, wanted);
    return readings;
  }
}
