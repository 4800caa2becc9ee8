package io.lockkeeper.limit;

import io.lockkeeper.finding.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The metrics of the contract: what each measures, and which are read by this version. */
public final class Metrics {
  /** What an SQL check's first column of its first row holds. */
  public static final String VALUE = "value";

  /** Of the core probes: the only one of these that is read with them. */
  private static final String DEGRADATION = "probe.degradation";

  private static final Map<String, Metric> LIVE = new LinkedHashMap<>();
  private static final Map<String, Metric> FACTS = new LinkedHashMap<>();
  private static final Map<String, Metric> GUARD = new LinkedHashMap<>();
  private static final Map<String, Metric> SHORT = new LinkedHashMap<>();

  /** Counted from a stage's start, or against the baseline: before both they say nothing. */
  private static final Set<String> OVER_TIME =
      Set.of("deadlocks", "transactions.rollback_rate", "cache.hit_ratio", DEGRADATION);

  /** Sampled while a section runs only: they tell about our own session. */
  private static final Set<String> OURS =
      Set.of("locks.caused_wait", "locks.blocked_by_us", "locks.held");

  private static final Pattern NAMED =
      Pattern.compile("(probe|http|log|check)\\.([A-Za-z*][A-Za-z0-9_*-]*)\\.([a-z0-9_*]+)");

  static {
    live("locks.waiting", Dimension.COUNT, false);
    live("locks.longest_wait", Dimension.TIME, false);
    live("sessions.active", Dimension.COUNT, false);
    live("sessions.blocked", Dimension.COUNT, false);
    live("sessions.idle_in_transaction", Dimension.COUNT, false);
    live("sessions.total", Dimension.COUNT, false);
    live("transactions.oldest", Dimension.TIME, false);
    live("transactions.rollback_rate", Dimension.RATIO, false);
    live("deadlocks", Dimension.COUNT, true);
    live("replication.lag", Dimension.TIME, false);
    live("cache.hit_ratio", Dimension.RATIO, false);
    live("database.size", Dimension.BYTES, false);
    live("disk.free", Dimension.BYTES, false);
    live(DEGRADATION, Dimension.RATIO, false);
    GUARD.put("locks.caused_wait", new Metric("locks.caused_wait", Dimension.TIME, false));
    GUARD.put("locks.blocked_by_us", new Metric("locks.blocked_by_us", Dimension.COUNT, false));
    GUARD.put("locks.held", new Metric("locks.held", Dimension.TIME, false));
    FACTS.put("postgresql", new Metric("postgresql", Dimension.VERSION, false));
    FACTS.put("backup.age", new Metric("backup.age", Dimension.TIME, false));
    SHORT.put("p50", new Metric("p50", Dimension.TIME, false));
    SHORT.put("p95", new Metric("p95", Dimension.TIME, false));
    SHORT.put("rows", new Metric("rows", Dimension.COUNT, false));
    SHORT.put("status", new Metric("status", Dimension.COUNT, false));
    SHORT.put("body", new Metric("body", Dimension.TEXT, false));
    SHORT.put(VALUE, new Metric(VALUE, Dimension.COUNT, false));
    SHORT.put("matches", new Metric("matches", Dimension.COUNT, false));
  }

  private Metrics() {}

  private static void live(String name, Dimension dimension, boolean counter) {
    LIVE.put(name, new Metric(name, dimension, counter));
  }

  /** Live metrics without a name of the change in them, in the order of the contract. */
  public static List<String> live() {
    return List.copyOf(LIVE.keySet());
  }

  /** Whether it is due at every sample; the others are due at every round of probes. */
  public static boolean atEverySample(String name) {
    return (LIVE.containsKey(name) && !name.equals(DEGRADATION)) || SourceMetrics.ofHost(name);
  }

  /** Whether it is named after a probe or check, which not every environment has. */
  public static boolean isOfTheChange(String name) {
    return NAMED.matcher(name).matches();
  }

  /** What a metric of that name measures. */
  public static Dimension dimension(String name) {
    return byShape(name).dimension();
  }

