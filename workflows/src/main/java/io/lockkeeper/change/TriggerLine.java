package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.limit.Metrics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A line of {@code rollback_if}: what it may name of a change. */
public final class TriggerLine {
  private TriggerLine() {}

  /**
   * One that a person writes while a change is observed.
   *
   * @throws IllegalArgumentException with what is wrong, for the person who wrote it
   */
  public static Limit parse(Change change, String text) {
    return Direction.mustNot(new LimitParser(scope(change.probes(), change.checks())).parse(text));
  }

  static MetricScope scope(List<Probe> probes, List<Check> checks) {
    Set<String> https = new HashSet<>();
    probes.stream().filter(Probe::isHttp).forEach(probe -> https.add(probe.name()));
    checks.stream().filter(Check::isHttp).forEach(check -> https.add(check.name()));
    Set<String> logs = new HashSet<>();
    checks.stream()
        .filter(check -> check.source() instanceof Check.Log)
        .map(Check::name)
        .forEach(logs::add);
    Set<String> names = new HashSet<>(probes.stream().map(Probe::name).toList());
    Set<String> ratios =
        new HashSet<>(probes.stream().filter(Probe::isRatio).map(Probe::name).toList());
    return Metrics.withRatios(Metrics.triggers(names, https, logs), ratios);
  }
}
