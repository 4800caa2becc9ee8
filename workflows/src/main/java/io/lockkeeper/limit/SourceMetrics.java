package io.lockkeeper.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Metrics that do not come from the live figures of a database: of its machine, of the touched
 * indexes, of Redis, of Prometheus. Whether there is such a source is told by the worker's file
 * alone; where there is none, a limit that names it has no figure.
 */
public final class SourceMetrics {
  private static final Map<String, Metric> HOST = new LinkedHashMap<>();
  private static final Map<String, Metric> OTHERS = new LinkedHashMap<>();
  private static final Set<String> FAMILIES =
      Set.of("host", "process", "index", "redis", "prometheus");

  private static final Pattern NAMED =
      Pattern.compile("(index|redis)\\.([A-Za-z*][A-Za-z0-9_*-]*)\\.([a-z0-9_*]+)");

  private static final Pattern SERIES = Pattern.compile("prometheus\\.[A-Za-z*][A-Za-z0-9_*-]*");

  static {
    put(HOST, "host.cpu", Dimension.RATIO);
    put(HOST, "host.memory", Dimension.RATIO);
    put(HOST, "host.io", Dimension.RATIO);
    put(HOST, "process.memory", Dimension.BYTES);
    put(OTHERS, "index.bloat", Dimension.RATIO);
    put(OTHERS, "index.usage", Dimension.RATIO);
    put(OTHERS, "redis.hit_ratio", Dimension.RATIO);
  }

  private SourceMetrics() {}

  private static void put(Map<String, Metric> metrics, String name, Dimension dimension) {
    metrics.put(name, new Metric(name, dimension, false));
  }

  /** Whether a metric, or a pattern, is one of these. */
  public static boolean is(String name) {
    int dot = name.indexOf('.');
    return dot > 0 && FAMILIES.contains(name.substring(0, dot));
  }

  /** Whether it is of the machine, and so due at every sample. */
  public static boolean ofHost(String name) {
    return HOST.containsKey(name);
  }

  /** Those without a name of the change or of the worker's file in them. */
  static List<String> names() {
    List<String> names = new ArrayList<>(HOST.keySet());
    names.addAll(OTHERS.keySet());
    return names;
  }

  static Stream<Metric> all() {
    return Stream.concat(HOST.values().stream(), OTHERS.values().stream());
  }

  /**
   * The metric of that name, where it is one of these.
   *
   * @throws IllegalArgumentException where the name has their form and a figure that none has
   */
  static Optional<Metric> find(String name) {
    if (SERIES.matcher(name).matches()) {
      // The unit is that of the limit; see FreeUnit.
      return Optional.of(new Metric(name, Dimension.COUNT, false));
    }
    Metric metric = HOST.getOrDefault(name, OTHERS.get(name));
    return metric != null ? Optional.of(metric) : named(name);
  }

  private static Optional<Metric> named(String name) {
    Matcher form = NAMED.matcher(name);
    if (!form.matches()) {
      return Optional.empty();
    }
    return switch (form.group(1) + "." + form.group(3)) {
      case "index.bloat", "index.usage", "redis.hit_ratio" ->
          Optional.of(new Metric(name, Dimension.RATIO, false));
      case "index.scans" -> Optional.of(new Metric(name, Dimension.COUNT, true));
      default -> {
        boolean redis = form.group(1).equals("redis");
        throw new IllegalArgumentException(
            "\""
                + form.group(3)
                + "\" is not measured of "
                + (redis ? "a Redis; write hit_ratio" : "an index; write bloat, usage, scans"));
      }
    };
  }

  /** Whether it says nothing before a stage has begun. */
  static boolean countsFromTheStart(String name) {
    return name.startsWith("redis.") || (name.startsWith("index.") && !name.endsWith(".bloat"));
  }

  /** Whether a figure of it may be of any unit, and below zero. */
  static boolean takesAnyUnit(String name) {
    return name.startsWith("prometheus.");
  }
}