  /** By the shape of the name alone: any probe is taken to exist. */
  static Metric byShape(String name) {
    if (SHORT.containsKey(name)) {
      return find(SHORT, name);
    }
    return find(GUARD, name, () -> find(FACTS, name, () -> resolve(name)));
  }

  /** Limits of {@code rollback_if}: live metrics, with those of the change's own names. */
  public static MetricScope triggers(Set<String> probes, Set<String> https, Set<String> logs) {
    return name -> {
      refuseCheck(name);
      Metric metric = resolve(name);
      refuseUnknownName(name, probes, https, logs);
      return metric;
    };
  }

  /** Limits of {@code precheck}: facts and those live metrics that one look tells. */
  public static MetricScope prechecks() {
    return name -> {
      refuseCheck(name);
      Metric metric = find(FACTS, name, () -> resolve(name));
      refuseOverTime(name, OVER_TIME);
      refusePattern(name, "precheck");
      return metric;
    };
  }

  /** Limits of {@code guard}: what is sampled while a section runs. */
  public static MetricScope guards() {
    return name -> {
      refuseCheck(name);
      Metric metric = find(GUARD, name, () -> resolve(name));
      refuseOverTime(name, Set.of(DEGRADATION));
      refuseIndexes(name);
      refusePattern(name, "guard");
      return metric;
    };
  }

  /** Limits of {@code health}: live figures that one look tells. */
  public static MetricScope health() {
    return name -> {
      refuseCheck(name);
      Metric metric = OURS.contains(name) ? resolve(name) : find(GUARD, name, () -> resolve(name));
      refuseOverTime(name, OVER_TIME);
      refuseIndexes(name);
      refusePattern(name, "limit of health");
      return metric;
    };
  }

  /**
   * @param unread metrics that have no figure before a soak or watch
   */
  private static void refuseOverTime(String name, Set<String> unread) {
    if (unread.contains(name)
        || NAMED.matcher(name).matches()
        || SourceMetrics.countsFromTheStart(name)) {
      throw overTime(name);
    }
  }

  /** They are read once a round of probes: too seldom to tell anything while a section runs. */
  private static void refuseIndexes(String name) {
    if (name.startsWith("index.")) {
      throw overTime(name);
    }
  }

  private static IllegalArgumentException overTime(String name) {
    return new IllegalArgumentException(
        "\""
            + name
            + "\" is measured over a soak or watch only: write the limit under rollback_if");
  }

  private static void refusePattern(String name, String where) {
    if (name.contains("*")) {
      throw new IllegalArgumentException(
          "\"" + name + "\": a pattern is not supported in a " + where + ": name one metric");
    }
  }

  /** Limits of one probe or check: the short names given. */
  public static MetricScope shortNames(String... names) {
    return name -> {
      if (!List.of(names).contains(name)) {
        throw new IllegalArgumentException(
            "\""
                + name
                + "\" is not measured here; write "
                + String.join(", ", names)
                + Suggestion.didYouMean(name, List.of(names)));
      }
      return find(SHORT, name);
    };
  }

  /** As another scope, for figures that are shares of one another instead of what they measure. */
  public static MetricScope ratio(MetricScope scope) {
    return name -> {
      Metric metric = scope.resolve(name);
      return metric.dimension() == Dimension.TIME
          ? new Metric(metric.name(), Dimension.RATIO, metric.counter())
          : metric;
    };
  }

  /** As another scope, where some of the probes are ratios of others. */
  public static MetricScope withRatios(MetricScope scope, Set<String> ratios) {
    return name -> {
      Matcher form = NAMED.matcher(name);
      boolean ratio =
          form.matches() && form.group(1).equals("probe") && ratios.contains(form.group(2));
      return ratio ? ratio(scope).resolve(name) : scope.resolve(name);
    };
  }

