package io.lockkeeper.plan;

import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.change.SignOffRule;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.stage.StagePlan.SectionWaits;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.Written.At;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Lays out the flight of a change through environments. Pure. */
public final class FlightPlanner {
  private final Bundle bundle;
  private final Change change;
  private final Map<String, EnvironmentFacts> facts;
  private final Overrides overrides;
  private final Set<String> rehearsedBefore;

  private FlightPlanner(
      Bundle bundle,
      Map<String, EnvironmentFacts> facts,
      Overrides overrides,
      Set<String> rehearsedBefore) {
    this.bundle = bundle;
    this.change = bundle.change();
    this.facts = facts;
    this.overrides = overrides;
    this.rehearsedBefore = rehearsedBefore;
  }

  /**
   * @param facts of the environments that have a worker, by name
   * @param selected environments to go through, a subset of the change's; empty for all
   * @throws FlightRefused where an environment is unknown, a target is missing, or times may not be
   *     shortened
   */
  public static Flight plan(
      Bundle bundle,
      Map<String, EnvironmentFacts> facts,
      Overrides overrides,
      List<String> selected) {
    return plan(bundle, facts, overrides, selected, Set.of());
  }

  /**
   * As above.
   *
   * @param rehearsedBefore environments that are not reached before the way back was rehearsed in
   *     the one before them, whichever place that has
   */
  public static Flight plan(
      Bundle bundle,
      Map<String, EnvironmentFacts> facts,
      Overrides overrides,
      List<String> selected,
      Set<String> rehearsedBefore) {
    FlightPlanner planner = new FlightPlanner(bundle, facts, overrides, rehearsedBefore);
    return planner.plan(planner.select(selected));
  }

  private List<EnvironmentPlan> select(List<String> selected) {
    for (String name : selected) {
      if (change.environment(name).isEmpty()) {
        throw new FlightRefused(
            "the change does not go through \""
                + name
                + "\"; it goes through "
                + change.through().stream()
                    .map(EnvironmentPlan::environment)
                    .collect(Collectors.joining(", ")));
      }
    }
    return change.through().stream()
        .filter(plan -> selected.isEmpty() || selected.contains(plan.environment()))
        .toList();
  }

