package io.lockkeeper.activities.figures;

import io.lockkeeper.activities.host.HostFigures;
import io.lockkeeper.activities.host.ProcessMemory;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.prometheus.LatestAnswers;
import io.lockkeeper.activities.prometheus.PrometheusQueries;
import io.lockkeeper.activities.redis.RedisServers;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.activities.settings.Sources.Host;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Figures that the worker's file names a source for: of the machine, of Prometheus, of Redis. One
 * for an environment, shared by all who observe it, so that no source is asked more often the more
 * they are. What nobody tells has a reading only where a limit names it, and that is missing. Safe
 * for many threads.
 */
public final class EnvironmentFigures {
  private static final String DISK = "disk.free";

  /** Names of queries that stand for what a worker cannot see itself. */
  private static final Map<String, String> BY_QUERY =
      Map.of(
          "host.cpu",
          "host_cpu",
          "host.memory",
          "host_memory",
          "host.io",
          "host_io",
          "process.memory",
          "process_memory",
          DISK,
          "disk_free");

  /** Where the file has no query of its own: as node_exporter tells it of one machine. */
  private static final Map<String, String> NODE_EXPORTER =
      Map.of(
          "host.cpu",
          "1 - avg by (instance) (sum by (instance, cpu) (rate(node_cpu_seconds_total{mode=~\"idle|iowait\"}[1m])))",
          "host.memory",
          "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
          "host.io",
          "max by (instance) (rate(node_disk_io_time_seconds_total[1m]))");

  private static final List<String> HOST = List.of("host.cpu", "host.memory", "host.io");

  private final EnvironmentSettings environment;
  private final HostFigures host = new HostFigures();
  private final Optional<ProcessMemory> process;
  private final Optional<PrometheusQueries> prometheus;
  private final Optional<LatestAnswers> latest;
  private final RedisServers redis;
  private final HitRatios ratios;
  private final Map<Target, IndexMeasurements> indexes = new ConcurrentHashMap<>();

  public EnvironmentFigures(EnvironmentSettings environment) {
    Sources sources = environment.sources();
    this.environment = environment;
    this.process = sources.process().map(ProcessMemory::new);
    this.prometheus = sources.prometheus().map(PrometheusQueries::new);
    this.latest = prometheus.map(LatestAnswers::new);
    this.redis = new RedisServers(sources.redis());
    this.ratios = new HitRatios(redis);
  }

  /** Measurements of a target's indexes, shared by all who observe it. */
  public IndexMeasurements indexes(Target target) {
    return indexes.computeIfAbsent(target, t -> new IndexMeasurements());
  }

  /**
   * What is due at every sample: {@code host.*}, {@code process.memory}, and {@code disk.free}
   * where the database could not tell it and Prometheus is asked for it. It never waits: what
   * Prometheus tells is its last answer, and missing where that is old.
   *
   * @param readings of the same sample; these are added to them
   * @param wanted metrics and patterns of the limits
   * @param interval between two samples of the one who asks
   */
  public void sample(Map<String, Reading> readings, Collection<String> wanted, Duration interval) {
    ofMachine(
        readings,
        wanted,
        host::sample,
        query -> latest.map(answers -> answers.latest(query, interval)));
  }

  /** Asks in time for the first sample. */
  public void beforeSamples() {
    for (String metric : BY_QUERY.keySet()) {
      boolean needed = environment.host() == Host.PROMETHEUS || !HOST.contains(metric);
      if (needed && !queryOf(metric).isEmpty()) {
        latest.ifPresent(answers -> answers.ask(queryOf(metric)));
      }
    }
  }

  /**
   * As {@link #sample}, of now and not of the time since somebody looked last: may wait a quarter
   * of a second, and for Prometheus.
   */
  public void sampleNow(Map<String, Reading> readings, Collection<String> wanted) {
    ofMachine(readings, wanted, host::look, query -> prometheus.map(queries -> queries.ask(query)));
  }

  private void ofMachine(
      Map<String, Reading> readings,
      Collection<String> wanted,
      Supplier<Map<String, Reading>> local,
      Function<String, Optional<Reading>> ask) {
    Map<String, Reading> found = new LinkedHashMap<>();
    if (environment.host() == Host.LOCAL) {
      found.putAll(local.get());
    }
    for (String metric : HOST) {
      if (environment.host() == Host.PROMETHEUS) {
        found.put(metric, series(metric, ask));
      }
    }
    process.ifPresent(memory -> found.put("process.memory", memory.read()));
    if (process.isEmpty() && query("process.memory").isPresent()) {
      found.put("process.memory", series("process.memory", ask));
    }
    if (readings.get(DISK) instanceof Reading.Missing && query(DISK).isPresent()) {
      found.put(DISK, series(DISK, ask));
    }
    untold(wanted, found, EnvironmentFigures::ofSample, this::noHost);
    readings.putAll(found);
  }

