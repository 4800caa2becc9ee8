package io.lockkeeper.change;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A change in its expanded form: every short form written out, every default in place, the keys
 * that stand for all environments merged into each.
 *
 * @param name {@code [a-z][a-z0-9-]{2,62}}
 * @param why one line for the people who sign
 * @param labels free, shown and searchable
 * @param probes in the order written, names unique
 * @param checks in the order written, names unique
 * @param through the flight, in order; never empty, names unique
 * @param next changes that this one unlocks, in the order written
 * @param followUp what is left to do once a promotion of it is over, in the order written; absent
 *     where there is nothing, so that such a change keeps the hash that it had in earlier versions
 */
public record Change(
    String name,
    String why,
    Risk risk,
    Engine engine,
    Map<String, String> labels,
    List<Probe> probes,
    List<Check> checks,
    List<EnvironmentPlan> through,
    List<Next> next,
    Optional<List<FollowUp>> followUp) {

  /**
   * A change that this one unlocks.
   *
   * @param text why, or what for; may be empty
   */
  public record Next(String change, String text) {

    /** For people: {@code more-indexes: when the table is small}. */
    public String sentence() {
      return text.isEmpty() ? change : change + ": " + text;
    }
  }

  /** As the author judges it; shown, and held against what the statements do. */
  public enum Risk {
    LOW,
    MEDIUM,
    HIGH
  }

  /** What kind of database the change is for. */
  public enum Engine {
    POSTGRESQL
  }

  public Change {
    labels = Map.copyOf(labels);
    probes = List.copyOf(probes);
    checks = List.copyOf(checks);
    through = List.copyOf(through);
    // Bundles of the first version unlock nothing.
    next = next == null ? List.of() : List.copyOf(next);
    followUp = followUp == null ? Optional.empty() : followUp.map(List::copyOf);
    if (through.isEmpty()) {
      throw new IllegalArgumentException("a change goes through at least one environment");
    }
  }

  /** None where the author wrote none. */
  public List<FollowUp> followUps() {
    return followUp.orElse(List.of());
  }

  /** The one at a place in its list, from 1. */
  public FollowUp followUp(int number) {
    return followUps().get(number - 1);
  }

  public Optional<EnvironmentPlan> environment(String environment) {
    return through.stream().filter(plan -> plan.environment().equals(environment)).findFirst();
  }

  /**
   * Whether the requests of a check are timed like those of a probe: a trigger names its figures.
   * The others only need an answer now and then.
   */
  public boolean times(Check check) {
    return check.source() instanceof Check.Http
        && through.stream()
            .flatMap(plan -> plan.rollbackIf().stream())
            .map(TriggerRule::limit)
            .anyMatch(
                limit ->
                    limit.matches("http." + check.name() + ".p95")
                        || limit.matches("http." + check.name() + ".error_rate"));
  }

  /** Probes that are taken in an environment, in the order written. */
  public List<Probe> probes(String environment) {
    return probes.stream().filter(probe -> probe.isFor(environment)).toList();
  }

  /** Checks that are made in an environment, in the order written. */
  public List<Check> checks(String environment) {
    return checks.stream().filter(check -> check.isFor(environment)).toList();
  }

  public Optional<Check> check(String name) {
    return checks.stream().filter(check -> check.name().equals(name)).findFirst();
  }

  public Optional<Probe> probe(String name) {
    return probes.stream().filter(probe -> probe.name().equals(name)).findFirst();
  }
}
