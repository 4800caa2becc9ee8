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
 * until it can be told, for two minutes, or longer where they hold too few rounds. One go sees only
 * where the server is just then; ADR 0017 counts how often that alone makes a query slower.
 */
final class SecondLook {
  private final Place place;
  private final Running running;
  private final Patience patience;

  SecondLook(Place place, Running running, Patience patience) {
    this.place = place;
    this.running = running;
    this.patience = patience;
  }

  /**
   * How long it looks where the rounds do not tell before.
   *
   * @param lasts where there are rounds enough
   * @param atMost where there are not: the slower a change made things, the longer a round takes
   * @param every from the beginning of a round to that of the next, where it is over by then
   */
  record Patience(Duration lasts, Duration atMost, Duration every) {
    static final Patience USUAL =
        new Patience(Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofSeconds(5));
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
      long over = System.nanoTime() + patience.lasts().minus(patience.every()).toNanos();
      new ProbeRounds(
              place.probes()::round, running, new Rounds(patience.atMost(), patience.every()))
          .take(
              again,
              rounds -> {
                boolean late = System.nanoTime() - over > 0;
                Map<String, AgainstBaseline> now = with(rounds, compared);
                return worse.stream()
                    .map(probe -> baseline.held(probe, now).orElseThrow())
                    .allMatch(held -> held.isTold() || (late && !held.isSeenTooSeldom()));
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