  private Flight plan(List<EnvironmentPlan> plans) {
    List<StagePlan> stages = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      EnvironmentPlan plan = plans.get(i);
      EnvironmentFacts environment = facts(plan.environment());
      String target = target(plan, environment);
      plan.signOff().ifPresent(rule -> stages.add(signOff(plan, target, rule)));
      boolean asked = i == 0 || rehearsesFor(plans, i + 1);
      boolean rehearse = plan.rehearse().orElse(asked && !environment.production());
      ObservationLayout observation = new ObservationLayout(change, plan, target, overrides);
      stages.add(deploy(plan, target, rehearse, observation));
      stages.addAll(observation.soaks());
      stages.addAll(observation.watches());
    }
    boolean shortened = shortens(plans);
    if (shortened) {
      refuseOutsideSandbox(plans);
    }
    return new Flight(stages, shortened, FollowUpLayout.of(change, plans, overrides));
  }

  private boolean rehearsesFor(List<EnvironmentPlan> plans, int next) {
    return next < plans.size() && rehearsedBefore.contains(plans.get(next).environment());
  }

  /** Whether the overrides meet something: those that do not change nothing and need no sandbox. */
  private boolean shortens(List<EnvironmentPlan> plans) {
    boolean soaks = plans.stream().anyMatch(plan -> !plan.soak().isEmpty());
    boolean watches =
        plans.stream().anyMatch(plan -> !plan.watch().isEmpty() || plan.recovery().isPresent());
    boolean follows = !FollowUpLayout.of(change, plans, overrides).isEmpty();
    return (overrides.soak().isPresent() && soaks)
        || (overrides.followUp().isPresent() && follows)
        || (overrides.watch().isPresent() && watches)
        || (overrides.sample().isPresent() && (soaks || watches));
  }

  private EnvironmentFacts facts(String environment) {
    EnvironmentFacts found = facts.get(environment);
    if (found == null) {
      throw new FlightRefused(
          "no worker has announced the environment \""
              + environment
              + "\"; announced are "
              + (facts.isEmpty() ? "none" : String.join(", ", facts.keySet()))
              + ". Start its worker, or choose other environments");
    }
    return found;
  }

  private static String target(EnvironmentPlan plan, EnvironmentFacts environment) {
    List<String> names = environment.targets().stream().map(TargetFacts::name).toList();
    Optional<String> wanted = plan.target();
    if (wanted.isPresent() && !names.contains(wanted.get())) {
      throw new FlightRefused(
          plan.environment() + " has no target \"" + wanted.get() + "\"; it has " + names);
    }
    if (wanted.isEmpty() && names.size() != 1) {
      throw new FlightRefused(
          plan.environment()
              + " has the targets "
              + names
              + ": name one with target in the change");
    }
    return wanted.orElseGet(() -> names.get(0));
  }

  private void refuseOutsideSandbox(List<EnvironmentPlan> plans) {
    List<String> real =
        plans.stream()
            .map(EnvironmentPlan::environment)
            .filter(name -> !facts(name).sandbox())
            .toList();
    if (!real.isEmpty()) {
      throw new FlightRefused(
          "times may be shortened and windows skipped only in sandboxes, and "
              + String.join(", ", real)
              + " is none. Start without overrides");
    }
  }

  private static StagePlan.SignOff signOff(EnvironmentPlan plan, String target, SignOffRule rule) {
    return new StagePlan.SignOff(
        plan.environment() + "-sign-off",
        plan.environment(),
        target,
        List.of(new Step.Precheck()),
        rule.roles(),
        rule.expires());
  }

  private StagePlan.Deploy deploy(
      EnvironmentPlan plan, String target, boolean rehearse, ObservationLayout observation) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Precheck());
    steps.add(new Step.Hold());
    List<Step> before = WrittenLayout.of(plan, At.BEFORE);
    List<Step> after = WrittenLayout.of(plan, At.AFTER);
    steps.addAll(before);
    steps.add(new Step.Baseline(observation.baseline()));
    if (plan.measures().isPresent()) {
      steps.add(new Step.Measure(false));
    }
    How backup = plan.backup().how();
    if (backup != How.NONE) {
      steps.add(new Step.Backup(backup == How.VERIFIED, backup == How.LATEST));
    }
    List<String> rehearsed = rehearse ? rehearsable(plan) : List.of();
    if (!rehearsed.isEmpty()) {
      rehearsed.forEach(section -> steps.add(new Step.Apply(section, Pass.REHEARSAL)));
      List<String> reversed = new ArrayList<>(rehearsed);
      Collections.reverse(reversed);
      reversed.forEach(section -> steps.add(new Step.Revert(section, Pass.REHEARSAL)));
      steps.add(new Step.Verify(Subject.REVERTED));
    }
    for (Section section : plan.sections()) {
      steps.add(new Step.Apply(section.name(), Pass.DEPLOY));
      if (!section.rules().checks().isEmpty()) {
        steps.add(Step.Verify.section(section.name()));
      }
    }
    if (!SectionUnits.of(bundle, plan.environment(), SectionUnits.ANALYZE).isEmpty()) {
      steps.add(new Step.Apply(SectionUnits.ANALYZE, Pass.DEPLOY));
    }
    if (plan.measures().isPresent() || WrittenLayout.lastMeasure(before).isPresent()) {
      steps.add(new Step.Measure(true));
    }
    steps.add(new Step.Verify(Subject.OBJECTS));
    steps.addAll(after);
    if (hasChecks(plan, Moment.AFTER)) {
      steps.add(new Step.Verify(Subject.CHECKS));
    }
    if (!change.probes(plan.environment()).isEmpty()) {
      steps.add(new Step.Compare());
    }
    WrittenLayout.lastMeasure(after)
        .ifPresent(measure -> steps.add(new Step.Measure(true, measure.of())));
    steps.add(new Step.Release(false));
    return new StagePlan.Deploy(
        plan.environment(),
        plan.environment(),
        target,
        steps,
        plan.onFailure(),
        plan.rollbackWithin(),
        plan.sections().stream().map(FlightPlanner::waits).toList(),
        observation.recovery(),
        plan.restore(),
        plan.written().quickWithin(),
        WrittenLayout.of(plan, At.ROLLBACK_BEFORE),
        WrittenLayout.of(plan, At.ROLLBACK_AFTER));
  }

  private static SectionWaits waits(Section section) {
    return new SectionWaits(section.name(), section.rules().pace(), section.rules().resume());
  }

  /**
   * Up to the first section that goes forward only: a rehearsal leaves nothing, and what follows
   * may need what it would leave. What is kept was thought of by its author, and the fingerprint
   * tells.
   */
  private List<String> rehearsable(EnvironmentPlan plan) {
    return plan.sections().stream()
        .takeWhile(section -> section.rules().keep() || SectionUnits.takesBack(bundle, section))
        .map(Section::name)
        .toList();
  }

  private boolean hasChecks(EnvironmentPlan plan, Moment moment) {
    return change.checks(plan.environment()).stream()
        .anyMatch(check -> check.when().contains(moment));
  }
}
