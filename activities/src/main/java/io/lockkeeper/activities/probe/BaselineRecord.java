package io.lockkeeper.activities.probe;

import io.lockkeeper.limit.Baselines;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
 */
public record BaselineRecord(
    Map<String, ProbeBaseline> probes,
    Map<String, ProbeFigure> requests,
    Map<String, Double> live,
    Map<String, String> results,
    Map<String, String> logs,
    Map<String, List<String>> indexes) {

  /**
   * A probe's baseline.
   *
   * @param values of its parameters: the same are used ever after
   * @param noise seconds below which a difference cannot be told
   */
  public record ProbeBaseline(
      ProbeFigure figure, Map<String, String> values, double noise, boolean core) {}

  public BaselineRecord {
    probes = Map.copyOf(probes);
    requests = Map.copyOf(requests);
    live = Map.copyOf(live);
    results = Map.copyOf(results);
    logs = Map.copyOf(logs);
    indexes = Map.copyOf(indexes);
  }

  public Optional<ProbeBaseline> probe(String name) {
    return Optional.ofNullable(probes.get(name));
  }

  /** For limits that name {@code baseline}. */
  public Baselines baselines() {
    Map<String, Double> values = new LinkedHashMap<>(live);
    Map<String, Double> noise = new LinkedHashMap<>();
    probes.forEach(
        (name, probe) -> {
          for (String kind : kinds(probe.figure())) {
            values.put(kind + name + ".p50", probe.figure().p50());
            values.put(kind + name + ".p95", probe.figure().p95());
            noise.put(kind + name + ".p50", probe.noise());
            noise.put(kind + name + ".p95", probe.noise());
          }
          values.put("http." + name + ".error_rate", 0.0);
        });
    requests.forEach(
        (name, figure) -> {
          values.put("http." + name + ".p95", figure.p95());
          values.put("http." + name + ".error_rate", 0.0);
        });
    return new Baselines(values, noise);
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
