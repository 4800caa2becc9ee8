package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.activities.probe.Wander;
import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Chance;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

  /** What two of them come to, as long as both have figures. */
  static Reading derived(Probe.Derived source, @Nullable Reading of, @Nullable Reading by) {
    if (of instanceof Reading.Figure first && by instanceof Reading.Figure second) {
      Optional<Chance> chance = Chance.ofBoth(first.chance(), second.chance());
      return new Reading.Figure(source.apply(first.value(), second.value()), "", chance);
    }
    String without = of instanceof Reading.Figure ? source.by() : source.of();
    return new Reading.Missing(without + " has no figure");
  }

  private static Reading reading(
      Optional<Double> seconds, String figure, Looks last, Looks longer) {
    Optional<Chance> chance =
        Chance.bestTold(Stream.concat(last.chance(figure), longer.chance(figure)));
    return seconds
        .<Reading>map(value -> new Reading.Figure(value, "", chance))
        .orElseGet(() -> new Reading.Missing("no answer"));
  }
}