  private static Metric resolve(String name) {
    if (name.equals("load.rate")) {
      throw new IllegalArgumentException(
          "\"load.rate\" is measured inside a load step only, and this version has no load steps:"
              + " leave the limit out");
    }
    if (GUARD.containsKey(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is measured while a section runs only: write the limit under guard");
    }
    Metric live = LIVE.get(name);
    if (live != null) {
      return live;
    }
    Optional<Metric> named = SourceMetrics.find(name).or(() -> named(name));
    if (named.isPresent()) {
      return named.get();
    }
    if (name.contains("*")) {
      return common(name);
    }
    if (FACTS.containsKey(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is read before a change only: write the limit under precheck");
    }
    List<String> known = new ArrayList<>(LIVE.keySet());
    known.addAll(SourceMetrics.names());
    known.addAll(FACTS.keySet());
    known.addAll(GUARD.keySet());
    throw new IllegalArgumentException(
        "unknown metric \"" + name + "\"" + Suggestion.didYouMean(name, known));
  }

  private static Optional<Metric> named(String name) {
    Matcher form = NAMED.matcher(name);
    if (!form.matches()) {
      return Optional.empty();
    }
    String figure = form.group(1) + "." + form.group(3);
    return switch (figure) {
      case "probe.p50", "probe.p95", "http.p95" ->
          Optional.of(new Metric(name, Dimension.TIME, false));
      case "http.error_rate" -> Optional.of(new Metric(name, Dimension.RATIO, false));
      case "log.matches" -> Optional.of(new Metric(name, Dimension.COUNT, true));
      case "check.failed" -> Optional.of(new Metric(name, Dimension.COUNT, false));
      default -> throw new IllegalArgumentException(unknownFigure(form.group(1), form.group(3)));
    };
  }

  private static String unknownFigure(String kind, String figure) {
    List<String> known =
        switch (kind) {
          case "probe" -> List.of("p50", "p95");
          case "http" -> List.of("p95", "error_rate");
          default -> List.of("matches");
        };
    return "\""
        + figure
        + "\" is not measured of a "
        + kind
        + "; write "
        + String.join(", ", known)
        + Suggestion.didYouMean(figure, known);
  }

  /** What all matches of a pattern measure, where they measure the same. */
  private static Metric common(String pattern) {
    Set<Metric> kinds = new LinkedHashSet<>();
    Stream.concat(LIVE.values().stream(), SourceMetrics.all())
        .filter(metric -> Limit.matches(pattern, metric.name()))
        .forEach(metric -> kinds.add(new Metric(pattern, metric.dimension(), metric.counter())));
    if (kinds.size() != 1) {
      throw new IllegalArgumentException(
          kinds.isEmpty()
              ? "no metric matches \"" + pattern + "\""
              : "the metrics that match \"" + pattern + "\" have different units");
    }
    return kinds.iterator().next();
  }

  /** Checks are triggers by themselves; what they are called inside is no name of the contract. */
  private static void refuseCheck(String name) {
    if (name.startsWith("check.")) {
      throw new IllegalArgumentException(
          "unknown metric \""
              + name
              + "\": a check triggers by itself, write its \"when: [soak, watch]\" and its"
              + " \"then: rollback\"");
    }
  }

  private static void refuseUnknownName(
      String name, Set<String> probes, Set<String> https, Set<String> logs) {
    Matcher form = NAMED.matcher(name);
    if (!form.matches() || form.group(2).contains("*")) {
      return;
    }
    Set<String> known =
        switch (form.group(1)) {
          case "probe" -> probes;
          case "http" -> https;
          default -> logs;
        };
    if (!known.contains(form.group(2))) {
      throw new IllegalArgumentException(
          "\""
              + name
              + "\": no "
              + (form.group(1).equals("probe") ? "probe" : form.group(1) + " probe or check")
              + " of that name"
              + Suggestion.didYouMean(form.group(2), known));
    }
  }

  private static Metric find(Map<String, Metric> metrics, String name) {
    return find(
        metrics,
        name,
        () -> {
          throw new IllegalArgumentException("unknown metric \"" + name + "\"");
        });
  }

  private static Metric find(Map<String, Metric> metrics, String name, Supplier<Metric> otherwise) {
    Metric metric = metrics.get(name);
    return metric != null ? metric : otherwise.get();
  }
}
