package io.lockkeeper.promotion;

import io.lockkeeper.activity.Policies;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.plan.Tightening;
import io.lockkeeper.plan.Tightening.Added;
import io.lockkeeper.signoff.Statement.Observing;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.soak.MoreTriggers;
import io.lockkeeper.soak.NewDeadline;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.soak.SoakResult;
import io.lockkeeper.soak.SoakResult.SoakOutcome;
import io.lockkeeper.soak.SoakWorkflow;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Soaks and watches of a promotion: each a child workflow. Workflow code. */
final class Observation {
  private final Context context;
  private final StepRun steps;
  private final List<Watch> watches = new ArrayList<>();
  private final List<String> children = new ArrayList<>();

  /** What is observed now and whose end can be moved, by stage. */
  private final Map<String, Active> active = new LinkedHashMap<>();

  /** Limits that people added, by environment: they hold there from then on. */
  private final Map<String, List<Added>> added = new HashMap<>();

  /** Soaks that a person wants begun anew, by stage, with who and why. */
  private final Map<String, String> restarts = new HashMap<>();

  private record Active(StagePlan.Soak plan, SoakWorkflow child, String id, Instant deadline) {}

  /** What became of one milestone of a watch. */
  private record Seen(StagePlan.Soak plan, SoakResult result) {}

  /**
   * The milestones of one environment's watch, seen in the background.
   *
   * @param seen those that have ended, in order
   */
  private record Watch(
      List<StagePlan.Soak> milestones,
      Instant start,
      CancellationScope scope,
      Promise<Void> ended,
      List<Seen> seen) {

    /** The milestone that a trigger paused at, once nothing of it runs any more. */
    Optional<Seen> pausedAt() {
      return ended.isCompleted() && !seen.isEmpty()
          ? Optional.of(seen.get(seen.size() - 1)).filter(last -> pauses(last.result()))
          : Optional.empty();
    }

    /** Its start, moved by what made those that have ended end later. */
    Instant moved() {
      Instant row = start;
      for (Seen one : seen) {
        row = Observation.moved(row, one.plan(), one.result().deadline());
      }
      return row;
    }

    /** The milestones from one on, or after it. */
    List<StagePlan.Soak> from(StagePlan.Soak plan, boolean after) {
      int place = milestones.indexOf(plan) + (after ? 1 : 0);
      return milestones.subList(place, milestones.size());
    }
  }

  Observation(Context context, StepRun steps) {
    this.context = context;
    this.steps = steps;
  }

  /** Workflow ids of all that was observed. */
  List<String> children() {
    return List.copyOf(children);
  }

  /**
   * A soak: the flight waits for it.
   *
   * @param start of its milestones
   * @return the start of those that follow: a later one where a person began it anew
   * @throws Stop where the flight must stop
   */
  Instant soak(StagePlan.Soak plan, Instant start) {
    Instant row = start;
    Instant begin = start;
    Instant deadline = start.plus(plan.lasts());
    List<MetricSamples> seen = List.of();
    while (true) {
      SoakResult result = observe(plan, begin, deadline, seen);
      context.acts().throwIfStopped();
      if (restarts.remove(plan.name()) != null && mayBeginAnew(result)) {
        begin = now();
        row = begin;
        deadline = begin.plus(plan.lasts());
        seen = List.of();
        continue;
      }
      Optional<Instant> again = settle(plan, result);
      if (again.isEmpty()) {
        boolean stood = result.outcome() != SoakOutcome.CLEAN;
        return moved(row, plan, stood ? now() : result.deadline());
      }
      boolean afresh = result.outcome() == SoakOutcome.INCONCLUSIVE;
      begin = afresh ? again.get() : begin;
      deadline = again.get().plus(afresh ? plan.lasts() : left(plan, result));
      seen = afresh ? List.of() : result.samples().metrics();
    }
  }

  /**
   * The start of the milestones after one: what made it end later moves them by as much.
   *
   * @param ended when it did, or was let go
   */
  private static Instant moved(Instant start, StagePlan.Soak plan, Instant ended) {
    Instant asIfFrom = ended.minus(plan.lasts());
    return asIfFrom.isAfter(start) ? asIfFrom : start;
  }

  /** What was breached meanwhile is taken back all the same. */
  private static boolean mayBeginAnew(SoakResult result) {
    return result.outcome() != SoakOutcome.BREACH && result.outcome() != SoakOutcome.QUICK;
  }

  /** After a rollback: what is seen is told, and changes nothing any more. */
  void recovery(StagePlan.Soak plan) {
    Instant start = now();
    added.remove(plan.environment());
    observe(plan, start, start.plus(plan.lasts()), List.of());
  }

