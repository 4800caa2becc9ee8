package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.Shift;
import io.lockkeeper.limit.Chance;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Figures of a probe's last runs, with how often accident alone takes them as far from the
 * baseline. Large differences are told from the last runs, smaller ones from those of a longer
 * time: either is enough, and half of the false alarms is granted to each.
 */
record Compared(Reading p50, Reading p95) {
  /** Fewer tell nothing, however many there are now. */
  private static final int RUNS_BEFORE = 4;

  /** Runs held against the baseline, as often as the whole stage has others. */
  private record Looks(Optional<Shift> shift, long number) {
    Stream<Chance> chance(String figure) {
      return shift.stream().map(s -> s.chance(figure, 2 * Math.max(1, number)));
    }
  }

  /**
   * @param baseline its runs; none where they were not kept
   * @param lasts the whole stage
   * @param judged how far back figures look
   */
  static Compared of(List<Double> baseline, Recent now, Duration lasts, Duration judged) {
    List<Double> before = baseline.size() < RUNS_BEFORE ? List.of() : baseline;
    long looks = lasts.dividedBy(judged);
    Looks last = new Looks(Shift.of(before, now.seconds()), looks);
    Looks longer = new Looks(Shift.of(before, now.longer()), looks / Recent.LONGER);
    return new Compared(
        reading(now.p50(), "p50", last, longer), reading(now.p95(), "p95", last, longer));
  }

  private static Reading reading(
      Optional<Double> seconds, String figure, Looks last, Looks longer) {
    Optional<Chance> chance =
        Stream.concat(last.chance(figure), longer.chance(figure))
            .min(Comparator.comparingDouble(c -> c.value() / c.most()));
    return seconds
        .<Reading>map(value -> new Reading.Figure(value, "", chance))
        .orElseGet(() -> new Reading.Missing("no answer"));
  }
}
