package io.lockkeeper.activities.guard;

import io.lockkeeper.limit.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Figures of a section over time. What is looked at more often than it is written is folded to its
 * highest since. Safe for several threads.
 */
public final class GuardSeries {
  private final Map<String, List<double[]>> points = new TreeMap<>();
  private final Map<String, Double> highest = new TreeMap<>();
  private final Map<String, Double> sinceLast = new TreeMap<>();

  /** A figure between two samples. */
  synchronized void look(String metric, double value) {
    highest.merge(metric, value, Math::max);
    sinceLast.merge(metric, value, Math::max);
  }

  /**
   * A sample of everything, with the highest of the looks since the one before.
   *
   * @param millis since 1970
   */
  synchronized void sample(long millis, Map<String, Reading> readings) {
    readings.forEach(
        (metric, reading) -> {
          if (reading instanceof Reading.Figure figure) {
            look(metric, figure.value());
          }
        });
    sinceLast.forEach((metric, value) -> point(metric, millis, value));
    sinceLast.clear();
  }

  /** Highest figure by metric. */
  synchronized Map<String, Double> highest() {
    return Map.copyOf(highest);
  }

  /** By metric, pairs of milliseconds since 1970 and figure, in the order of time. */
  public synchronized Map<String, List<double[]>> points() {
    Map<String, List<double[]>> copy = new TreeMap<>();
    points.forEach((metric, list) -> copy.put(metric, List.copyOf(list)));
    return copy;
  }

  private void point(String metric, long millis, double value) {
    points.computeIfAbsent(metric, m -> new ArrayList<>()).add(new double[] {millis, value});
  }
}
