package io.lockkeeper.activities.sampling;

import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one window saw: every figure, and how many were due. */
final class Series {
  private final Map<String, Column> columns = new LinkedHashMap<>();

  /** What does not apply was not due either, also where a sample was missed. */
  private final Set<String> inapplicable = new HashSet<>();

  private static final class Column {
    /** Milliseconds and figure by turns. */
    private double[] points = new double[16];

    private int used;
    private long due;
    private long taken;
    private double low = Double.NaN;
    private double high = Double.NaN;
    private double last = Double.NaN;
    private String how = "";

    private void add(double at, double value) {
      if (used == points.length) {
        points = Arrays.copyOf(points, used * 2);
      }
      points[used++] = at;
      points[used++] = value;
    }

    private List<double[]> pairs() {
      List<double[]> pairs = new ArrayList<>();
      for (int i = 0; i < used; i += 2) {
        pairs.add(new double[] {points[i], points[i + 1]});
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
    readings.forEach(
        (metric, reading) -> {
          if (reading instanceof Reading.NotApplicable) {
            inapplicable.add(metric);
            return;
          }
          Column column = column(metric);
          column.due++;
          if (reading instanceof Reading.Figure figure) {
            add(column, at, figure.value());
            column.how = figure.how();
          }
        });
  }

  /** Samples that were due while nobody sampled. */
  void missed(long samples, Iterable<String> metrics) {
    metrics.forEach(metric -> column(metric).due += samples);
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
    columns.forEach((metric, column) -> points.put(metric, column.pairs()));
    return Json.canonical(points);
  }

  private static void add(Column column, Instant at, double value) {
    column.add((double) at.toEpochMilli(), value);
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
