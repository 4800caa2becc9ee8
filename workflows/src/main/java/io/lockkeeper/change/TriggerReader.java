package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code rollback_if}: lines, or mappings where one line is not enough. */
final class TriggerReader {
  private static final List<String> THEN = List.of("rollback", "quick", "pause", "note");

  private final LimitParser parser;

  TriggerReader(MetricScope scope) {
    this.parser = new LimitParser(scope);
  }

  List<TriggerRule> read(YamlValue value) {
    return value.listOrOne().stream().flatMap(item -> rule(item).stream()).toList();
  }

  private Optional<TriggerRule> rule(YamlValue item) {
    if (item.isText()) {
      return item.parsed("bad-limit", parser::parse)
          .map(limit -> Direction.mustNot(item, limit))
          .map(limit -> new TriggerRule(limit, Then.ROLLBACK, Duration.ZERO, ""));
    }
    YamlMap map = item.map(ChangeKeys.TRIGGER);
    return limit(map)
        .map(limit -> Direction.mustNot(item, limit))
        .map(
            limit ->
                new TriggerRule(
                    limit,
                    then(map),
                    map.get("from").flatMap(ProbeReader::duration).orElse(Duration.ZERO),
                    map.get("because").flatMap(YamlValue::text).orElse("")));
  }

  private Optional<Limit> limit(YamlMap map) {
    if (map.has("if")) {
      for (String key : List.of("metric", "above", "below", "for")) {
        map.get(key)
            .ifPresent(
                value ->
                    value.error(
                        "misplaced-key", "it stands instead of if: write it into the line of if"));
      }
      return map.get("if").flatMap(value -> value.parsed("bad-limit", parser::parse));
    }
    if (map.has("above") == map.has("below")) {
      map.self().error("missing-key", "a trigger has if, or metric with one of above and below");
      return Optional.empty();
    }
    Optional<String> metric = map.require("metric").flatMap(YamlValue::text);
    String sign = map.has("above") ? " > " : " < ";
    Optional<YamlValue> bound = map.get("above").or(() -> map.get("below"));
    String lasting = map.get("for").flatMap(YamlValue::text).map(text -> " for " + text).orElse("");
    return metric.flatMap(
        name ->
            bound.flatMap(
                value ->
                    value.parsed("bad-limit", text -> parser.parse(name + sign + text + lasting))));
  }

  private static Then then(YamlMap map) {
    return map.get("then")
        .flatMap(value -> value.oneOf(THEN))
        .map(word -> Then.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElse(Then.ROLLBACK);
  }
}
