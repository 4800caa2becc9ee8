package io.lockkeeper.change;

import io.lockkeeper.change.GuardRule.Then;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code guard} and {@code health}: what must hold while a section runs, and before it. */
final class GuardReader {
  private static final List<String> THEN = List.of("cancel", "pause", "note");

  private static final MetricScope GUARDS = Metrics.guards();
  private final MetricScope figures = Metrics.health();
  private final LimitParser guard =
      GuardRule.parser("while a section runs: write a number, or the limit under rollback_if");
  private final LimitParser health =
      new LimitParser(figures)
          .once()
          .withoutBaseline("before a section: write a number, or the limit under rollback_if");

  /**
   * @param above what holds where the levels say nothing
   * @param levels the uppermost first
   */
  List<GuardRule> guard(List<GuardRule> above, List<YamlValue> levels) {
    return new ByMetric<GuardRule>(GUARDS, rule -> rule.limit().metric(), this::rule)
        .merge(above, levels);
  }

  /** As {@link #guard}. */
  List<Limit> health(List<Limit> above, List<YamlValue> levels) {
    return new ByMetric<>(figures, Limit::metric, this::limit).merge(above, levels);
  }

  private Optional<GuardRule> rule(YamlValue item) {
    if (item.isText()) {
      return item.parsed("bad-limit", guard::parse)
          .map(limit -> Direction.mustHold(item, limit))
          .map(limit -> new GuardRule(limit, Then.BY_CAUSE));
    }
    YamlMap map = item.map(ChangeKeys.GUARD);
    Then then =
        map.get("then")
            .flatMap(value -> value.oneOf(THEN))
            .map(word -> Then.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(Then.BY_CAUSE);
    return map.require("limit")
        .flatMap(value -> value.parsed("bad-limit", guard::parse))
        .map(limit -> Direction.mustHold(item, limit))
        .map(limit -> new GuardRule(limit, then));
  }

  private Optional<Limit> limit(YamlValue item) {
    if (item.isMap()) {
      item.error(
          "wrong-shape", "what crosses a limit of health always pauses: write the limit alone");
      return Optional.empty();
    }
    return item.parsed("bad-limit", health::parse).map(limit -> Direction.mustHold(item, limit));
  }
}
