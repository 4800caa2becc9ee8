package io.lockkeeper.plan;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.EnvironmentPlan.Backup;
import io.lockkeeper.change.Milestone;
import io.lockkeeper.change.Section;
import io.lockkeeper.change.SignOffRule;
import io.lockkeeper.change.TriggerRule;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Lays out the flight of a change through environments. Pure. */
public final class FlightPlanner {
  private static final Duration PROBE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration JUDGED = Duration.ofMinutes(5);
  private static final Duration WINDOW = Duration.ofMinutes(15);

  /** Rounds of probes below which a soak or watch tells nothing. */
  private static final int ROUNDS = 3;

  private final Bundle bundle;
  private final Change change;
  private final Map<String, EnvironmentFacts> facts;
  private final Overrides overrides;

  private FlightPlanner(Bundle bundle, Map<String, EnvironmentFacts> facts, Overrides overrides) {
    this.bundle = bundle;
    this.change = bundle.change();
    this.facts = facts;
    this.overrides = overrides;
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
    FlightPlanner planner = new FlightPlanner(bundle, facts, overrides);
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
    boolean first = true;
    for (EnvironmentPlan plan : plans) {
      EnvironmentFacts environment = facts(plan.environment());
      String target = target(plan, environment);
      plan.signOff().ifPresent(rule -> stages.add(signOff(plan, target, rule)));
      boolean rehearse = plan.rehearse().orElse(first && !environment.production());
      stages.add(deploy(plan, target, rehearse));
      stages.addAll(observe(plan, target, StageKind.SOAK, plan.soak(), overrides.soak()));
      stages.addAll(observe(plan, target, StageKind.WATCH, plan.watch(), overrides.watch()));
      first = false;
    }
    boolean shortened = shortens(plans);
    if (shortened) {
      refuseOutsideSandbox(plans);
    }
    return new Flight(stages, shortened);
  }

