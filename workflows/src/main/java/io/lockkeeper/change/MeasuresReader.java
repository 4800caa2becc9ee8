package io.lockkeeper.change;

import io.lockkeeper.change.Measures.ConnectionLimit;
import io.lockkeeper.change.Measures.RoleMeasure;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code measures}: of two levels the lower wins, roles merge by name, then by key. */
final class MeasuresReader {
  /** Of a role, each for its sessions in this database. */
  static final List<String> TIMEOUTS =
      List.of("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout");

  private static final Pattern SETTING = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?");
  private static final Pattern SESSIONS = Pattern.compile("[1-9][0-9]{0,5}");

  /** PostgreSQL's NAMEDATALEN less one. */
  private static final int LONGEST_NAME = 63;

  private static final Duration SHORTEST_DRAIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_DRAIN = Duration.ofHours(1);

  /** PostgreSQL keeps time-outs as milliseconds in an int. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

  private MeasuresReader() {}

  /** Of our own session, by name. */
  static Map<String, String> settings(List<YamlValue> levels) {
    SortedMap<String, String> settings = new TreeMap<>();
    for (YamlMap level : maps(levels)) {
      level
          .get("settings")
          .map(YamlValue::entries)
          .orElse(Map.of())
          .forEach(
              (name, setting) -> {
                if (!SETTING.matcher(name).matches()) {
                  setting.error("odd-name", "\"" + name + "\" is not a setting");
                }
                setting.text().ifPresent(text -> settings.put(name, text));
              });
    }
    return settings;
  }

  /** On the target; absent where there are none. */
  static Optional<Measures> onTarget(List<YamlValue> levels) {
    boolean readOnly = false;
    Optional<Duration> drain = Optional.empty();
    SortedMap<String, RoleMeasure> roles = new TreeMap<>();
    for (YamlMap level : maps(levels)) {
      readOnly = level.get("read_only").flatMap(YamlValue::bool).orElse(readOnly);
      if (level.has("drain")) {
        drain = level.get("drain").flatMap(MeasuresReader::drain);
      }
      level
          .get("roles")
          .map(MeasuresReader::roles)
          .orElse(Map.of())
          .forEach((name, role) -> roles.merge(name, role, RoleMeasure::and));
    }
    return Optional.of(new Measures(readOnly, drain, roles)).filter(Measures::any);
  }

  private static List<YamlMap> maps(List<YamlValue> levels) {
    return levels.stream().map(value -> value.map(ChangeKeys.MEASURES)).toList();
  }

  /** Nothing for {@code off}. */
  private static Optional<Duration> drain(YamlValue value) {
    if (value.isText() && value.text().filter("off"::equals).isPresent()) {
      return Optional.empty();
    }
    return value.parsed(
        "not-a-duration",
        text -> {
          Duration drain = Durations.parse(text);
          if (drain.compareTo(SHORTEST_DRAIN) < 0 || drain.compareTo(LONGEST_DRAIN) > 0) {
            throw new IllegalArgumentException(
                "\"" + text + "\": people are waited for from 1s to 1h, then their session ends");
          }
          return drain;
        });
  }

  private static Map<String, RoleMeasure> roles(YamlValue value) {
    SortedMap<String, RoleMeasure> roles = new TreeMap<>();
    value
        .entries()
        .forEach(
            (name, measure) -> {
              if (isRole(name)) {
                roles.put(name, role(measure));
              } else {
                measure.error(
                    "odd-name",
                    "\"" + name + "\" is not a role of people or applications: name one");
              }
            });
    return roles;
  }

  private static boolean isRole(String name) {
    boolean odd = name.isBlank() || name.length() > LONGEST_NAME || name.indexOf(0) >= 0;
    return !odd && !List.of("none", "public").contains(name) && !name.startsWith("pg_");
  }

  private static RoleMeasure role(YamlValue value) {
    YamlMap map = value.map(ChangeKeys.ROLE_MEASURE);
    SortedMap<String, Duration> timeouts = new TreeMap<>();
    for (String timeout : TIMEOUTS) {
      map.get(timeout)
          .flatMap(MeasuresReader::timeout)
          .ifPresent(duration -> timeouts.put(timeout, duration));
    }
    Optional<ConnectionLimit> limit =
        map.get("connection_limit")
            .flatMap(item -> item.parsed("not-a-limit", MeasuresReader::connectionLimit));
    if (limit.isEmpty() && timeouts.isEmpty() && value.isMap() && value.entries().isEmpty()) {
      value.error("missing-key", "say what holds for the role: connection_limit, or a time-out");
    }
    return new RoleMeasure(limit, timeouts);
  }

  private static Optional<Duration> timeout(YamlValue value) {
    return value.parsed(
        "not-a-duration",
        text -> {
          Duration timeout = Durations.parse(text);
          if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                "\"" + text + "\" is longer than the server can keep: at most 24d");
          }
          return timeout;
        });
  }

  private static ConnectionLimit connectionLimit(String text) {
    if (SESSIONS.matcher(text).matches()) {
      return new ConnectionLimit(Integer.parseInt(text), false);
    }
    if (text.endsWith("%")) {
      Quantity share = Quantity.parse(text);
      if (share.dimension() == Dimension.RATIO && share.value() > 0 && share.value() <= 1) {
        return new ConnectionLimit(share.value(), true);
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is neither a number of sessions, at least 1, nor a share such as 50%");
  }
}