  /** While it paused nobody looked: it goes on for what was left. */
  private static Duration left(StagePlan.Soak plan, SoakResult result) {
    Duration left = Duration.between(result.samples().ended(), result.deadline());
    return left.compareTo(plan.window()) < 0 ? plan.window() : left;
  }

  private static boolean pauses(SoakResult result) {
    return result.outcome() == SoakOutcome.PAUSE || result.outcome() == SoakOutcome.DRIFT;
  }

  /** A watch: nothing waits for it before the end. */
  void watch(List<StagePlan.Soak> milestones) {
    watch(milestones, now(), List.of());
  }

  private void watch(List<StagePlan.Soak> milestones, Instant start, List<Seen> before) {
    List<Seen> seen = new ArrayList<>(before);
    List<Promise<Void>> ended = new ArrayList<>();
    CancellationScope scope =
        Workflow.newCancellationScope(
            () -> ended.add(Async.procedure(() -> watchAll(milestones, start, seen))));
    scope.run();
    watches.add(new Watch(milestones, start, scope, ended.get(0), seen));
  }

  /**
   * Stands still where a trigger of a watch asked for it, until a person decides; then the watch
   * goes on in the background. Called where the flight may stand still.
   *
   * @throws Stop where the flight must stop
   */
  void settlePauses() {
    for (Watch watch : List.copyOf(watches)) {
      watch.pausedAt().filter(paused -> holds()).ifPresent(p -> settle(watch, p));
    }
  }

  private void settle(Watch watch, Seen paused) {
    watches.remove(watch);
    Optional<Instant> again = settle(paused.plan(), paused.result());
    watch(
        watch.from(paused.plan(), again.isEmpty()),
        again.orElse(moved(watch.moved(), paused.plan(), now())),
        watch.seen().subList(0, watch.seen().size() - 1));
  }

  /** Before, a watch that paused went on, and the promotion stood still at its very end. */
  private static boolean holds() {
    return Workflow.getVersion("watch-pause-holds", Workflow.DEFAULT_VERSION, 1) == 1;
  }

  /**
   * Waits for all watches.
   *
   * @throws Stop where the flight must stop
   */
  void join() {
    while (!watches.isEmpty()) {
      Watch watch = watches.get(0);
      Workflow.await(() -> watch.ended().isCompleted() || context.acts().stops());
      context.acts().throwIfStopped();
      settlePauses();
      if (watches.remove(watch)) {
        settleAll(watch);
      }
    }
  }

  private void settleAll(Watch watch) {
    for (Seen seen : watch.seen()) {
      Optional<Instant> again = settle(seen.plan(), seen.result());
      again.ifPresent(start -> soak(seen.plan(), start));
    }
  }

  /** Calls off whatever is observed, and waits until it has ended. */
  void stop() {
    for (Watch watch : watches) {
      if (!watch.ended().isCompleted()) {
        watch.scope().cancel();
        Workflow.await(watch.ended()::isCompleted);
      }
    }
  }

  /** Why the end of what is observed cannot be moved; nothing where it can. */
  Optional<String> whyNotExtend(Optional<String> environment) {
    List<String> here = places();
    if (environment.isEmpty() && here.size() > 1) {
      return Optional.of(
          "several environments are observed: name one of " + String.join(", ", here));
    }
    return active(environment).isPresent()
        ? Optional.empty()
        : Optional.of(
            "nothing is observed "
                + environment.map(e -> "in " + e).orElse("now")
                + (here.isEmpty() ? "" : ", but in " + String.join(", ", here)));
  }

  private List<String> places() {
    return active.values().stream().map(on -> on.plan().environment()).distinct().toList();
  }

  private Optional<Active> active(Optional<String> environment) {
    return active.values().stream()
        .filter(on -> environment.map(on.plan().environment()::equals).orElse(true))
        .findFirst();
  }

  /** Moves the end of what is observed in an environment, or in the only one. */
  void extend(Optional<String> environment, String because, Duration by) {
    active(environment).ifPresent(on -> extend(on, because, by));
  }

  private void extend(Active on, String because, Duration by) {
    Instant deadline = on.deadline().plus(by);
    active.put(on.plan().name(), new Active(on.plan(), on.child(), on.id(), deadline));
    String sentence =
        on.plan().name() + " lasts " + Durations.print(by) + " longer, until " + deadline;
    context
        .recorder()
        .record(new Event.DeadlineSet(on.plan().name(), deadline, sentence + " (" + because + ")"));
    tell(on.child(), on.id(), soak -> soak.deadline(new NewDeadline(deadline)));
  }