  /** Whether the overrides meet something: those that do not change nothing and need no sandbox. */
  private boolean shortens(List<EnvironmentPlan> plans) {
    boolean soaks = plans.stream().anyMatch(plan -> !plan.soak().isEmpty());
    boolean watches = plans.stream().anyMatch(plan -> !plan.watch().isEmpty());
    return (overrides.soak().isPresent() && soaks)
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

  private StagePlan.Deploy deploy(EnvironmentPlan plan, String target, boolean rehearse) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Precheck());
    steps.add(new Step.Hold());
    steps.add(new Step.Baseline());
    if (plan.backup() != Backup.NONE) {
      steps.add(new Step.Backup(plan.backup() == Backup.VERIFIED));
    }
    List<String> sections = new ArrayList<>(plan.sections().stream().map(Section::name).toList());
    if (rehearse) {
      sections.forEach(section -> steps.add(new Step.Apply(section, Pass.REHEARSAL)));
      List<String> reversed = new ArrayList<>(sections);
      Collections.reverse(reversed);
      reversed.forEach(section -> steps.add(new Step.Revert(section, Pass.REHEARSAL)));
      steps.add(new Step.Verify(Subject.REVERTED));
    }
    sections.forEach(section -> steps.add(new Step.Apply(section, Pass.DEPLOY)));
    if (!SectionUnits.of(bundle, plan.environment(), SectionUnits.ANALYZE).isEmpty()) {
      steps.add(new Step.Apply(SectionUnits.ANALYZE, Pass.DEPLOY));
    }
    steps.add(new Step.Verify(Subject.OBJECTS));
    if (hasChecks(Moment.AFTER)) {
      steps.add(new Step.Verify(Subject.CHECKS));
    }
    if (!change.probes().isEmpty()) {
      steps.add(new Step.Compare());
    }
    steps.add(new Step.Release(false));
    return new StagePlan.Deploy(
        plan.environment(),
        plan.environment(),
        target,
        steps,
        plan.onFailure(),
        plan.rollbackWithin());
  }

  private boolean hasChecks(Moment moment) {
    return change.checks().stream().anyMatch(check -> check.when().contains(moment));
  }

  private List<StagePlan> observe(
      EnvironmentPlan plan,
      String target,
      StageKind kind,
      List<Milestone> milestones,
      Optional<Duration> override) {
    List<StagePlan> stages = new ArrayList<>();
    List<Duration> ends = ends(milestones, override);
    for (int i = 0; i < milestones.size(); i++) {
      Milestone milestone = milestones.get(i);
      boolean only = kind == StageKind.SOAK && milestones.size() == 1;
      String word = kind == StageKind.SOAK ? "-soak" : "-watch";
      String name =
          plan.environment() + word + (only ? "" : "-" + Durations.print(milestone.lasts()));
      boolean asked = override.isEmpty() || i == milestones.size() - 1;
      if (asked) {
        refuseTooShort(name, ends.get(i), milestone);
      }
      stages.add(observe(name, kind, plan, target, i == 0, ends.get(i), milestone));
    }
    return stages;
  }

  /**
   * When the milestones end. An override is the last; earlier ones scale, but none becomes so short
   * that next to nothing is seen in it.
   */
  private List<Duration> ends(List<Milestone> milestones, Optional<Duration> override) {
    List<Duration> ends = new ArrayList<>(milestones.stream().map(Milestone::lasts).toList());
    if (override.isEmpty()) {
      return ends;
    }
    int last = ends.size() - 1;
    double factor = last < 0 ? 1 : (double) override.get().toMillis() / ends.get(last).toMillis();
    for (int i = last; i >= 0; i--) {
      Duration end = scaled(ends.get(i), factor);
      if (i < last) {
        Duration share = ends.get(i + 1).multipliedBy(i + 1).dividedBy(i + 2);
        end = longer(end, shorter(leastSeen(milestones.get(i)), share));
      }
      ends.set(i, end);
    }
    return ends;
  }

  private void refuseTooShort(String name, Duration lasts, Milestone milestone) {
    if (lasts.compareTo(leastSeen(milestone)) < 0) {
      throw new FlightRefused(
          name
              + " lasts "
              + Durations.print(lasts)
              + " and would see probes every "
              + Durations.print(probeInterval(milestone))
              + ": three rounds are the least. Make it longer, or the sample shorter");
    }
  }

  private StagePlan.Soak observe(
      String name,
      StageKind kind,
      EnvironmentPlan plan,
      String target,
      boolean first,
      Duration lasts,
      Milestone milestone) {
    Duration sample = overrides.sample().orElse(milestone.sample());
    double factor = sampleFactor(milestone);
    return new StagePlan.Soak(
        name,
        kind,
        plan.environment(),
        target,
        first,
        lasts,
        sample,
        probeInterval(milestone),
        scaled(JUDGED, factor),
        scaled(WINDOW, factor),
        milestone.minSamples(),
        triggers(plan, milestone, kind, sample, factor));
  }

  private double sampleFactor(Milestone milestone) {
    return overrides
        .sample()
        .map(wanted -> (double) wanted.toMillis() / milestone.sample().toMillis())
        .orElse(1.0);
  }

  /** Scales with the sample, and is never shorter. */
  private Duration probeInterval(Milestone milestone) {
    Duration sample = overrides.sample().orElse(milestone.sample());
    return longer(scaled(PROBE_INTERVAL, sampleFactor(milestone)), sample);
  }

  private Duration leastSeen(Milestone milestone) {
    return probeInterval(milestone).multipliedBy(ROUNDS);
  }

  private List<Trigger> triggers(
      EnvironmentPlan plan, Milestone milestone, StageKind kind, Duration sample, double factor) {
    List<Trigger> triggers = new ArrayList<>();
    List<TriggerRule> rules = new ArrayList<>(plan.rollbackIf());
    rules.addAll(milestone.rollbackIf());
    rules.forEach(rule -> triggers.add(scaled(rule.trigger(), sample, factor)));
    Moment moment = kind == StageKind.SOAK ? Moment.SOAK : Moment.WATCH;
    change.checks().stream()
        .filter(check -> check.when().contains(moment))
        .forEach(check -> triggers.add(scaled(trigger(check), sample, factor)));
    return triggers;
  }

  /** A check that is made again and again: a FAIL that lasts is a breach. */
  private static Trigger trigger(Check check) {
    boolean counts = check.source() instanceof Check.Log;
    Limit limit = Limit.parse("check." + check.name() + ".failed > 0");
    return new Trigger(
        limit,
        counts ? Duration.ZERO : limit.duration(),
        Duration.ZERO,
        check.then(),
        "check " + check.name());
  }

  private static Trigger scaled(Trigger trigger, Duration sample, double factor) {
    if (factor == 1.0) {
      return trigger;
    }
    Duration sustained = scaled(trigger.sustained(), factor);
    Duration least = trigger.sustained().isZero() ? Duration.ZERO : sample.multipliedBy(2);
    return new Trigger(
        trigger.limit(),
        longer(sustained, least),
        scaled(trigger.from(), factor),
        trigger.then(),
        trigger.because());
  }

  private static Duration longer(Duration left, Duration right) {
    return left.compareTo(right) < 0 ? right : left;
  }

  private static Duration shorter(Duration left, Duration right) {
    return left.compareTo(right) < 0 ? left : right;
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofMillis(Math.round(duration.toMillis() * factor));
  }
}
