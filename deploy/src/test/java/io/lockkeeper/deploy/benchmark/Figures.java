package io.lockkeeper.deploy.benchmark;

import io.lockkeeper.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Figures, and where the command that asked for them finds them. */
final class Figures {
  private static final int RESAMPLES = 10_000;

  private Figures() {}

  /** For the command, which adds commit, machine and seed. */
  static void write(Map<String, Object> figures) {
    try {
      Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A number that the command was given. */
  static int given(String name, int otherwise) {
    return Integer.getInteger("lockkeeper." + name, otherwise);
  }

  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /**
   * Between the two nearest ranks.
   *
   * @param values at least one
   * @param share from 0 to 1
   */
  static double quantile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = (int) Math.ceil(place);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  static double worst(List<Double> values) {
    return quantile(values, 1);
  }

  /** The 95 % interval of the median by the percentile bootstrap, from low to high. */
  static List<Double> medianInterval(List<Double> values, long seed) {
    Random random = new Random(seed);
    double[] medians = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      List<Double> again = new ArrayList<>();
      for (int j = 0; j < values.size(); j++) {
        again.add(values.get(random.nextInt(values.size())));
      }
      medians[i] = median(again);
    }
    Arrays.sort(medians);
    return List.of(rounded(medians[RESAMPLES / 40]), rounded(medians[RESAMPLES * 39 / 40]));
  }

  /** Milliseconds are enough. */
  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  static List<Double> rounded(List<Double> values) {
    return values.stream().map(Figures::rounded).toList();
  }
}
