package io.lockkeeper.plan;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Milestone;
import io.lockkeeper.change.Probe;
import io.lockkeeper.change.TriggerRule;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step.Baseline.Rounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lays out the soak and the watch of one environment: a stage each milestone, its times scaled by
 * the overrides. Pure.
 */
final class ObservationLayout {
  private static final Duration PROBE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration JUDGED = Duration.ofMinutes(5);
  private static final Duration WINDOW = Duration.ofMinutes(15);

  private static final int BASELINE_SHARE = 100;
  private static final int BASELINE_JUDGED = 3;

  /** So many rounds of the baseline to one of the stage. */
  private static final int BASELINE_OFTENER = 6;

  /** Fewer rounds have no more runs than one go has. */
  private static final int BASELINE_LEAST = 7;

  /** Rounds of probes below which a soak or watch tells nothing. */
  private static final int ROUNDS = 3;

  private final Change change;
  private final EnvironmentPlan plan;
  private final String target;
  private final Overrides overrides;

  ObservationLayout(Change change, EnvironmentPlan plan, String target, Overrides overrides) {
    this.change = change;
    this.plan = plan;
    this.target = target;
    this.overrides = overrides;
  }

  /**
   * @throws FlightRefused where one is too short to see anything
   */
  List<StagePlan> soaks() {
    return stages(StageKind.SOAK, plan.soak(), overrides.soak());
  }

  /**
   * @throws FlightRefused where one is too short to see anything
   */
  List<StagePlan> watches() {
    return stages(StageKind.WATCH, plan.watch(), overrides.watch());
  }

  /**
   * The watch after a rollback: what the change's triggers say is told, and nothing is taken back
   * any more. Shortened as the watch is.
   */
  Optional<StagePlan.Soak> recovery() {
    return plan.recovery()
        .map(
            milestone -> {
              Duration lasts =
                  overrides
                      .watch()
                      .map(watch -> shortened(milestone, watch))
                      .orElse(milestone.lasts());
              StagePlan.Soak stage =
                  stage(
                      plan.environment() + "-rollback-watch",
                      StageKind.WATCH,
                      true,
                      lasts,
                      milestone);
              return noting(stage);
            });
  }

  /**
   * How the probes are measured that these stages are held against: for a hundredth of the time
   * that is observed, and three times as long at most as figures are judged on. Nothing where no
   * trigger holds probes against the baseline, and where that would be less than one go of runs.
   *
   * @throws FlightRefused where a stage is too short to see anything
   */
  Optional<Rounds> baseline() {
    List<StagePlan> stages = new ArrayList<>(soaks());
    stages.addAll(watches());
    Duration lasts = Duration.ZERO;
    Duration every = Duration.ZERO;
    for (StagePlan stage : stages) {
      if (stage instanceof StagePlan.Soak soak && heldAgainstBaseline(soak)) {
        Duration wanted =
            shorter(
                soak.lasts().dividedBy(BASELINE_SHARE),
                soak.judged().multipliedBy(BASELINE_JUDGED));
        if (wanted.compareTo(lasts) > 0) {
          lasts = wanted;
          every = soak.probeInterval().dividedBy(BASELINE_OFTENER);
        }
      }
    }
    return every.isZero() || lasts.compareTo(every.multipliedBy(BASELINE_LEAST)) < 0
        ? Optional.empty()
        : Optional.of(new Rounds(lasts, every));
  }

  private boolean heldAgainstBaseline(StagePlan.Soak soak) {
    List<Probe> probes = change.probes(plan.environment());
    boolean requests = probes.stream().anyMatch(Probe::isHttp);
    return !probes.isEmpty()
        && soak.triggers().stream()
            .map(Trigger::limit)
            .anyMatch(
                limit ->
                    limit.metric().equals("probe.degradation")
                        || (limit.needsBaseline() && isProbe(limit.metric(), requests)));
  }

  private static boolean isProbe(String metric, boolean requests) {
    return metric.startsWith("probe.") || (requests && metric.startsWith("http."));
  }

  private Duration shortened(Milestone recovery, Duration watch) {
    List<Milestone> milestones = plan.watch();
    Duration last =
        milestones.isEmpty() ? recovery.lasts() : milestones.get(milestones.size() - 1).lasts();
    double factor = Math.min(1, (double) watch.toMillis() / last.toMillis());
    return longer(scaled(recovery.lasts(), factor), leastSeen(recovery));
  }

  private static StagePlan.Soak noting(StagePlan.Soak stage) {
    List<Trigger> notes =
        stage.triggers().stream()
            .map(
                trigger ->
                    new Trigger(
                        trigger.limit(),
                        trigger.sustained(),
                        trigger.from(),
                        Trigger.Then.NOTE,
                        trigger.because()))
            .toList();
    return stage.under(notes);
  }

  private List<StagePlan> stages(
      StageKind kind, List<Milestone> milestones, Optional<Duration> override) {
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
      stages.add(stage(name, kind, i == 0, ends.get(i), milestone));
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

  private StagePlan.Soak stage(
      String name, StageKind kind, boolean first, Duration lasts, Milestone milestone) {
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
        triggers(milestone, kind, sample, factor));
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
      Milestone milestone, StageKind kind, Duration sample, double factor) {
    List<Trigger> triggers = new ArrayList<>();
    List<TriggerRule> rules = new ArrayList<>(plan.rollbackIf());
    rules.addAll(milestone.rollbackIf());
    rules.forEach(rule -> triggers.add(scaled(rule.trigger(), sample, factor)));
    Moment moment = kind == StageKind.SOAK ? Moment.SOAK : Moment.WATCH;
    change.checks(plan.environment()).stream()
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

  /** A trigger that is added while the stage runs, in the stage's own time. */
  static Trigger added(StagePlan.Soak stage, Trigger trigger) {
    double factor = (double) stage.judged().toMillis() / JUDGED.toMillis();
    return scaled(trigger, stage.sample(), factor);
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
