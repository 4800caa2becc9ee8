package io.lockkeeper.activities.sampling;

import static java.util.stream.Collectors.toList;

import io.lockkeeper.activities.probe.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Runs of one probe or request: the last ones, on which its figures are judged, and those of a
 * longer time before, by which it is told whether they differ from the baseline at all. Safe for
 * many threads.
 */
final class Recent {
  /** So much longer than figures are judged on. */
  static final int LONGER = 6;

  private final Duration judged;
  private final Deque<Run> runs = new ArrayDeque<>();
  private Instant from = Instant.MIN;

  /** One run: seconds, or NaN where it failed. */
  private record Run(Instant at, double seconds) {
    boolean failed() {
      return Double.isNaN(seconds);
    }
  }

  Recent(Duration judged) {
    this.judged = judged;
  }

  synchronized void add(Instant at, double seconds) {
    runs.add(new Run(at, seconds));
  }

  synchronized void failed(Instant at) {
    runs.add(new Run(at, Double.NaN));
  }

  /** How far back it looks at all. */
  static Duration longer(Duration judged) {
    return judged.multipliedBy(LONGER);
  }

  synchronized void forget(Instant now) {
    from = now.minus(judged);
    Instant oldest = now.minus(longer(judged));
    while (!runs.isEmpty() && runs.peekFirst().at().isBefore(oldest)) {
      runs.removeFirst();
    }
  }

  Optional<Double> p50() {
    List<Double> seconds = seconds();
    return seconds.isEmpty() ? Optional.empty() : Optional.of(Timings.p50(seconds));
  }

  Optional<Double> p95() {
    List<Double> seconds = seconds();
    return seconds.isEmpty() ? Optional.empty() : Optional.of(Timings.p95(seconds));
  }

  /**
   * Share of runs that failed, on average of the rounds, of which one that was given up early has
   * fewer runs; nothing where there is no run.
   */
  Optional<Double> errorRate() {
    Map<Instant, List<Run>> rounds =
        last().stream().collect(Collectors.groupingBy(Run::at, LinkedHashMap::new, toList()));
    OptionalDouble mean =
        rounds.values().stream()
            .mapToDouble(
                round ->
                    round.stream().mapToInt(run -> run.failed() ? 1 : 0).average().orElseThrow())
            .average();
    return mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty();
  }

  /** Of the runs that are judged and did not fail, oldest first. */
  List<Double> seconds() {
    return seconds(last());
  }

  /** As {@link #seconds}, by rounds: what was run at the same moment. */
  List<List<Double>> rounds() {
    return rounds(last());
  }

  /** As {@link #rounds()}, with the longer time before. */
  synchronized List<List<Double>> longer() {
    return rounds(runs);
  }

  private static List<List<Double>> rounds(Collection<Run> runs) {
    Map<Instant, List<Double>> rounds = new LinkedHashMap<>();
    for (Run run : runs) {
      if (!Double.isNaN(run.seconds())) {
        rounds.computeIfAbsent(run.at(), at -> new ArrayList<>()).add(run.seconds());
      }
    }
    return List.copyOf(rounds.values());
  }

  private synchronized List<Run> last() {
    return runs.stream().filter(run -> !run.at().isBefore(from)).toList();
  }

  private static List<Double> seconds(Collection<Run> runs) {
    return runs.stream().map(Run::seconds).filter(s -> !Double.isNaN(s)).toList();
  }
}
