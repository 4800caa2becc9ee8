package io.lockkeeper.activities.step;

import io.lockkeeper.activities.figures.EnvironmentFigures;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.probe.CheckRunner;
import io.lockkeeper.activities.probe.ProbeRunner;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.FollowUp;
import io.lockkeeper.change.Probe;
import io.lockkeeper.change.Section;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Written;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where a step is done, and with what.
 *
 * @param adjusted what people changed of the sections' rules up to now
 * @param figures beside those of the target
 * @param bundles where the change is read from; a way back reads nothing there
 */
public record Place(
    StepOrder order,
    long scheduled,
    int attempt,
    EnvironmentSettings environment,
    Target target,
    Bundles bundles,
    HttpRequests requests,
    EnvironmentFigures figures,
    Blobs blobs,
    Supplier<Adjustment> adjusted) {

  Bundle bundle() {
    return bundles.get(order.work().change());
  }

  /** What the change does in this environment. */
  EnvironmentPlan plan() {
    return bundle()
        .change()
        .environment(environment.name())
        .orElseThrow(
            () -> new NoSuchElementException("the change does not go to " + environment.name()));
  }

  /** Probes of this environment; of a follow-up that names some, those. */
  List<Probe> allProbes() {
    List<Probe> all = bundle().change().probes(environment.name());
    List<String> named = named();
    return named.isEmpty() ? all : all.stream().filter(p -> named.contains(p.name())).toList();
  }

  private List<String> named() {
    return followUp()
        .map(FollowUp::task)
        .filter(FollowUp.OfProbes.class::isInstance)
        .map(task -> ((FollowUp.OfProbes) task).probes())
        .orElse(List.of());
  }

  /** Whether the promotion is over. */
  boolean isFollowUp() {
    return followUp().isPresent();
  }

  /** What is followed up here; absent while the promotion is not over. */
  private Optional<FollowUp> followUp() {
    Optional<Written> of = Optional.empty();
    if (order.step() instanceof Step.Sql sql) {
      of = Optional.of(sql.of());
    } else if (order.step() instanceof Step.Check check) {
      of = Optional.of(check.of());
    } else if (order.step() instanceof Step.Compare compare) {
      of = compare.of();
    }
    return of.filter(written -> written.at() == Written.At.FOLLOW_UP)
        .map(written -> bundle().change().followUp(written.number()));
  }

  /** A step that the author wrote: of this environment, or of what follows the promotion. */
  WrittenStep written(Written of) {
    return of.at() == Written.At.FOLLOW_UP
        ? bundle()
            .change()
            .followUp(of.number())
            .step()
            .orElseThrow(() -> new NoSuchElementException("no step of " + of.name()))
        : plan().written().get(of);
  }

  /** Those that are measured: the others come out of these. */
  List<Probe> measured() {
    List<Probe> wanted = allProbes();
    Set<String> parts = new HashSet<>();
    for (Probe probe : wanted) {
      if (probe.source() instanceof Probe.Derived derived) {
        parts.add(derived.of());
        parts.add(derived.by());
      }
    }
    return bundle().change().probes(environment.name()).stream()
        .filter(probe -> wanted.contains(probe) || parts.contains(probe.name()))
        .filter(probe -> !probe.isDerived())
        .toList();
  }

  /** Checks of this environment. */
  List<Check> allChecks() {
    return bundle().change().checks(environment.name());
  }

  String promotion() {
    return order.work().promotion();
  }

  /** The attempt, as the fence knows it. */
  Work work() {
    return new Work(promotion(), order.step().name(), scheduled, attempt, Map.of());
  }

  /** As {@link #work}, with the change's settings of the session. */
  Work workWithSettings() {
    return new Work(promotion(), order.step().name(), scheduled, attempt, plan().settings());
  }

  /**
   * How a section is applied here, as people wanted it when the step was ordered; the one that the
   * engine adds has the usual rules.
   */
  SectionRules rules(String section) {
    return rules(section, order.adjusted());
  }

  /** As {@link #rules(String)}, with what people changed since: it asks the promotion. */
  SectionRules rulesNow(String section) {
    return rules(section, adjusted.get());
  }

  private SectionRules rules(String section, Adjustment gentler) {
    return plan().sections().stream()
        .filter(s -> s.name().equals(section))
        .findFirst()
        .map(Section::rules)
        .map(gentler::of)
        .orElseGet(() -> gentler.of(SectionRules.USUAL));
  }

  /** Whether the section's author says that it, or taking it back, may lose data. */
  boolean losesData(String section) {
    return plan().sections().stream().anyMatch(s -> s.name().equals(section) && s.losesData());
  }

  ProbeRunner probes() {
    return new ProbeRunner(target, requests);
  }

  CheckRunner checks() {
    return new CheckRunner(environment, target, requests);
  }

  /** Name of an attachment that is unique in the promotion. */
  String attachment(String name) {
    String of = followUp().map(followUp -> "-" + followUp.name()).orElse("");
    return order.work().stage() + of + "-" + name;
  }
}
