package io.lockkeeper.change;

import io.lockkeeper.change.Probe.Derived;
import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.step.Written;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds names of probes, checks and environments that lead nowhere, once all are read. */
final class NameLint {
  private final YamlMap top;

  NameLint(YamlMap top) {
    this.top = top;
  }

  void check(
      List<Probe> probes,
      List<Check> checks,
      List<EnvironmentPlan> through,
      List<FollowUp> followUps) {
    Set<String> environments = new HashSet<>();
    through.forEach(plan -> environments.add(plan.environment()));
    probes.forEach(probe -> only("probes", probe.name(), probe.only(), environments));
    checks.forEach(check -> only("checks", check.name(), check.only(), environments));
    Map<String, Probe> byName = new HashMap<>();
    probes.forEach(probe -> byName.put(probe.name(), probe));
    probes.forEach(probe -> derived(probe, byName, environments));
    checks.forEach(check -> prechecks(check, through));
    Set<String> named = named(through, followUps);
    checks.stream()
        .filter(check -> check.when().isEmpty() && !named.contains(check.name()))
        .forEach(
            check ->
                error(
                    "checks",
                    check.name(),
                    "never-made",
                    "when is empty, and nothing names it: it would never be made"));
  }

  /** Checks that something makes by their names. */
  private static Set<String> named(List<EnvironmentPlan> through, List<FollowUp> followUps) {
    Set<String> named = new HashSet<>();
    for (EnvironmentPlan plan : through) {
      plan.sections().forEach(section -> named.addAll(section.rules().checks()));
      Stream.of(Written.At.values())
          .flatMap(at -> plan.written().at(at).stream())
          .filter(WrittenStep.OfCheck.class::isInstance)
          .forEach(step -> named.add(((WrittenStep.OfCheck) step).check()));
      plan.precheck().stream()
          .filter(Precheck.OfCheck.class::isInstance)
          .forEach(precheck -> named.add(((Precheck.OfCheck) precheck).check()));
    }
    followUps.stream()
        .map(FollowUp::task)
        .filter(FollowUp.OfCheck.class::isInstance)
        .forEach(task -> named.add(((FollowUp.OfCheck) task).check()));
    return named;
  }

  private void only(String kind, String name, List<String> only, Set<String> environments) {
    for (String environment : only) {
      // Without one all of through is wrong, and that is told.
      if (!environments.isEmpty() && !environments.contains(environment)) {
        error(
            kind,
            name,
            "unknown-environment",
            "the change does not go through \""
                + environment
                + "\""
                + Suggestion.didYouMean(environment, environments));
      }
    }
  }

  private void derived(Probe probe, Map<String, Probe> probes, Set<String> environments) {
    if (!(probe.source() instanceof Derived derived)) {
      return;
    }
    for (String name : List.of(derived.of(), derived.by())) {
      Probe other = probes.get(name);
      if (other == null) {
        error(
            "probes",
            probe.name(),
            "unknown-probe",
            "there is no probe \"" + name + "\"" + Suggestion.didYouMean(name, probes.keySet()));
      } else if (other.isDerived()) {
        error(
            "probes",
            probe.name(),
            "unknown-probe",
            "\"" + name + "\" is made of two others itself: name probes that are measured");
      } else if (environments.stream().anyMatch(e -> probe.isFor(e) && !other.isFor(e))) {
        error(
            "probes",
            probe.name(),
            "only-elsewhere",
            "\"" + name + "\" is not taken in all environments of this one: give both one only");
      }
    }
  }

  /** A precheck that names a check which is not made there would hold by itself. */
  private void prechecks(Check check, List<EnvironmentPlan> through) {
    for (EnvironmentPlan plan : through) {
      boolean named =
          plan.precheck().stream()
              .anyMatch(p -> p instanceof Precheck.OfCheck of && of.check().equals(check.name()));
      if (named && !check.isFor(plan.environment())) {
        error(
            "checks",
            check.name(),
            "only-elsewhere",
            "a precheck of " + plan.environment() + " names it: let only say so");
      }
      if (named && check.source() instanceof Check.Kept) {
        error(
            "checks",
            check.name(),
            "misplaced-check",
            "a precheck names it, and there is nothing to compare with before the change");
      }
    }
  }

  private void error(String kind, String name, String code, String message) {
    Optional<YamlValue> value =
        top.get(kind).filter(YamlValue::isMap).map(YamlValue::entries).map(all -> all.get(name));
    value.ifPresent(found -> found.error(code, message));
  }
}
