package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.probe.AgainstBaseline;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.Bound;
import io.lockkeeper.activities.probe.HeldToBaseline;
import io.lockkeeper.change.Probe;
import io.lockkeeper.step.Step.Baseline.Rounds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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
   *     replaced, and of two that something comes out of both: like is taken from like
   */
  void take(BaselineRecord baseline, Map<String, AgainstBaseline> compared) throws SQLException {
    List<Probe> worse = new ArrayList<>(place.allProbes());
    worse.removeIf(
        probe -> baseline.held(probe, compared).filter(HeldToBaseline::isWorse).isEmpty());
    Map<Probe, Bound> again = again(worse, compared);
    if (!again.isEmpty()) {
      new ProbeRounds(place.probes()::round, running, ROUNDS)
          .take(
              again,
              rounds -> {
                Map<String, AgainstBaseline> now = with(rounds, compared);
                return worse.stream()
                    .allMatch(
                        probe ->
                            baseline.held(probe, now).filter(HeldToBaseline::isTold).isPresent());
              })
          .forEach((name, all) -> compared.computeIfPresent(name, (n, one) -> one.with(all)));
    }
  }

  private Map<Probe, Bound> again(List<Probe> worse, Map<String, AgainstBaseline> compared) {
    Set<String> names = new HashSet<>();
    worse.forEach(probe -> names.add(probe.name()));
    while (addPartners(names)) {
      // One of them may be part of another pair.
    }
    Map<Probe, Bound> again = new LinkedHashMap<>();
    for (Probe probe : place.measured()) {
      Optional.ofNullable(names.contains(probe.name()) ? compared.get(probe.name()) : null)
          .ifPresent(one -> again.put(probe, one.before().bound(probe)));
    }
    return again;
  }

  private boolean addPartners(Set<String> names) {
    boolean added = false;
    for (Probe probe : place.allProbes()) {
      if (probe.source() instanceof Probe.Derived source
          && Stream.of(probe.name(), source.of(), source.by()).anyMatch(names::contains)) {
        added |= names.addAll(List.of(source.of(), source.by()));
      }
    }
    return added;
  }

  private static Map<String, AgainstBaseline> with(
      Map<String, List<List<Double>>> rounds, Map<String, AgainstBaseline> compared) {
    Map<String, AgainstBaseline> now = new HashMap<>(compared);
    rounds.forEach((name, all) -> now.computeIfPresent(name, (n, one) -> one.with(all)));
    return now;
  }
}
