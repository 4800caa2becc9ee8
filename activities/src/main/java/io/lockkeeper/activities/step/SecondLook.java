package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.Bound;
import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.activities.probe.Shift;
import io.lockkeeper.activities.probe.Wander;
import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.step.Step.Baseline.Rounds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one go of runs finds worse than the baseline is looked at again, as a soak looks: in rounds,
 * until it can be told, for two minutes at most. One go sees only where the server is just then;
 * ADR 0017 counts how often that alone makes a query slower.
 */
final class SecondLook {
  private static final Rounds ROUNDS = new Rounds(Duration.ofMinutes(2), Duration.ofSeconds(5));

  /** So many tell that it is slower, where they all but agree. */
  private static final int WORSE = 3;

  /** So many tell that it is not, where they lie within the limit. */
  private static final int AS_GOOD = 6;

  /** They are held against the baseline after each round, which is much like the one before. */
  static final int LOOKS = 8;

  private final Place place;
  private final Running running;
  private final BaselineRecord baseline;
  private final Map<String, Measured> inOneGo;
  private final Map<String, List<List<Double>>> rounds = new HashMap<>();

  /**
   * @param inOneGo by probe
   */
  SecondLook(Place place, Running running, BaselineRecord baseline, Map<String, Measured> inOneGo) {
    this.place = place;
    this.running = running;
    this.baseline = baseline;
    this.inOneGo = inOneGo;
  }

  void take() throws SQLException {
    Map<Probe, Bound> worse = new LinkedHashMap<>();
    for (Probe probe : place.measured()) {
      if (isWorse(probe)) {
        worse.put(probe, before(probe).bound(probe));
      }
    }
    if (!worse.isEmpty()) {
      new ProbeRounds(place.probes()::round, running, ROUNDS)
          .take(worse, taken -> areEnough(worse, taken))
          .forEach(rounds::put);
    }
  }

  private boolean areEnough(Map<Probe, Bound> worse, Map<String, List<List<Double>>> taken) {
    taken.forEach((name, all) -> rounds.put(name, List.copyOf(all)));
    return worse.keySet().stream().allMatch(this::isTold);
  }

  private boolean isTold(Probe probe) {
    int taken = rounds.getOrDefault(probe.name(), List.of()).size();
    return (taken >= WORSE && isWorse(probe)) || (taken >= AS_GOOD && isAsGood(probe));
  }

  /** Rounds are held against rounds. */
  Optional<JudgedFigures> was(Probe probe) {
    ProbeBaseline before = before(probe);
    return (rounds.containsKey(probe.name()) ? before.figure() : before.inOneGo())
        .map(JudgedFigures::of);
  }

  /** As they were looked at last. */
  JudgedFigures now(Probe probe) {
    ProbeBaseline before = before(probe);
    Measured measured = Optional.ofNullable(inOneGo.get(probe.name())).orElseThrow();
    List<List<Double>> again = rounds.getOrDefault(probe.name(), List.of());
    return again.isEmpty()
        ? JudgedFigures.of(measured, Shift.of(before.runs(), measured.seconds()))
        : JudgedFigures.of(
            again,
            measured.rows(),
            Wander.of(Levels.of(before.asRounds()), Levels.of(again)),
            LOOKS);
  }

  /** Whether what a limit says held before, and does not hold now. */
  private boolean isWorse(Probe probe) {
    if (!inOneGo.containsKey(probe.name())) {
      return false;
    }
    Optional<JudgedFigures> was = was(probe);
    return was.isPresent()
        && relative(probe)
            .filter(limit -> was.get().judge(limit, was, 0).truth() == Truth.YES)
            .anyMatch(limit -> truth(probe, limit) == Truth.NO);
  }

  private boolean isAsGood(Probe probe) {
    return relative(probe).allMatch(limit -> truth(probe, limit) == Truth.YES);
  }

  private static Stream<Limit> relative(Probe probe) {
    return Comparison.limits(probe).stream().filter(Limit::needsBaseline);
  }

  private Truth truth(Probe probe, Limit limit) {
    return now(probe).judge(limit, was(probe), before(probe).noise()).truth();
  }

  private ProbeBaseline before(Probe probe) {
    return baseline.probe(probe.name()).orElseThrow();
  }
}
