package io.lockkeeper.limit;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was measured before the change was applied.
 *
 * @param values by metric, in base units; a metric that was not measured is absent
 * @param noise by metric: a difference below it cannot be told; absent is none
 */
public record Baselines(Map<String, Double> values, Map<String, Double> noise) {
  public static final Baselines NONE = new Baselines(Map.of(), Map.of());

  public Baselines {
    values = Map.copyOf(values);
    noise = Map.copyOf(noise);
  }

  public OptionalDouble value(String metric) {
    Double value = values.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  public double noise(String metric) {
    return noise.getOrDefault(metric, 0.0);
  }
}
