package io.lockkeeper.api.policy;

import io.lockkeeper.api.policy.Policy.EnvironmentRule;
import io.lockkeeper.api.policy.Policy.Person;
import io.lockkeeper.api.policy.Policy.StatementRule;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.finding.FindingsException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.lint.Hazard;
import io.lockkeeper.yaml.KeySet;
import io.lockkeeper.yaml.YamlFile;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads policy.yaml. */
public final class PolicyFile {
  private static final String FOREVER = "forever";
  private static final Duration SHORTEST = Duration.ofDays(1);

  private static final KeySet FILE = KeySet.of("the policy file").key("policy", "mapping").build();
  private static final KeySet POLICY =
      KeySet.of("a policy")
          .key("environments", "mapping")
          .key("keep_series", "duration or forever")
          .key("people", "list")
          .key("statements", "mapping")
          .later("channels")
          .build();
  private static final KeySet ENVIRONMENT =
      KeySet.of("an environment's rule")
          .key("min_soak", "duration")
          .key("roles", "list of roles")
          .key("rehearsal_required", "true or false")
          .later("max_lock", "window_required", "valid_for")
          .build();
  private static final KeySet STATEMENTS =
      KeySet.of("statements")
          .key("refuse", "list of codes")
          .key("needs_dba", "list of codes")
          .build();
  private static final KeySet PERSON =
      KeySet.of("a person")
          .key("name", "text")
          .key("roles", "list of roles")
          .key("contact", "address")
          .build();

  private PolicyFile() {}

  /**
   * @param name of the file, for findings
   * @throws FindingsException where something is wrong
   */
  public static Policy read(String name, String text) {
    Findings findings = new Findings();
    Policy policy =
        YamlFile.read(name, text, findings)
            .flatMap(root -> root.map(FILE).require("policy"))
            .map(value -> policy(value.map(POLICY)))
            .orElse(Policy.NONE);
    findings.refuseErrors();
    return policy;
  }

  private static Policy policy(YamlMap map) {
    Map<String, EnvironmentRule> rules = new LinkedHashMap<>();
    map.get("environments")
        .ifPresent(value -> value.entries().forEach((name, rule) -> rules.put(name, rule(rule))));
    List<Person> people = new ArrayList<>();
    map.get("people")
        .ifPresent(value -> value.list().forEach(item -> person(item).ifPresent(people::add)));
    return new Policy(
        people,
        rules,
        map.get("statements")
            .map(value -> statements(value.map(STATEMENTS)))
            .orElse(StatementRule.NONE),
        map.get("keep_series")
            .flatMap(value -> value.parsed("not-a-duration", PolicyFile::keepSeries))
            .orElse(Optional.of(Policy.KEEP_SERIES)));
  }

  private static Optional<Duration> keepSeries(String text) {
    if (text.equals(FOREVER)) {
      return Optional.empty();
    }
    Duration keep = Durations.parse(text);
    if (keep.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "series kept for "
              + text
              + " are gone before anybody reads them: write 1d or more, or "
              + FOREVER);
    }
    return Optional.of(keep);
  }

  private static StatementRule statements(YamlMap map) {
    return new StatementRule(codes(map, "refuse"), codes(map, "needs_dba"));
  }

  private static Set<String> codes(YamlMap map, String key) {
    List<String> known = Arrays.stream(Hazard.values()).map(Hazard::code).toList();
    Set<String> codes = new HashSet<>();
    for (YamlValue item : map.get(key).map(YamlValue::listOrOne).orElse(List.of())) {
      item.oneOf(known).ifPresent(codes::add);
    }
    return codes;
  }

  private static EnvironmentRule rule(YamlValue value) {
    YamlMap map = value.map(ENVIRONMENT);
    return new EnvironmentRule(
        map.get("min_soak").flatMap(v -> v.parsed("not-a-duration", Durations::parse)),
        roles(map),
        map.get("rehearsal_required").flatMap(YamlValue::bool).orElse(false));
  }

  private static Optional<Person> person(YamlValue value) {
    YamlMap map = value.map(PERSON);
    return map.require("name")
        .flatMap(YamlValue::text)
        .map(
            name ->
                new Person(
                    name, roles(map), map.get("contact").flatMap(YamlValue::text).orElse("")));
  }

  private static Set<String> roles(YamlMap map) {
    return new HashSet<>(map.get("roles").map(YamlValue::texts).orElse(List.of()));
  }
}
