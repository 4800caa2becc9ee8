package io.lockkeeper.change;

import io.lockkeeper.change.Probe.Operation;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
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

  /** What a probe of two others cannot have. */
  private static final List<String> MEASURED =
      List.of(
          "sql",
          "http",
          "with",
          "as",
          "set",
          "before",
          "uses",
          "min_rows",
          "runs",
          "warm_up",
          "core");

  private static final LimitParser TIMES =
      new LimitParser(Metrics.shortNames("p50", "p95", "rows")).once();
  private static final LimitParser DIFFERENCES =
      new LimitParser(Metrics.shortNames("p50", "p95")).once();
  private static final LimitParser SHARES =
      new LimitParser(Metrics.ratio(Metrics.shortNames("p50", "p95"))).once();

  private final QueryReader queries;
  private final SessionReader sessions;

  ProbeReader(QueryReader queries) {
    this.queries = queries;
    this.sessions = new SessionReader(queries);
  }

  Optional<Probe> read(String name, YamlValue value) {
    refuseOddName(name, value);
    if (value.isText()) {
      return queries.timed(value, Set.of()).map(sql -> usual(name, new Probe.Sql(sql)));
    }
    YamlMap map = value.map(ChangeKeys.PROBE);
    if (map.has("of")) {
      return derived(name, map);
    }
    refuse(map, List.of("minus", "over"), "it belongs to of: write {of: PROBE, minus: PROBE}");
    Map<String, Probe.Parameter> with = map.get("with").map(sessions::parameters).orElse(Map.of());
    Optional<Probe.Source> source = source(map);
    Session session = sessions.read(map, source.isEmpty() || source.get() instanceof Probe.Sql);
    return source.map(
        s ->
            new Probe(
                name,
                s,
                with,
                session,
                map.get("uses").map(YamlValue::texts).orElse(List.of()),
                map.get("min_rows").flatMap(YamlValue::count).orElse(MIN_ROWS),
                map.get("noise").flatMap(ProbeReader::duration).orElse(NOISE),
                map.get("runs").flatMap(ProbeReader::runs).orElse(RUNS),
                map.get("warm_up").flatMap(YamlValue::count).orElse(WARM_UP),
                map.get("core").flatMap(YamlValue::bool).orElse(true),
                mustHold(map, expectations(map, TIMES)),
                only(map)));
  }

  private static Probe usual(String name, Probe.Source source) {
    return new Probe(
        name,
        source,
        Map.of(),
        Session.OURS,
        List.of(),
        MIN_ROWS,
        NOISE,
        RUNS,
        WARM_UP,
        true,
        List.of(),
        List.of());
  }

  /** Never core: what it is made of counts already. */
  private static Optional<Probe> derived(String name, YamlMap map) {
    refuse(map, MEASURED, "a probe of two others measures nothing itself: leave it out");
    if (map.has("minus") == map.has("over")) {
      map.self().error("missing-key", "a probe of two others has one of minus and over");
      return Optional.empty();
    }
    boolean ratio = map.has("over");
    Optional<String> of = map.get("of").flatMap(YamlValue::text);
    Optional<String> by = map.get(ratio ? "over" : "minus").flatMap(YamlValue::text);
    if (of.isEmpty() || by.isEmpty()) {
      return Optional.empty();
    }
    Operation operation = ratio ? Operation.OVER : Operation.MINUS;
    return Optional.of(
        new Probe(
            name,
            new Probe.Derived(of.get(), operation, by.get()),
            Map.of(),
            Session.OURS,
            List.of(),
            0,
            map.get("noise").flatMap(ProbeReader::duration).orElse(NOISE),
            1,
            0,
            false,
            expectations(map, ratio ? SHARES : DIFFERENCES),
            only(map)));
  }

  private static void refuse(YamlMap map, List<String> keys, String why) {
    for (String key : keys) {
      map.get(key).ifPresent(value -> value.error("misplaced-key", why));
    }
  }

  /** Names of environments; whether they exist is told once all are read. */
  static List<String> only(YamlMap map) {
    return map.get("only").map(YamlValue::texts).orElse(List.of());
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
      refuse(map, List.of("before"), "only a query has another one before the change: leave it");
      return map.get("http").flatMap(YamlValue::text).map(Probe.Http::new);
    }
    Optional<YamlValue> before = map.get("before");
    Optional<String> first = before.flatMap(value -> queries.timedWithSome(value, given(map)));
    Optional<String> sql = map.get("sql").flatMap(value -> queries.timed(value, given(map)));
    return before.isPresent() && first.isEmpty()
        ? Optional.empty()
        : sql.map(text -> new Probe.Sql(text, first));
  }

  /** Names under {@code with}, also of those whose value is refused. */
  private static Set<String> given(YamlMap map) {
    return map.get("with").map(value -> value.entries().keySet()).orElse(Set.of());
  }

  private static List<Limit> mustHold(YamlMap map, List<Limit> limits) {
    map.get("expect").ifPresent(value -> limits.forEach(limit -> Direction.mustHold(value, limit)));
    return limits;
  }

  private static List<Limit> expectations(YamlMap map, LimitParser parser) {
    return map.get("expect")
        .map(
            value ->
                value.listOrOne().stream()
                    .flatMap(item -> item.parsed("bad-limit", parser::parse).stream())
                    .toList())
        .orElse(List.of());
  }
}
