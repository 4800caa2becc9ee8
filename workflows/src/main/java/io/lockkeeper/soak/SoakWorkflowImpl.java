package io.lockkeeper.soak;

import io.lockkeeper.activity.DurableTimer;
import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.Recorder;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerFold;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.soak.SoakResult.SoakOutcome;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.StatementChanges;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** See {@link SoakWorkflow}. Decides on what windows report; touches nothing itself. */
public class SoakWorkflowImpl implements SoakWorkflow {
  /** Far below Temporal's limits; a day of windows has some 600. */
  private static final long EVENTS = 1_500;

  /** The series of so many windows still fit into one result; longer stages have longer windows. */
  private static final int WINDOWS = 150;

  /**
   * How long after its end a window may still report: where thousands end within minutes, Temporal
   * is behind by some seconds, and who reports then is not lost. No deadline moves by it.
   */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** How long a window that is cut short may take to hand over, once it looks up. */
  private static final Duration CUT = Duration.ofMinutes(1);

  private final SoakOrder order;
  private final Recorder recorder;
  private final Map<String, String> sentences;
  private final Map<String, Instant> added;
  private StagePlan.Soak plan;
  private List<TriggerState> states;
  private List<MetricSamples> metrics;
  private final List<Attachment> series;
  private Map<String, String> marks;
  private Optional<StatementChanges> statements;
  private Instant from;
  private Instant deadline;
  private List<String> drift = List.of();
  private boolean stopped;

  /** Whether triggers were added that the window under way does not know. */
  private boolean tightened;

  /** Somebody called it off. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @WorkflowInit
  public SoakWorkflowImpl(SoakOrder order) {
    this.order = order;
    this.plan = order.plan();
    this.states = order.states();
    this.metrics = order.metrics();
    this.series = new ArrayList<>(order.series());
    this.marks = order.marks();
    this.statements = order.statements();
    this.sentences = new HashMap<>(order.sentences());
    this.added = new HashMap<>(order.added());
    this.from = order.from();
    this.deadline = order.deadline();
    this.recorder =
        new Recorder(order.work().promotion(), writer(order), order.written(), entry -> {});
  }

  @Override
  public SoakResult run(SoakOrder input) {
    recorder.start();
    recorder.adopt(order.unwritten());
    try {
      return observe();
    } catch (Stopped | CanceledFailure e) {
      return result(SoakOutcome.STOPPED, "called off");
    }
  }

  @Override
  public void deadline(NewDeadline change) {
    deadline = change.deadline();
  }

  @Override
  public void tighten(MoreTriggers more) {
    List<Trigger> all = new ArrayList<>(plan.triggers());
    all.addAll(more.triggers());
    plan = plan.under(all);
    more.triggers().forEach(trigger -> added.putIfAbsent(trigger.text(), now()));
    tightened = true;
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public SoakOrder soak() {
    return carried(List.of());
  }

  private SoakResult observe() {
    while (from.isBefore(deadline)) {
      Instant end = earlier(from.plus(length()), deadline);
      Optional<WindowResult> window = window(end);
      window.ifPresent(this::take);
      if (window.isEmpty()) {
        // One that was cut short is lost only as far as it came.
        lost(earlier(end, now()));
      }
      Optional<SoakResult> breach = breach();
      if (breach.isPresent()) {
        return breach.get();
      }
      if (Workflow.getInfo().getHistoryLength() > EVENTS
          || Workflow.getInfo().isContinueAsNewSuggested()) {
        Workflow.newContinueAsNewStub(SoakWorkflow.class)
            .run(SoakBounds.order(carried(recorder.handOver())));
      }
    }
    return atTheEnd();
  }

  /**
   * In whole rounds of probes, so that no window ends between two of them. Where people extend it
   * again and again, what is left has windows as long as it needs.
   */
  private Duration length() {
    Duration share = Duration.between(order.began(), deadline).dividedBy(WINDOWS);
    // Histories of before have the timers of shorter ones.
    if (order.tellsLost()) {
      int left = Math.max(1, WINDOWS - series.size());
      Duration rest = Duration.between(from, deadline).dividedBy(left);
      share = rest.compareTo(share) > 0 ? rest : share;
    }
    Duration round = plan.probeInterval();
    return share.compareTo(plan.window()) > 0
        ? round.multipliedBy(share.dividedBy(round) + 1)
        : plan.window();
  }

