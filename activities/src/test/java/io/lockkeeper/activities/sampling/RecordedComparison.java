package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.AgainstBaseline;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A query that was measured before a change and right after it, somewhere in the recording, judged
 * by the code that judges real ones: one go of 30 runs, and where that is worse rounds five seconds
 * apart.
 */
final class RecordedComparison {
  private static final Limit LIMIT = Limit.parse("p50 <= baseline + 20%");
  private static final double NOISE = 0.001;

  /** A quarter of an hour of rounds, ten seconds apart; the recording has one each five. */
  private static final int BASELINE = 2 * 86;

  /** In two minutes. */
  private static final int MOST_ROUNDS = 24;

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
    return inOneGo(true).isWorse();
  }

  /**
   * @param rounds whether the baseline has some
   */
  boolean isWorseAtTheSecondLook(boolean rounds) {
    AgainstBaseline compared = inOneGo(rounds);
    if (!compared.isWorse()) {
      return false;
    }
    List<List<Double>> again = new ArrayList<>();
    while (again.size() < MOST_ROUNDS && !compared.isTold()) {
      again.add(slowed(noise.round(after + again.size())));
      compared = compared.with(again);
    }
    return compared.isWorse();
  }

  private AgainstBaseline inOneGo(boolean rounds) {
    List<Double> runs = noise.rounds().get(before);
    ProbeFigure figure =
        new ProbeFigure(
            "q", runs.size(), Timings.p50(runs), Timings.p95(runs), 1, Optional.empty(), List.of());
    ProbeBaseline baseline =
        new ProbeBaseline(Optional.of(figure), Map.of(), Map.of(), NOISE, true, runs, List.of());
    List<Double> now = slowed(noise.rounds().get(after));
    return new AgainstBaseline(
        rounds ? baseline.with(rounds()) : baseline,
        List.of(LIMIT),
        new Measured(now, 1, Optional.empty(), "", List.of(), 0, Optional.empty()),
        List.of());
  }

  private List<List<Double>> rounds() {
    List<List<Double>> rounds = new ArrayList<>();
    for (int round = before + 1; round < before + BASELINE; round += 2) {
      rounds.add(noise.round(round));
    }
    return rounds;
  }

  private List<Double> slowed(List<Double> runs) {
    return runs.stream().map(run -> run * slower).toList();
  }
}
