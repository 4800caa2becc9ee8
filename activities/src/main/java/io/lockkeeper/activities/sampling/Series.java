package io.lockkeeper.activities.sampling;

import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one window saw: every figure, and how many were due. */
final class Series {
  private final Map<String, Column> columns = new LinkedHashMap<>();

  /** What does not apply was not due either, also where a sample was missed. */
  private final Set<String> inapplicable = new HashSet<>();

  /** Milliseconds since 1970 of each time something was added. */
  private long[] looks = new long[16];

  private int looked;

  /**
   * Points of one metric. Most figures are the same for hours, and a worker has thousands of
   * windows: what is the same as before takes no room.
   */
  private static final class Column {
    /** Numbers of the looks that have a point. */
    private final BitSet at = new BitSet();

    private double[] values = new double[2];

    /** How many points in a row have each value. */
    private int[] times = new int[2];

    private int used;
    private long due;
    private long taken;
    private double low = Double.NaN;
    private double high = Double.NaN;
    private double last = Double.NaN;
    private String how = "";

    private void add(int look, double value) {
      at.set(look);
      if (used > 0 && Double.compare(values[used - 1], value) == 0) {
        times[used - 1]++;
        return;
      }
      if (used == values.length) {
        values = Arrays.copyOf(values, used * 2);
        times = Arrays.copyOf(times, used * 2);
      }
      values[used] = value;
      times[used++] = 1;
    }

    private List<double[]> pairs(long[] looks) {
      List<double[]> pairs = new ArrayList<>();
      int look = -1;
      for (int i = 0; i < used; i++) {
        for (int time = 0; time < times[i]; time++) {
          look = at.nextSetBit(look + 1);
          pairs.add(new double[] {looks[look], values[i]});
        }
      }
      return pairs;
    }
  }

  /** What an earlier attempt at the same window counted; its points are gone with it. */
  void carry(List<MetricSamples> earlier) {
    for (MetricSamples samples : earlier) {
      Column column = column(samples.metric());
      column.due += samples.due();
      column.taken += samples.taken();
      column.low = samples.low().orElse(Double.NaN);
      column.high = samples.high().orElse(Double.NaN);
      column.last = samples.last().orElse(Double.NaN);
      column.how = samples.how();
    }
  }

  void add(Instant at, Map<String, Reading> readings) {
    if (looked == looks.length) {
      looks = Arrays.copyOf(looks, looked * 2);
    }
    looks[looked++] = at.toEpochMilli();
    readings.forEach(
        (metric, reading) -> {
          if (reading instanceof Reading.NotApplicable) {
            inapplicable.add(metric);
            return;
          }
          Column column = column(metric);
          column.due++;
          if (reading instanceof Reading.Figure figure) {
            add(column, figure.value());
            column.how = figure.how();
          }
        });
  }

  /** Samples that were due while nobody sampled. */
  void missed(long samples, Iterable<String> metrics) {
    metrics.forEach(metric -> column(metric).due += samples);
  }

  /** All that has a figure, or should have one. */
  Set<String> metrics() {
    Set<String> metrics = new LinkedHashSet<>(columns.keySet());
    metrics.removeAll(inapplicable);
    return metrics;
  }

  List<MetricSamples> samples() {
    List<MetricSamples> samples = new ArrayList<>();
    columns.forEach(
        (metric, column) -> {
          if (column.taken > 0 || !inapplicable.contains(metric)) {
            samples.add(
                new MetricSamples(
                    metric,
                    column.due,
                    column.taken,
                    optional(column.low),
                    optional(column.high),
                    optional(column.last),
                    column.how));
          }
        });
    return samples;
  }

  /** All points as JSON: by metric, pairs of milliseconds since 1970 and figure. */
  byte[] json() {
    Map<String, List<double[]>> points = new LinkedHashMap<>();
    columns.forEach((metric, column) -> points.put(metric, column.pairs(looks)));
    return Json.canonical(points);
  }

  private void add(Column column, double value) {
    column.add(looked - 1, value);
    column.taken++;
    column.low = Double.isNaN(column.low) ? value : Math.min(column.low, value);
    column.high = Double.isNaN(column.high) ? value : Math.max(column.high, value);
    column.last = value;
  }

  private Column column(String metric) {
    return columns.computeIfAbsent(metric, m -> new Column());
  }

  private static Optional<Double> optional(double value) {
    return Double.isNaN(value) ? Optional.empty() : Optional.of(value);
  }
}