  /**
   * Why limits cannot be added to what is observed, or why it cannot be begun anew; nothing where
   * both can.
   */
  Optional<String> whyNotObserve(Optional<String> environment, Observing observing) {
    Optional<String> whyNot = whyNotExtend(environment);
    Optional<Active> on = active(environment);
    if (whyNot.isPresent() || on.isEmpty()) {
      return whyNot;
    }
    if (observing.restart() && on.get().plan().kind() != StageKind.SOAK) {
      return Optional.of(
          on.get().plan().name() + " is a watch: only a soak is begun anew. Extend the watch");
    }
    StagePlan.Soak plan = on.get().plan();
    for (Added limit : added(observing)) {
      Optional<String> looser = Tightening.whyNot(plan, limit);
      if (looser.isPresent()) {
        return looser;
      }
      plan = Tightening.of(plan, List.of(limit));
    }
    return Optional.empty();
  }

  /** Adds limits to what is observed in an environment, or begins its soak anew. */
  void change(Optional<String> environment, String because, Observing observing) {
    active(environment).ifPresent(on -> change(on, because, observing));
  }

  private void change(Active on, String because, Observing observing) {
    List<Added> more = added(observing);
    if (!more.isEmpty()) {
      tighten(on, because, more);
    }
    if (observing.restart()) {
      restarts.put(on.plan().name(), because);
      tell(on.child(), on.id(), SoakWorkflow::stop);
    }
  }

  private void tighten(Active on, String because, List<Added> more) {
    StagePlan.Soak plan = Tightening.of(on.plan(), more);
    List<Trigger> triggers =
        plan.triggers().subList(on.plan().triggers().size(), plan.triggers().size());
    added.computeIfAbsent(plan.environment(), e -> new ArrayList<>()).addAll(more);
    active.put(plan.name(), new Active(plan, on.child(), on.id(), on.deadline()));
    List<String> texts = triggers.stream().map(Trigger::text).toList();
    String sentence =
        plan.name() + " is held against " + String.join("; ", texts) + " too (" + because + ")";
    context.recorder().record(new Event.Tightened(plan.name(), texts, sentence));
    tell(on.child(), on.id(), soak -> soak.tighten(new MoreTriggers(triggers)));
  }

  private static List<Added> added(Observing observing) {
    return observing.rollbackIf().stream()
        .map(limit -> new Added(limit, observing.then()))
        .toList();
  }

  private void watchAll(List<StagePlan.Soak> milestones, Instant start, List<Seen> seen) {
    Instant row = start;
    for (StagePlan.Soak plan : milestones) {
      SoakResult result = observe(plan, row, row.plus(plan.lasts()), List.of());
      row = moved(row, plan, result.deadline());
      seen.add(new Seen(plan, result));
      if (result.outcome() == SoakOutcome.BREACH) {
        context.acts().demand(Stop.rollback(plan.environment(), result.sentence()));
      }
      if (result.outcome() == SoakOutcome.QUICK) {
        context.acts().demand(quick(plan, result));
      }
      if (result.outcome() == SoakOutcome.BREACH
          || result.outcome() == SoakOutcome.QUICK
          || result.outcome() == SoakOutcome.STOPPED) {
        return;
      }
      if (pauses(result) && holds()) {
        return;
      }
    }
  }

  /**
   * Observes until the end, a breach, or a stop of the flight.
   *
   * @param seen before the stage stood still
   */
  private SoakResult observe(
      StagePlan.Soak written, Instant start, Instant deadline, List<MetricSamples> seen) {
    StagePlan.Soak plan =
        Tightening.of(written, added.getOrDefault(written.environment(), List.of()));
    context.recorder().record(new Event.StageStarted(plan.name()));
    context
        .recorder()
        .record(
            new Event.DeadlineSet(
                plan.name(), deadline, plan.name() + ": observed until " + deadline));
    String id = id(plan);
    children.add(id);
    SoakWorkflow child =
        Workflow.newChildWorkflowStub(
            SoakWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setStaticSummary(
                    Policies.cut(plan.name() + " for " + Durations.print(plan.lasts())))
                .build());
    active.put(plan.name(), new Active(plan, child, id, deadline));
    SoakOrder order = SoakOrder.fresh(context.work(plan), plan, start, now(), deadline).with(seen);
    List<Promise<SoakResult>> started = new ArrayList<>();
    // Detached: a cancelled child would have no result, so it is told to stop instead.
    Workflow.newDetachedCancellationScope(() -> started.add(Async.function(child::run, order)))
        .run();
    SoakResult result = result(started.get(0), child, id, plan, deadline);
    active.remove(plan.name());
    ended(plan, result);
    return result;
  }

