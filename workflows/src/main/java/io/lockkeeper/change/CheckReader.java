package io.lockkeeper.change;

import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads one entry of {@code checks}. */
final class CheckReader {
  private static final List<String> MOMENTS =
      List.of("before", "after", "soak", "watch", "rolled_back");
  private static final List<String> THEN = List.of("pause", "rollback", "note");

  private static final List<String> SOURCES = List.of("sql", "http", "log", "kept");

  private final QueryReader queries;
  private final SessionReader sessions;

  CheckReader(QueryReader queries) {
    this.queries = queries;
    this.sessions = new SessionReader(queries);
  }

  Optional<Check> read(String name, YamlValue value) {
    ProbeReader.refuseOddName(name, value);
    YamlMap map = value.map(ChangeKeys.CHECK);
    Optional<Check.Source> source = source(map);
    List<Limit> expect = new ArrayList<>();
    boolean unchanged = source.isPresent() && expectations(map, source.get(), expect);
    Session session = sessions.read(map, source.isEmpty() || source.get() instanceof Check.Sql);
    Set<Moment> moments = moments(map);
    if (source.isPresent() && source.get() instanceof Check.Kept) {
      refuseOfKept(map, moments);
    }
    return source.map(
        s ->
            new Check(
                name,
                s,
                expect,
                unchanged,
                moments,
                map.get("record").flatMap(YamlValue::bool).orElse(false),
                then(map),
                session,
                ProbeReader.only(map)));
  }

  private Optional<Check.Source> source(YamlMap map) {
    long sources = SOURCES.stream().filter(map::has).count();
    if (sources == 0 && map.refused()) {
      return Optional.empty();
    }
    if (sources != 1) {
      map.self().error("missing-key", "a check has one of sql, http, log and kept");
      return Optional.empty();
    }
    if (map.has("match") && !map.has("log")) {
      map.get("match").ifPresent(match -> match.error("unknown-key", "match belongs to a log"));
    }
    if (map.has("sql")) {
      return map.get("sql").flatMap(queries::read).map(Check.Sql::new);
    }
    if (map.has("kept")) {
      List<String> tables = map.get("kept").map(YamlValue::texts).orElse(List.of());
      if (tables.isEmpty()) {
        map.get("kept").ifPresent(value -> value.error("missing-table", "name at least one table"));
        return Optional.empty();
      }
      return Optional.of(new Check.Kept(tables));
    }
    if (map.has("http")) {
      return map.get("http").flatMap(YamlValue::text).map(Check.Http::new);
    }
    Optional<String> log = map.get("log").flatMap(YamlValue::text);
    Optional<String> match = map.require("match").flatMap(CheckReader::expression);
    return log.isPresent() && match.isPresent()
        ? Optional.of(new Check.Log(log.get(), match.get()))
        : Optional.empty();
  }

  private static Optional<String> expression(YamlValue value) {
    return value.parsed(
        "bad-expression",
        text -> {
          try {
            return Pattern.compile(text).pattern();
          } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                "\"" + text + "\" is not a regular expression: " + e.getDescription(), e);
          }
        });
  }

  /**
   * @return whether the result must be as before
   */
  private static boolean expectations(YamlMap map, Check.Source source, List<Limit> expect) {
    LimitParser parser =
        new LimitParser(scope(source))
            .once()
            .withoutBaseline("of a check: write a number or a text, or expect: unchanged");
    boolean unchanged = false;
    if (source instanceof Check.Kept) {
      return false;
    }
    for (YamlValue item : map.get("expect").map(YamlValue::listOrOne).orElse(List.of())) {
      if (item.isText() && item.text().filter("unchanged"::equals).isPresent()) {
        unchanged = true;
      } else {
        item.parsed("bad-limit", parser::parse).ifPresent(expect::add);
      }
    }
    return unchanged;
  }

  /** Whole tables are counted: that is no sample, and there is nothing to count from before. */
  private static void refuseOfKept(YamlMap map, Set<Moment> moments) {
    map.get("expect")
        .ifPresent(
            value ->
                value.error("misplaced-key", "kept expects that no row is lost: leave it out"));
    if (moments.stream().anyMatch(m -> m != Moment.AFTER && m != Moment.ROLLED_BACK)) {
      map.get("when")
          .ifPresent(
              value -> value.error("misplaced-key", "kept is looked at after, or rolled_back"));
    }
  }

  private static MetricScope scope(Check.Source source) {
    if (source instanceof Check.Sql) {
      return Metrics.shortNames("rows", Metrics.VALUE);
    }
    if (source instanceof Check.Http) {
      return Metrics.shortNames("status", "body");
    }
    return Metrics.shortNames("matches");
  }

  private static Set<Moment> moments(YamlMap map) {
    Set<Moment> moments = EnumSet.noneOf(Moment.class);
    Optional<List<YamlValue>> written = map.get("when").map(YamlValue::listOrOne);
    for (YamlValue item : written.orElse(List.of())) {
      item.oneOf(MOMENTS)
          .map(word -> word.toUpperCase(Locale.ROOT))
          .map(Moment::valueOf)
          .ifPresent(moments::add);
    }
    // An empty list is meant: it is made where something names it, and nowhere else.
    boolean named = written.filter(List::isEmpty).isPresent();
    return named || !moments.isEmpty() ? moments : EnumSet.of(Moment.AFTER);
  }

  private static Then then(YamlMap map) {
    return map.get("then")
        .flatMap(value -> value.oneOf(THEN))
        .map(word -> Then.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElse(Then.PAUSE);
  }
}
