package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.activities.probe.Wander;
import io.lockkeeper.limit.Chance;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Figures of a probe's last runs, with how often accident alone takes them as far from the
 * baseline. Large differences are told from the last rounds, smaller ones from those of a longer
 * time: either is enough, and half of the false alarms is granted to each.
 */
record Compared(Reading p50, Reading p95) {

  /** Rounds held against the baseline, as often as the whole stage has others. */
  private record Looks(Optional<Wander> wander, long number) {
    Stream<Chance> chance(String figure) {
      return wander.stream().map(w -> w.chance(figure, 2 * Math.max(1, number)));
    }
  }

  /**
   * @param baseline of no rounds where they were not kept
   * @param lasts the whole stage
   * @param judged how far back figures look
   */
  static Compared of(Levels baseline, Recent now, Duration lasts, Duration judged) {
    long looks = lasts.dividedBy(judged);
    Looks last = new Looks(Wander.of(baseline, Levels.of(now.rounds())), looks);
    Looks longer = new Looks(Wander.of(baseline, Levels.of(now.longer())), looks / Recent.LONGER);
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
