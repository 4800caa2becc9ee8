package io.lockkeeper.activities.probe;

import io.lockkeeper.step.Evidence.Blocks;
import java.util.List;
import java.util.Optional;

/**
 * A probe's runs.
 *
 * @param seconds of the runs that count, in order; never empty
 * @param rows of the last run; of a request its answer's bytes
 * @param plan of a query: digest of its shape
 * @param planText of a query: EXPLAIN as text, for the attachment
 * @param indexes that the plan names
 * @param tableRows most rows of a table that the plan reads, by the server's estimate
 * @param blocks of a query: what one run touches; absent where that could not be told
 */
public record Measured(
    List<Double> seconds,
    long rows,
    Optional<String> plan,
    String planText,
    List<String> indexes,
    double tableRows,
    Optional<Blocks> blocks) {
  public Measured {
    seconds = List.copyOf(seconds);
    indexes = List.copyOf(indexes);
  }

  public double p50() {
    return Timings.p50(seconds);
  }

  public double p95() {
    return Timings.p95(seconds);
  }
}