  /**
   * One window: the race of its sampling against the clock. Nothing where nobody reported in time;
   * its samples are missing then, and the deadline does not move.
   */
  private Optional<WindowResult> window(Instant end) {
    EnvironmentActivities activities =
        Workflow.newActivityStub(
            EnvironmentActivities.class,
            Policies.window(
                plan,
                Duration.between(from, end),
                "sample " + plan.environment() + " until " + end));
    WindowOrder window =
        new WindowOrder(
            order.work(), plan, order.start(), from, end, states, marks, tellsStatements(end));
    tightened = false;
    List<Promise<WindowResult>> sampled = new ArrayList<>();
    CancellationScope scope =
        Workflow.newCancellationScope(
            () -> sampled.add(Async.function(activities::sampleWindow, window)));
    scope.run();
    Promise<WindowResult> sampling = sampled.get(0);
    boolean late;
    try {
      late = waitUntil(end.plus(grace()), "last call for samples", sampling, true);
      if (late && tightened) {
        scope.cancel();
        late = waitUntil(now().plus(cut()), "what was seen before", sampling, false);
      }
    } catch (Stopped e) {
      scope.cancel();
      throw e;
    }
    if (late || calledOff(sampling)) {
      scope.cancel();
      return Optional.empty();
    }
    WindowResult result = sampling.get();
    if (!hasBreach(result.states())) {
      // In a test the window reports at once; its time passes all the same.
      waitUntil(earlier(result.sampledUntil(), deadline), "until the window ends", null, false);
    }
    return Optional.of(result);
  }

  /** The last window of a stage may begin with a sample that is due just after its end. */
  private Duration grace() {
    return plan.sample().compareTo(GRACE) > 0 ? plan.sample() : GRACE;
  }

  /** At the stage's end, and once an hour until then: ten lines each time stand in the history. */
  private boolean tellsStatements(Instant end) {
    return !end.isBefore(deadline) || hours(from) != hours(end);
  }

  private long hours(Instant at) {
    return Duration.between(order.began(), at).toHours();
  }

  /** It hears of it with a heartbeat, and looks up at its next sample. */
  private Duration cut() {
    return CUT.plus(Policies.silence(plan)).plus(plan.sample());
  }

  /** A worker of an earlier version hands nothing over where a window is cut short. */
  private static boolean calledOff(Promise<WindowResult> sampling) {
    RuntimeException failure = sampling.getFailure();
    return failure != null
        && (failure instanceof CanceledFailure || failure.getCause() instanceof CanceledFailure);
  }

  /**
   * Waits on a durable timer, or until the promise is there.
   *
   * @param cuts whether it ends too where a person tightens what is watched
   * @return whether the promise is not there
   */
  private boolean waitUntil(
      Instant end, String why, @Nullable Promise<WindowResult> promise, boolean cuts) {
    long millis = end.toEpochMilli() - Workflow.currentTimeMillis();
    if (millis <= 0) {
      return promise == null || !promise.isCompleted();
    }
    Duration rounded = Duration.ofSeconds((millis + 999) / 1000);
    String summary = plan.name() + ": " + why + ", " + Durations.print(rounded);
    DurableTimer timer = DurableTimer.of(Duration.ofMillis(millis), summary);
    Workflow.await(
        () ->
            stopped
                || timer.isOver()
                || (promise != null && promise.isCompleted())
                || (cuts && tightened));
    timer.callOff();
    if (stopped) {
      throw new Stopped();
    }
    return promise == null || !promise.isCompleted();
  }

  private void lost(Instant until) {
    Duration stretch = Duration.between(from, until);
    metrics = SampleTotals.plus(metrics, SampleTotals.missed(metrics, plan, stretch));
    states = TriggerFold.afterGap(states, until, metric -> SampleTotals.due(metric, plan, stretch));
    long samples = stretch.dividedBy(plan.sample());
    if (order.tellsLost() && samples > 0) {
      String missing = samples == 1 ? "1 sample is" : samples + " samples are";
      recorder.record(
          new Event.SamplingNoted(
              plan.name(), missing + " missing from " + from + " on: no worker told of them"));
    }
    from = until;
  }

