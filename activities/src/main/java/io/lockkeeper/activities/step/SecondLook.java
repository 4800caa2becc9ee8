package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.probe.AgainstBaseline;
import io.lockkeeper.activities.probe.Bound;
import io.lockkeeper.change.Probe;
import io.lockkeeper.step.Step.Baseline.Rounds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one go of runs finds worse than the baseline is looked at again, as a soak looks: in rounds,
 * until it can be told, for two minutes at most. One go sees only where the server is just then;
 * ADR 0017 counts how often that alone makes a query slower.
 */
final class SecondLook {
  private static final Rounds ROUNDS = new Rounds(Duration.ofMinutes(2), Duration.ofSeconds(5));

  private final Place place;
  private final Running running;

  SecondLook(Place place, Running running) {
    this.place = place;
    this.running = running;
  }

  /**
   * @param compared by probe, as one go of runs has measured them; those that are worse are
   *     replaced
   */
  void take(Map<String, AgainstBaseline> compared) throws SQLException {
    Map<Probe, Bound> worse = new LinkedHashMap<>();
    for (Probe probe : place.measured()) {
      AgainstBaseline one = compared.get(probe.name());
      if (one != null && one.isWorse()) {
        worse.put(probe, one.before().bound(probe));
      }
    }
    if (!worse.isEmpty()) {
      new ProbeRounds(place.probes()::round, running, ROUNDS)
          .take(worse, rounds -> areTold(worse, compared, rounds))
          .forEach((name, all) -> compared.computeIfPresent(name, (n, one) -> one.with(all)));
    }
  }

  private static boolean areTold(
      Map<Probe, Bound> worse,
      Map<String, AgainstBaseline> compared,
      Map<String, List<List<Double>>> rounds) {
    return worse.keySet().stream()
        .map(Probe::name)
        .allMatch(
            name ->
                Optional.ofNullable(compared.get(name))
                    .map(one -> one.with(rounds.getOrDefault(name, List.of())))
                    .filter(AgainstBaseline::isTold)
                    .isPresent());
  }
}
