package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Runs of one probe or request within the last time, on which a p95 is judged. Safe for many
 * threads.
 */
final class Recent {
  private final Duration judged;
  private final Deque<Run> runs = new ArrayDeque<>();

  /** One run: seconds, or NaN where it failed. */
  private record Run(Instant at, double seconds) {}

  Recent(Duration judged) {
    this.judged = judged;
  }

  synchronized void add(Instant at, double seconds) {
    runs.add(new Run(at, seconds));
  }

  synchronized void failed(Instant at) {
    runs.add(new Run(at, Double.NaN));
  }

  synchronized void forget(Instant now) {
    while (!runs.isEmpty() && runs.peekFirst().at().isBefore(now.minus(judged))) {
      runs.removeFirst();
    }
  }

  synchronized Optional<Double> p50() {
    List<Double> seconds = seconds();
    return seconds.isEmpty() ? Optional.empty() : Optional.of(Timings.p50(seconds));
  }

  synchronized Optional<Double> p95() {
    List<Double> seconds = seconds();
    return seconds.isEmpty() ? Optional.empty() : Optional.of(Timings.p95(seconds));
  }

  /** Share of runs that failed; nothing where there is no run. */
  synchronized Optional<Double> errorRate() {
    long failed = runs.stream().filter(run -> Double.isNaN(run.seconds())).count();
    return runs.isEmpty() ? Optional.empty() : Optional.of((double) failed / runs.size());
  }

  private List<Double> seconds() {
    return runs.stream().map(Run::seconds).filter(s -> !Double.isNaN(s)).toList();
  }
}
