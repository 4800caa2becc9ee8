package io.lockkeeper.activities.probe;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Baselines;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was measured before the change, as it stands in the target's ledger: it holds the values of
 * parameters, which are the target's own and go nowhere else.
 *
 * @param probes by name
 * @param requests of http checks and probes, by name
 * @param live live figures by metric
 * @param results digests of checks that must not change, by check
 * @param logs marks by log
 * @param indexes of the touched tables, by table
 * @param derived figures of two probes, by name
 * @param settings values of the settings of checks, by check
 * @param kept rows of tables of which none may be lost, by check
 * @param statements what the server had counted of others' statements, as a blob; absent where it
 *     counts none, and in baselines of earlier versions
 */
public record BaselineRecord(
    Map<String, ProbeBaseline> probes,
    Map<String, ProbeFigure> requests,
    Map<String, Double> live,
    Map<String, String> results,
    Map<String, String> logs,
    Map<String, List<String>> indexes,
    Map<String, DerivedBaseline> derived,
    Map<String, Map<String, String>> settings,
    Map<String, List<KeptRows>> kept,
    Optional<BlobRef> statements) {
  /** Of so few sessions a share tells nothing: half of two is one that comes and goes. */
  private static final double SESSIONS = 5;

  public static final BaselineRecord NONE =
      new BaselineRecord(
          Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  /**
   * A probe's baseline.
   *
   * @param figure absent where it could not be measured, because its query needs what the change
   *     makes
   * @param values of its parameters: the same are used ever after
   * @param settings values of its settings: the same are used ever after
   * @param noise seconds below which a difference cannot be told
   * @param runs seconds of those that counted, in one go and in order, with which runs right after
   *     the change are compared; empty in baselines of earlier versions
   * @param rounds seconds of runs a round, in order, which a soak or watch is held against; empty
   *     where none were taken, and in baselines of earlier versions
   */
  public record ProbeBaseline(
      Optional<ProbeFigure> figure,
      Map<String, String> values,
      Map<String, String> settings,
      double noise,
      boolean core,
      List<Double> runs,
      List<List<Double>> rounds) {
    public ProbeBaseline {
      values = Map.copyOf(values);
      settings = known(settings);
      runs = runs == null ? List.of() : List.copyOf(runs);
      rounds = rounds == null ? List.of() : rounds.stream().map(List::copyOf).toList();
    }

    /** The same with rounds, whose figures are its own from then on. */
    public ProbeBaseline with(List<List<Double>> taken) {
      List<Double> seconds = taken.stream().flatMap(List::stream).toList();
      if (seconds.isEmpty()) {
        return this;
      }
      Optional<ProbeFigure> spread =
          figure.map(f -> f.of(seconds.size(), Timings.p50(seconds), Timings.p95(seconds)));
      return new ProbeBaseline(spread, values, settings, noise, core, runs, taken);
    }

    /** What was measured in one go, as it is measured after the change. */
    public Optional<ProbeFigure> inOneGo() {
      return rounds.isEmpty()
          ? figure
          : figure.map(f -> f.of(runs.size(), Timings.p50(runs), Timings.p95(runs)));
    }

    /** Its rounds, or those that its runs in one go would have been. */
    public List<List<Double>> asRounds() {
      if (!rounds.isEmpty()) {
        return rounds;
      }
      List<List<Double>> parts = new ArrayList<>();
      for (int end = ProbeRunner.ROUND; end <= runs.size(); end += ProbeRunner.ROUND) {
        parts.add(runs.subList(end - ProbeRunner.ROUND, end));
      }
      return parts;
    }

    /** What the probe is run with. */
    public Bound bound(Probe probe) {
      return new Bound(values, new Viewer(probe.session().as(), settings));
    }
  }

  /**
   * What came out of two probes.
   *
   * @param p50 seconds, or a share
   * @param noise in the same unit: below it a difference cannot be told
   */
  public record DerivedBaseline(double p50, double p95, double noise, boolean ratio) {}

  /** Baselines of the first version know only what was measured then. */
  private static <T> Map<String, T> known(@Nullable Map<String, T> map) {
    return map == null ? Map.of() : Map.copyOf(map);
  }

  public BaselineRecord {
    probes = Map.copyOf(probes);
    requests = Map.copyOf(requests);
    live = Map.copyOf(live);
    results = Map.copyOf(results);
    logs = Map.copyOf(logs);
    indexes = Map.copyOf(indexes);
    derived = known(derived);
    settings = known(settings);
    kept = known(kept);
  }

  /** Of a server that counts no statements. */
  public BaselineRecord(
      Map<String, ProbeBaseline> probes,
      Map<String, ProbeFigure> requests,
      Map<String, Double> live,
      Map<String, String> results,
      Map<String, String> logs,
      Map<String, List<String>> indexes,
      Map<String, DerivedBaseline> derived,
      Map<String, Map<String, String>> settings,
      Map<String, List<KeptRows>> kept) {
    this(probes, requests, live, results, logs, indexes, derived, settings, kept, Optional.empty());
  }

  public Optional<ProbeBaseline> probe(String name) {
    return Optional.ofNullable(probes.get(name));
  }

  /**
   * A probe held against this.
   *
   * @param measured by name, those that are not made of others; nothing is held where what the
   *     probe is made of is not among them
   */
  public Optional<? extends HeldToBaseline> held(
      Probe probe, Map<String, AgainstBaseline> measured) {
    if (!(probe.source() instanceof Probe.Derived source)) {
      return Optional.ofNullable(measured.get(probe.name()));
    }
    AgainstBaseline of = measured.get(source.of());
    AgainstBaseline by = measured.get(source.by());
    if (of == null || by == null) {
      return Optional.empty();
    }
    double noise =
        Optional.ofNullable(derived.get(probe.name())).map(DerivedBaseline::noise).orElse(0.0);
    return Optional.of(new PairAgainstBaseline(probe, of, by, noise));
  }

  /** For limits that name {@code baseline}. */
  public Baselines baselines() {
    Map<String, Double> values = new LinkedHashMap<>(live);
    Map<String, Double> noise = new LinkedHashMap<>();
    live.keySet().stream()
        .filter(metric -> metric.startsWith("sessions."))
        .forEach(metric -> noise.put(metric, SESSIONS));
    probes.forEach(
        (name, probe) -> {
          for (ProbeFigure figure : probe.figure().stream().toList()) {
            for (String kind : kinds(figure)) {
              values.put(kind + name + ".p50", figure.p50());
              values.put(kind + name + ".p95", figure.p95());
              noise.put(kind + name + ".p50", probe.noise());
              noise.put(kind + name + ".p95", probe.noise());
            }
            values.put("http." + name + ".error_rate", 0.0);
          }
        });
    Set<String> ratios = new HashSet<>();
    derived.forEach(
        (name, figures) -> {
          values.put("probe." + name + ".p50", figures.p50());
          values.put("probe." + name + ".p95", figures.p95());
          for (String metric : List.of("probe." + name + ".p50", "probe." + name + ".p95")) {
            noise.put(metric, figures.noise());
            if (figures.ratio()) {
              ratios.add(metric);
            }
          }
        });
    requests.forEach(
        (name, figure) -> {
          values.put("http." + name + ".p95", figure.p95());
          values.put("http." + name + ".error_rate", 0.0);
        });
    return new Baselines(values, noise, ratios);
  }

  /** A request that is a probe is measured under both names. */
  private static List<String> kinds(ProbeFigure figure) {
    List<String> kinds = new ArrayList<>(List.of("probe."));
    if (figure.plan().isEmpty()) {
      kinds.add("http.");
    }
    return kinds;
  }
}
