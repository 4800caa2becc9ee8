package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.limit.TriggerFold;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FlightPlanner;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Baseline.Rounds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A soak of 24 hours on recorded rounds, planned and judged by the code that plans and judges real
 * ones. The baseline is a stretch of the recording as it was; the soak is made of other stretches
 * of ten minutes, each in its own order, so that what is alike stays together.
 */
final class RecordedSoak {
  static final String P50 = "probe.q.p50";
  static final String P95 = "probe.q.p95";

  private static final Duration STRETCH = Duration.ofMinutes(10);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** What the baseline is, and what counts as one observation. */
  enum Judging {
    /** As the engine does it. */
    ROUNDS,
    /** Rounds are held against thirty runs in one go. */
    ONE_GO,
    /** Those, and each run is an observation of its own. */
    EACH_RUN,
    /** The figure decides, whatever it rests on. */
    FIGURE_ALONE
  }

  private static final Flight FLIGHT = flight();
  private static final StagePlan.Soak STAGE = (StagePlan.Soak) FLIGHT.stages().get(1);
  static final Duration LASTS = STAGE.lasts();

  /** How the flight wants the baseline to be taken. */
  static final Rounds BASELINE =
      FLIGHT.deploy("dev").steps().stream()
          .filter(Step.Baseline.class::isInstance)
          .map(Step.Baseline.class::cast)
          .findFirst()
          .flatMap(Step.Baseline::rounds)
          .orElseThrow();

  private final RecordedNoise noise;
  private final Judging judging;
  private final Random chance;
  private final ProbeBaseline before;
  private final int from;
  private final int to;

  /**
   * @param floor the probe's {@code noise}
   */
  RecordedSoak(RecordedNoise noise, Duration floor, Judging judging, long seed) {
    this.noise = noise;
    this.judging = judging;
    this.chance = new Random(seed);
    int length = RecordedNoise.steps(BASELINE.lasts());
    this.from = chance.nextInt(noise.rounds().size() - length + 1);
    this.to = from + length;
    this.before = baseline(floor.toNanos() / 1e9);
  }

  private static Flight flight() {
    Bundle bundle =
        Changes.of(
            """
            change: noise
            why: What is judged on an hour of noise
            probes:
              q: SELECT 1
            rollback_if:
              - probe.q.p50 > baseline + 20%
              - probe.q.p95 > baseline + 20%
            through:
              - dev: { rehearse: false, soak: 24h }
            """,
            "sql/10_index.sql", "CREATE INDEX CONCURRENTLY i ON t (c);");
    TargetFacts target =
        new TargetFacts("it", "postgresql", Optional.empty(), Optional.empty(), Optional.empty());
    EnvironmentFacts dev = new EnvironmentFacts("dev", false, true, List.of(target));
    return FlightPlanner.plan(bundle, Map.of("dev", dev), Overrides.NONE, List.of());
  }

  private ProbeBaseline baseline(double floor) {
    List<Double> runs = noise.rounds().get(from);
    ProbeFigure figure =
        new ProbeFigure(
            "q",
            runs.size(),
            Timings.p50(runs),
            Timings.p95(runs),
            1,
            Optional.of("plan"),
            List.of());
    ProbeBaseline oneGo =
        new ProbeBaseline(Optional.of(figure), Map.of(), Map.of(), floor, true, runs, List.of());
    List<List<Double>> taken = new ArrayList<>();
    int every = RecordedNoise.steps(BASELINE.every());
    for (int round = from; round + every <= to; round += every) {
      taken.add(noise.round(round));
    }
    return judging == Judging.ROUNDS ? oneGo.with(taken) : oneGo;
  }

  private static BaselineRecord record(ProbeBaseline probe) {
    BaselineRecord none = BaselineRecord.NONE;
    return new BaselineRecord(
        Map.of("q", probe),
        none.requests(),
        none.live(),
        none.results(),
        none.logs(),
        none.indexes(),
        none.derived(),
        none.settings(),
        none.kept());
  }

  private List<List<Double>> observed() {
    return switch (judging) {
      case ROUNDS, ONE_GO -> before.asRounds();
      case EACH_RUN -> before.runs().stream().map(List::of).toList();
      case FIGURE_ALONE -> List.of();
    };
  }

  /**
   * @param slower by how much all times are multiplied
   * @return when which limit was breached; those that were not are absent
   */
  Map<String, Duration> breaches(double slower) {
    TriggerFold fold = new TriggerFold(STAGE.triggers(), record(before).baselines(), START);
    Levels held = Levels.of(observed());
    Recent recent = new Recent(STAGE.judged());
    Map<String, Duration> breaches = new LinkedHashMap<>();
    List<TriggerState> states = List.of();
    int round = 0;
    int left = 0;
    int step = RecordedNoise.steps(STAGE.probeInterval());
    Instant end = START.plus(STAGE.lasts());
    for (Instant at = START; !at.isAfter(end); at = at.plus(STAGE.probeInterval())) {
      if (left == 0) {
        left = (int) STRETCH.dividedBy(STAGE.probeInterval());
        round = stretch();
      }
      add(recent, at, noise.round(round), slower);
      recent.forget(at);
      Compared compared = Compared.of(held, recent, STAGE.lasts(), STAGE.judged());
      Map<String, Reading> readings = Map.of(P50, compared.p50(), P95, compared.p95());
      states = fold.next(states, at, readings);
      for (TriggerState state : states) {
        if (state.phase() == Phase.BREACH) {
          breaches.putIfAbsent(state.metric(), Duration.between(START, at));
        }
      }
      if (breaches.size() == readings.size()) {
        return breaches;
      }
      round += step;
      left--;
    }
    return breaches;
  }

  private void add(Recent recent, Instant at, List<Double> runs, double slower) {
    for (int run = 0; run < runs.size(); run++) {
      Instant moment = judging == Judging.EACH_RUN ? at.plusMillis(run) : at;
      recent.add(moment, runs.get(run) * slower);
    }
  }

  /** Where ten minutes begin that the baseline has no part in. */
  private int stretch() {
    int length = RecordedNoise.steps(STRETCH);
    int last = noise.rounds().size() - length;
    int start = chance.nextInt(last + 1);
    while (start < to && start + length > from) {
      start = chance.nextInt(last + 1);
    }
    return start;
  }
}
