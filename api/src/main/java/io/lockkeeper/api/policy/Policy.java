package io.lockkeeper.api.policy;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * House rules: a change can tighten them, never loosen them.
 *
 * @param people empty where the policy lists nobody, so that tokens stand alone
 * @param environments rules by environment
 * @param statements rules about what statements do
 * @param keepSeries how long series are kept after they were sampled; absent is for ever
 */
public record Policy(
    List<Person> people,
    Map<String, EnvironmentRule> environments,
    StatementRule statements,
    Optional<Duration> keepSeries) {
  /** A year, and time to look back on it. */
  public static final Duration KEEP_SERIES = Duration.ofDays(400);

  /** No rules: roles of tokens stand alone. */
  public static final Policy NONE = new Policy(List.of(), Map.of());

  /**
   * Codes of findings.
   *
   * @param refuse that are errors here, whatever they are elsewhere
   * @param needsDba for which a DBA signs
   */
  public record StatementRule(Set<String> refuse, Set<String> needsDba) {
    /** Findings stay what they are. */
    public static final StatementRule NONE = new StatementRule(Set.of(), Set.of());

    public StatementRule {
      refuse = Set.copyOf(refuse);
      needsDba = Set.copyOf(needsDba);
    }

    /** A finding as this house takes it. */
    public Finding judge(Finding finding) {
      return finding.severity() == Severity.ERROR || !refuse.contains(finding.code())
          ? finding
          : new Finding(
              finding.code(),
              Severity.ERROR,
              finding.file(),
              finding.line(),
              finding.column(),
              finding.message() + ". The policy refuses it (statements.refuse)",
              finding.hazard(),
              finding.safeWay(),
              finding.fix());
    }
  }

  /** Somebody with roles. */
  public record Person(String name, Set<String> roles, String contact) {
    public Person {
      roles = Set.copyOf(roles);
    }
  }

  /**
   * What an environment asks for at least.
   *
   * @param minSoak how long a change soaks before it
   * @param roles that sign for it
   * @param rehearsalRequired whether the way back is rehearsed in the environment before it
   */
  public record EnvironmentRule(
      Optional<Duration> minSoak, Set<String> roles, boolean rehearsalRequired) {
    public EnvironmentRule {
      roles = Set.copyOf(roles);
    }
  }

  /** Without rules about statements. */
  public Policy(List<Person> people, Map<String, EnvironmentRule> environments) {
    this(people, environments, StatementRule.NONE);
  }

  /** Where nothing is said about series. */
  public Policy(
      List<Person> people, Map<String, EnvironmentRule> environments, StatementRule statements) {
    this(people, environments, statements, Optional.of(KEEP_SERIES));
  }

  public Policy {
    people = List.copyOf(people);
    environments = Map.copyOf(environments);
  }

  /** A person's roles; nothing where the policy lists nobody. Who is not listed has none. */
  public Optional<Set<String>> rolesOf(String person) {
    if (people.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        people.stream()
            .filter(p -> p.name().equals(person))
            .findFirst()
            .map(Person::roles)
            .orElse(Set.of()));
  }

  /** Environments before which the way back is rehearsed. */
  public Set<String> rehearsedBefore() {
    return environments.entrySet().stream()
        .filter(rule -> rule.getValue().rehearsalRequired())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether somebody of that name is listed, or nobody is. */
  public boolean knows(String person) {
    return people.isEmpty() || people.stream().anyMatch(p -> p.name().equals(person));
  }

  /** Whether somebody other than the requester could sign for a role. */
  public boolean couldSign(String role, Set<String> barred) {
    return people.isEmpty()
        || people.stream().anyMatch(p -> p.roles().contains(role) && !barred.contains(p.name()));
  }
}
