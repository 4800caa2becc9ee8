package io.lockkeeper.limit;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What was measured before the change was applied.
 *
 * @param values by metric, in base units; a metric that was not measured is absent
 * @param noise by metric: a difference below it cannot be told; absent is none
 * @param ratios metrics that are shares of others where their name tells a time
 */
public record Baselines(Map<String, Double> values, Map<String, Double> noise, Set<String> ratios) {
  public static final Baselines NONE = new Baselines(Map.of(), Map.of());

  public Baselines {
    values = Map.copyOf(values);
    noise = Map.copyOf(noise);
    ratios = Set.copyOf(ratios);
  }

  public Baselines(Map<String, Double> values, Map<String, Double> noise) {
    this(values, noise, Set.of());
  }

  public OptionalDouble value(String metric) {
    Double value = values.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  public double noise(String metric) {
    return noise.getOrDefault(metric, 0.0);
  }
}