  /** Of the same stage as before, where it is observed again. */
  private String id(StagePlan.Soak plan) {
    String first = context.input().id() + "/" + plan.name();
    String id = first;
    for (int time = 2; children.contains(id); time++) {
      id = first + "-" + time;
    }
    return id;
  }

  private SoakResult result(
      Promise<SoakResult> running,
      SoakWorkflow child,
      String id,
      StagePlan.Soak plan,
      Instant deadline) {
    try {
      Workflow.await(() -> running.isCompleted() || context.acts().stops());
    } catch (CanceledFailure e) {
      stop(running, child, id);
    }
    if (!running.isCompleted()) {
      stop(running, child, id);
    }
    try {
      return running.get();
    } catch (ChildWorkflowFailure | CanceledFailure e) {
      boolean stopped = context.acts().stops() || e instanceof CanceledFailure;
      return new SoakResult(
          stopped ? SoakOutcome.STOPPED : SoakOutcome.INCONCLUSIVE,
          stopped ? "called off" : plan.name() + " could not be observed: " + cause(e),
          new Evidence.Samples(now(), now(), List.of(), List.of(), List.of()),
          deadline,
          List.of());
    }
  }

  /** Tells it to stop and waits until it has handed over what it has. */
  private static void stop(Promise<SoakResult> running, SoakWorkflow child, String id) {
    Workflow.newDetachedCancellationScope(
            () -> {
              tell(child, id, SoakWorkflow::stop);
              Workflow.await(running::isCompleted);
            })
        .run();
  }

  /**
   * Signals a soak once it has started, by its id alone: the child's own stub would go on naming
   * its first run, which is over when the soak has continued as new.
   */
  private static void tell(SoakWorkflow child, String id, Consumer<SoakWorkflow> signal) {
    Promise<Void> told =
        Async.procedure(
            () -> {
              Workflow.getWorkflowExecution(child).get();
              signal.accept(Workflow.newExternalWorkflowStub(SoakWorkflow.class, id));
            });
    told.exceptionally(e -> null);
  }

  private void ended(StagePlan.Soak plan, SoakResult result) {
    context.recorder().adopt(result.unwritten());
    Verdict verdict =
        switch (result.outcome()) {
          case CLEAN -> Verdict.PASS;
          case BREACH, QUICK, PAUSE, DRIFT -> Verdict.FAIL;
          case INCONCLUSIVE -> Verdict.INCONCLUSIVE;
          case STOPPED -> Verdict.ERROR;
        };
    context
        .recorder()
        .record(
            new Event.StepEnded(
                plan.name(),
                "samples",
                StepKind.OBSERVE,
                1,
                verdict,
                result.sentence(),
                Optional.of(result.samples().withoutSeries()),
                result.samples().attachments()));
    String sentence =
        Optional.ofNullable(restarts.get(plan.name()))
            .filter(because -> mayBeginAnew(result))
            .map(because -> "begun anew (" + because + ")")
            .orElse(result.sentence());
    context.recorder().record(new Event.StageEnded(plan.name(), verdict, sentence));
  }

  /**
   * What follows from how it ended.
   *
   * @return when it is observed again; nothing where the flight goes on
   * @throws Stop where the flight must stop
   * @throws CanceledFailure where somebody cancelled the workflow itself
   */
  private Optional<Instant> settle(StagePlan.Soak plan, SoakResult result) {
    return switch (result.outcome()) {
      case CLEAN -> Optional.empty();
      case STOPPED -> throw new CanceledFailure("the workflow was cancelled through Temporal");
      case BREACH -> throw Stop.rollback(plan.environment(), result.sentence());
      case QUICK -> throw quick(plan, result);
      case DRIFT -> again(plan, Cause.DRIFT, result.sentence());
      case PAUSE -> again(plan, Cause.HEALTH, result.sentence());
      case INCONCLUSIVE -> again(plan, Cause.EVIDENCE, result.sentence());
    };
  }

  private static Stop quick(StagePlan.Soak plan, SoakResult result) {
    return Stop.rollback(plan.environment(), Option.QUICK, result.sentence());
  }

  private Optional<Instant> again(StagePlan.Soak plan, Cause cause, String found) {
    StepRun.Decision decision = steps.pause(plan.environment(), cause, plan.name() + ": " + found);
    boolean accepted = decision == StepRun.Decision.ACCEPTED;
    context
        .recorder()
        .record(new Event.Resumed(accepted ? "accepted by a person" : "observes again"));
    return accepted ? Optional.empty() : Optional.of(now());
  }

  private static String cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