  private void take(WindowResult window) {
    // Only now it is known what should have been sampled since people wanted it.
    SoakOrder so = carried(List.of());
    List<MetricSamples> seen =
        SampleTotals.withUntold(
            metrics,
            states,
            window,
            plan,
            metric -> Duration.between(earlier(so.watchedSince(metric), from), from),
            Duration.between(from, window.sampledUntil()));
    from = window.sampledUntil();
    states = window.states();
    marks = window.marks();
    drift = window.drift();
    statements = window.statements().or(() -> statements);
    metrics = SampleTotals.plus(metrics, seen);
    window.series().ifPresent(series::add);
    window.notes().forEach(note -> recorder.record(new Event.SamplingNoted(plan.name(), note)));
    for (WindowResult.PhaseChange change : window.changes()) {
      TriggerState state = change.state();
      String trigger = trigger(state).text();
      sentences.put(trigger + state.metric(), change.sentence());
      recorder.record(
          new Event.TriggerChanged(
              plan.name(), trigger, state.metric(), state.phase().name(), change.sentence()));
    }
  }

  private Optional<SoakResult> breach() {
    Optional<TriggerState> gravest =
        states.stream()
            .filter(this::acts)
            .max(Comparator.comparingInt(state -> trigger(state).then().gravity()));
    if (gravest.isPresent()) {
      Trigger trigger = trigger(gravest.get());
      return Optional.of(
          result(outcome(trigger.then()), trigger.text() + ": " + sentence(gravest.get())));
    }
    return drift.isEmpty()
        ? Optional.empty()
        : Optional.of(
            result(
                SoakOutcome.DRIFT,
                FailureCode.DRIFT.text()
                    + ": somebody else changed what this change touches: "
                    + String.join("; ", drift)));
  }

  private static SoakOutcome outcome(Then then) {
    return switch (then) {
      case ROLLBACK -> SoakOutcome.BREACH;
      case QUICK -> SoakOutcome.QUICK;
      case PAUSE -> SoakOutcome.PAUSE;
      case NOTE -> throw new IllegalArgumentException("a note ends nothing");
    };
  }

  private SoakResult atTheEnd() {
    List<TriggerState> before = states;
    states = TriggerFold.atTheEnd(states, now());
    for (TriggerState state : states) {
      if (!before.contains(state)) {
        sentences.put(
            trigger(state).text() + state.metric(),
            state.metric() + ": the last " + state.missing() + " readings are missing");
      }
    }
    List<String> tooFew = SampleTotals.tooFew(metrics, plan);
    if (!tooFew.isEmpty() || metrics.isEmpty()) {
      String found = metrics.isEmpty() ? "none was taken" : String.join(", ", tooFew);
      return result(SoakOutcome.INCONCLUSIVE, "too few samples: " + found);
    }
    List<String> unmeasured = unmeasured().stream().map(Trigger::text).toList();
    if (!unmeasured.isEmpty()) {
      return result(
          SoakOutcome.INCONCLUSIVE, "nothing was measured for " + String.join(", ", unmeasured));
    }
    for (TriggerState state : states) {
      if (state.phase() == Phase.INCONCLUSIVE) {
        return result(SoakOutcome.INCONCLUSIVE, trigger(state).text() + ": " + sentence(state));
      }
    }
    return result(SoakOutcome.CLEAN, "nothing was breached");
  }

  private List<Trigger> unmeasured() {
    return SampleTotals.unmeasured(metrics, states, plan, Duration.between(order.start(), from));
  }

  private boolean hasBreach(List<TriggerState> reported) {
    return reported.stream().anyMatch(this::acts);
  }

  private boolean acts(TriggerState state) {
    return state.phase() == Phase.BREACH && trigger(state).then() != Then.NOTE;
  }

  private SoakResult result(SoakOutcome outcome, String sentence) {
    return SoakBounds.result(
        new SoakResult(
            outcome,
            sentence,
            carried(List.of()).seen(now(), unmeasured()),
            deadline,
            recorder.handOver()),
        plan);
  }

  private String sentence(TriggerState state) {
    return carried(List.of()).sentence(state);
  }

  private Trigger trigger(TriggerState state) {
    return plan.triggers().get(state.trigger());
  }

  private SoakOrder carried(List<Entry> unwritten) {
    return new SoakOrder(
        order.work(),
        plan,
        order.start(),
        order.began(),
        from,
        deadline,
        states,
        metrics,
        series,
        marks,
        sentences,
        recorder.sequence(),
        unwritten,
        statements,
        added,
        order.tellsLost());
  }

  /** The part of its id that follows the promotion's: unique in the promotion. */
  private static String writer(SoakOrder order) {
    String id = Workflow.getInfo().getWorkflowId();
    String promotion = order.work().promotion() + "/";
    return id.startsWith(promotion) ? id.substring(promotion.length()) : order.plan().name();
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  private static Instant earlier(Instant left, Instant right) {
    return left.isBefore(right) ? left : right;
  }
}
