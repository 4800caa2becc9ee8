package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.activities.probe.ProbeRunner;
import io.lockkeeper.activities.probe.Shift;
import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.activities.probe.Wander;
import io.lockkeeper.limit.Chance;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * A query that was measured before a change and right after it, somewhere in the recording, judged
 * as {@code SecondLook} judges: one go of 30 runs, and where that is worse rounds five seconds
 * apart.
 */
final class RecordedComparison {
  private static final Limit LIMIT = Limit.parse("p50 <= baseline + 20%");
  private static final double NOISE = 0.001;

  /** A quarter of an hour of rounds, ten seconds apart; the recording has one each five. */
  private static final int BASELINE = 2 * 86;

  private static final int WORSE = 3;
  private static final int AS_GOOD = 6;
  private static final int MOST_ROUNDS = 24;
  private static final int LOOKS = 8;

  private final RecordedNoise noise;
  private final double slower;
  private final int before;
  private final int after;

  RecordedComparison(RecordedNoise noise, Random chance, double slower) {
    this.noise = noise;
    int all = noise.rounds().size();
    this.slower = slower;
    this.before = chance.nextInt(all - BASELINE - 2 * MOST_ROUNDS);
    int first = before + BASELINE + 1;
    this.after = first + chance.nextInt(all - first - MOST_ROUNDS);
  }

  boolean isWorseInOneGo() {
    List<Double> was = noise.rounds().get(before);
    List<Double> now = slowed(noise.rounds().get(after));
    Optional<Chance> chance = Shift.of(was, now).flatMap(shift -> shift.told("p50"));
    return truth(was, now, chance) == Truth.NO;
  }

  boolean isWorseAtTheSecondLook(boolean rounds) {
    if (!isWorseInOneGo()) {
      return false;
    }
    List<List<Double>> was = rounds ? rounds() : parts();
    List<Double> seconds =
        rounds ? was.stream().flatMap(List::stream).toList() : noise.rounds().get(before);
    List<List<Double>> now = new ArrayList<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      now.add(slowed(noise.round(after + round)));
      Optional<Chance> chance =
          Wander.of(Levels.of(was), Levels.of(now)).map(wander -> wander.chance("p50", LOOKS));
      Truth truth = truth(seconds, now.stream().flatMap(List::stream).toList(), chance);
      if (now.size() >= WORSE && truth == Truth.NO) {
        return true;
      }
      if (now.size() >= AS_GOOD && truth == Truth.YES) {
        return false;
      }
    }
    return false;
  }

  private List<List<Double>> rounds() {
    List<List<Double>> rounds = new ArrayList<>();
    for (int round = before + 1; round < before + BASELINE; round += 2) {
      rounds.add(noise.round(round));
    }
    return rounds;
  }

  private List<List<Double>> parts() {
    List<Double> runs = noise.rounds().get(before);
    List<List<Double>> parts = new ArrayList<>();
    for (int end = ProbeRunner.ROUND; end <= runs.size(); end += ProbeRunner.ROUND) {
      parts.add(runs.subList(end - ProbeRunner.ROUND, end));
    }
    return parts;
  }

  private List<Double> slowed(List<Double> runs) {
    return runs.stream().map(run -> run * slower).toList();
  }

  private static Truth truth(List<Double> was, List<Double> now, Optional<Chance> chance) {
    return LimitJudge.judge(
            LIMIT,
            "p50",
            new Reading.Figure(Timings.p50(now), "", chance),
            OptionalDouble.of(Timings.p50(was)),
            NOISE)
        .truth();
  }
}