  /**
   * What is due at every round of probes: {@code prometheus.*} and {@code redis.*}.
   *
   * @param marks where counters stood at the stage's start; are changed
   * @param stage when that was
   * @param now of the round
   * @param wanted metrics and patterns of the limits
   */
  public Map<String, Reading> round(
      Map<String, String> marks, Instant stage, Instant now, Collection<String> wanted) {
    Map<String, Reading> found = asked(name -> ratios.lately(name, marks, stage, now));
    untold(wanted, found, name -> name.startsWith("prometheus."), this::noQuery);
    untold(wanted, found, name -> name.startsWith("redis."), this::noRedis);
    return found;
  }

  /** As {@link #round}, before the change: Redis' shares are since its servers began to count. */
  public Map<String, Reading> baseline() {
    return asked(ratios::sinceReset);
  }

  private Map<String, Reading> asked(Function<String, Reading> ratioOf) {
    Map<String, Reading> found = new LinkedHashMap<>();
    queries().forEach((name, query) -> found.put("prometheus." + name, query(name, query)));
    hitRatios(found, ratioOf);
    return found;
  }

  /**
   * One look at what limits name, before the change and while a section runs.
   *
   * @param readings these are added to them
   */
  public void look(Map<String, Reading> readings, Collection<String> wanted) {
    if (wanted.stream().anyMatch(EnvironmentFigures::ofSample)
        || (readings.get(DISK) instanceof Reading.Missing && query(DISK).isPresent())) {
      sampleNow(readings, wanted);
    }
    for (String metric : wanted) {
      if (metric.startsWith("prometheus.")) {
        String name = metric.substring("prometheus.".length());
        @Nullable String query = queries().get(name);
        readings.put(
            metric, query == null ? new Reading.Missing(noQuery(metric)) : query(name, query));
      }
    }
  }

  private static boolean ofSample(String metric) {
    return metric.startsWith("host.") || metric.startsWith("process.");
  }

  /** A limit on what nobody tells must not pass for one that holds. */
  private static void untold(
      Collection<String> wanted,
      Map<String, Reading> found,
      Predicate<String> family,
      UnaryOperator<String> why) {
    for (String metric : wanted) {
      if (family.test(metric)
          && found.keySet().stream().noneMatch(name -> Limit.matches(metric, name))) {
        found.put(metric, new Reading.Missing(why.apply(metric)));
      }
    }
  }

  private String noHost(String metric) {
    if (metric.equals("process.memory")) {
      return "the worker's file names no process";
    }
    return environment.sources().host().isPresent()
        ? "the worker's file says host: none"
        : "the targets are on other machines, and the worker's file does not say who tells of them"
            + " (host: prometheus)";
  }

  private String noQuery(String metric) {
    return environment.sources().prometheus().isEmpty()
        ? "the worker's file names no Prometheus"
        : "the worker's file has no query of that name, it has " + queries().keySet();
  }

  private String noRedis(String metric) {
    return redis.names().isEmpty()
        ? "the worker's file names no redis"
        : "the worker's file has no redis of that name, it has " + redis.names();
  }

  private Map<String, String> queries() {
    return environment.sources().prometheus().map(Sources.Prometheus::queries).orElse(Map.of());
  }

  private Optional<String> query(String metric) {
    return Optional.ofNullable(BY_QUERY.get(metric)).map(queries()::get);
  }

  private Reading series(String metric, Function<String, Optional<Reading>> ask) {
    return ask.apply(queryOf(metric)).orElseGet(() -> new Reading.Missing(noQuery(metric)));
  }

  /** The file's own, or the usual one; empty where there is neither. */
  private String queryOf(String metric) {
    return query(metric).orElseGet(() -> NODE_EXPORTER.getOrDefault(metric, ""));
  }

  private Reading query(String name, String query) {
    return prometheus
        .map(queries -> queries.ask(query))
        .orElseGet(() -> new Reading.Missing(noQuery(name)));
  }

  /** Of each where there are several, and the least of all. */
  private void hitRatios(Map<String, Reading> found, Function<String, Reading> ratioOf) {
    @Nullable Reading least = null;
    for (String name : redis.names()) {
      Reading ratio = ratioOf.apply(name);
      found.put("redis." + name + ".hit_ratio", ratio);
      least = least == null ? ratio : lesser(least, ratio);
    }
    if (least != null) {
      found.put("redis.hit_ratio", least);
    }
  }

  private static Reading lesser(Reading one, Reading other) {
    if (one instanceof Reading.Figure left && other instanceof Reading.Figure right) {
      return left.value() <= right.value() ? one : other;
    }
    return one instanceof Reading.Figure ? other : one;
  }
}
