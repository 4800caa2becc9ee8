package io.lockkeeper.change;

import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one entry of {@code probes}. */
final class ProbeReader {
  static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");

  private static final int RUNS = 30;
  private static final int WARM_UP = 5;
  private static final int MIN_ROWS = 10_000;
  private static final Duration NOISE = Duration.ofMillis(1);

  private final QueryReader queries;

  ProbeReader(QueryReader queries) {
    this.queries = queries;
  }

  Optional<Probe> read(String name, YamlValue value) {
    refuseOddName(name, value);
    if (value.isText()) {
      return queries
          .timed(value, Set.of())
          .map(
              sql ->
                  new Probe(
                      name,
                      new Probe.Sql(sql),
                      Map.of(),
                      List.of(),
                      MIN_ROWS,
                      NOISE,
                      RUNS,
                      WARM_UP,
                      true,
                      List.of()));
    }
    YamlMap map = value.map(ChangeKeys.PROBE);
    Map<String, Probe.Parameter> with = parameters(map);
    return source(map)
        .map(
            source ->
                new Probe(
                    name,
                    source,
                    with,
                    map.get("uses").map(YamlValue::texts).orElse(List.of()),
                    map.get("min_rows").flatMap(YamlValue::count).orElse(MIN_ROWS),
                    map.get("noise").flatMap(ProbeReader::duration).orElse(NOISE),
                    map.get("runs").flatMap(ProbeReader::runs).orElse(RUNS),
                    map.get("warm_up").flatMap(YamlValue::count).orElse(WARM_UP),
                    map.get("core").flatMap(YamlValue::bool).orElse(true),
                    expectations(map)));
  }

  static void refuseOddName(String name, YamlValue value) {
    if (!NAME.matcher(name).matches()) {
      value.error("odd-name", "\"" + name + "\" is not a name: letters, digits, _ and - only");
    }
  }

  static Optional<Duration> duration(YamlValue value) {
    return value.parsed("not-a-duration", Durations::parse);
  }

  private static Optional<Integer> runs(YamlValue value) {
    return value
        .count()
        .filter(
            runs -> {
              if (runs < 1 || runs > 1000) {
                value.error("out-of-range", "between 1 and 1000 runs");
              }
              return runs >= 1 && runs <= 1000;
            });
  }

  private Optional<Probe.Source> source(YamlMap map) {
    if (map.refused() && !map.has("sql") && !map.has("http")) {
      return Optional.empty();
    }
    if (map.has("sql") == map.has("http")) {
      map.self().error("missing-key", "a probe has one of sql and http");
      return Optional.empty();
    }
    if (map.has("http")) {
      return map.get("http").flatMap(YamlValue::text).map(Probe.Http::new);
    }
    return map.get("sql").flatMap(value -> queries.timed(value, given(map))).map(Probe.Sql::new);
  }

  /** Names under {@code with}, also of those whose value is refused. */
  private static Set<String> given(YamlMap map) {
    return map.get("with").map(value -> value.entries().keySet()).orElse(Set.of());
  }

  private Map<String, Probe.Parameter> parameters(YamlMap map) {
    Map<String, Probe.Parameter> with = new LinkedHashMap<>();
    map.get("with")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach(
                        (name, parameter) ->
                            parameter(parameter).ifPresent(p -> with.put(name, p))));
    return with;
  }

  private Optional<Probe.Parameter> parameter(YamlValue value) {
    if (value.isText()) {
      return value.text().map(Probe.Value::new);
    }
    return value
        .map(ChangeKeys.PARAMETER)
        .require("sql")
        .flatMap(queries::read)
        .map(Probe.Query::new);
  }

  private static List<Limit> expectations(YamlMap map) {
    LimitParser parser = new LimitParser(Metrics.shortNames("p50", "p95", "rows")).once();
    return map.get("expect")
        .map(
            value ->
                value.listOrOne().stream()
                    .flatMap(item -> item.parsed("bad-limit", parser::parse).stream())
                    .toList())
        .orElse(List.of());
  }
}
