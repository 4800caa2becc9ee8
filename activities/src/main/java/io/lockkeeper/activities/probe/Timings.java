package io.lockkeeper.activities.probe;

import java.util.List;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;

/** Quantiles of durations: Hyndman and Fan's method 7, which R and NumPy use too. */
public final class Timings {
  private static final Quantile QUANTILE = Quantile.withDefaults().with(EstimationMethod.HF7);

  private Timings() {}

  /**
   * @param seconds never empty
   */
  public static double p50(List<Double> seconds) {
    return quantile(seconds, 0.5);
  }

  /**
   * @param seconds never empty
   */
  public static double p95(List<Double> seconds) {
    return quantile(seconds, 0.95);
  }

  private static double quantile(List<Double> seconds, double share) {
    double[] values = seconds.stream().mapToDouble(Double::doubleValue).toArray();
    return QUANTILE.evaluate(values, share);
  }
}
