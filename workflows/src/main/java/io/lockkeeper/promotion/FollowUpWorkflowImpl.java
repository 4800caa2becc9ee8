package io.lockkeeper.promotion;

import io.lockkeeper.activity.ControlActivities;
import io.lockkeeper.activity.ControlActivities.Exported;
import io.lockkeeper.activity.ControlActivities.HistoryOrder;
import io.lockkeeper.activity.DurableTimer;
import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.Recorder;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.failure.Failures;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.plan.FollowUpPlan;
import io.lockkeeper.promotion.FollowUpOrder.Open;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.BadStatementException;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Verifier;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** See {@link FollowUpWorkflow}. One thing at a time; what people confirm is taken at once. */
public class FollowUpWorkflowImpl implements FollowUpWorkflow {
  private static final long EVENTS = 1_500;

  /** After a week of days it is asked for, or tried again, once a week. */
  private static final int DAYS = 7;

  private static final int TOLD_REFUSALS = 20;
  private static final String UNKNOWN = "unknown, through Temporal";

  private final FollowUpOrder order;
  private final Verifier verifier;
  private final Recorder recorder;
  private final Map<String, Open> open = new LinkedHashMap<>();
  private final Set<String> nonces;
  private boolean changed;
  private int refusals;
  private Optional<String> closes;

  @WorkflowInit
  public FollowUpWorkflowImpl(FollowUpOrder order) {
    this.order = order;
    this.verifier = new Verifier(order.trustedKeys());
    this.nonces = new HashSet<>(order.nonces());
    this.refusals = order.refusals();
    this.closes = order.closes();
    order.open().forEach(one -> open.put(one.plan().name(), one));
    this.recorder =
        new Recorder(order.work().promotion(), FollowUpOrder.STAGE, order.written(), entry -> {});
  }

  @Override
  public void run(FollowUpOrder same) {
    recorder.start();
    recorder.adopt(order.unwritten());
    try {
      followUp();
    } catch (CanceledFailure e) {
      callOff();
    }
    Workflow.newDetachedCancellationScope(this::handOver).run();
  }

  private void followUp() {
    while (!open.isEmpty()) {
      Open next = open.values().stream().min(Comparator.comparing(Open::next)).orElseThrow();
      if (waitFor(next)) {
        act(next);
      }
      if (Workflow.getInfo().getHistoryLength() > EVENTS
          || Workflow.getInfo().isContinueAsNewSuggested()) {
        Workflow.await(Workflow::isEveryHandlerFinished);
        Workflow.newContinueAsNewStub(FollowUpWorkflow.class).run(carried());
      }
    }
  }

  /** Somebody cancelled the workflow in Temporal: nothing is done by itself any more. */
  private void callOff() {
    recorder.record(new Event.FollowUpsCalledOff(UNKNOWN, List.copyOf(open.keySet())));
    open.clear();
  }

  /**
   * Waits until its time has come.
   *
   * @return whether it has; not where somebody acknowledged something before
   */
  private boolean waitFor(Open one) {
    long millis = one.next().toEpochMilli() - Workflow.currentTimeMillis();
    if (millis <= 0) {
      return true;
    }
    String summary = one.plan().name() + " in " + Durations.print(Duration.ofMillis(millis));
    DurableTimer timer = DurableTimer.of(Duration.ofMillis(millis), summary);
    changed = false;
    Workflow.await(() -> timer.isOver() || changed);
    // A cancelled timer is over too, and no time has come.
    CancellationScope.throwCanceled();
    boolean come = timer.isOver();
    timer.callOff();
    return come && open.containsKey(one.plan().name());
  }

  private void act(Open one) {
    FollowUpPlan plan = one.plan();
    Optional<Step> step = plan.step();
    boolean done = step.isPresent() ? tried(one, step.get()) : asked(one);
    if (done) {
      open.remove(plan.name());
    } else if (open.containsKey(plan.name())) {
      Duration later = plan.remind().multipliedBy(one.times() < DAYS ? 1 : DAYS);
      open.put(plan.name(), new Open(plan, now().plus(later), one.times() + 1));
    }
  }

  private boolean asked(Open one) {
    FollowUpPlan plan = one.plan();
    String again = one.times() == 0 ? "" : " (asked " + (one.times() + 1) + " times)";
    recorder.record(
        new Event.FollowUpAsked(plan.name(), plan.role() + " is asked: " + plan.title() + again));
    return false;
  }

  /** The intent first; what does not pass stays open, and is tried again. */
  private boolean tried(Open one, Step step) {
    String name = one.plan().name();
    int attempt = one.times() + 1;
    recorder.record(
        new Event.StepStarted(FollowUpOrder.STAGE, name, step.kind(), one.plan().title(), attempt));
    recorder.flushed(() -> false);
    StepResult result = notClosed(step).orElseGet(() -> StepCall.result(started(step)));
    recorder.record(
        new Event.StepEnded(
            FollowUpOrder.STAGE,
            name,
            step.kind(),
            attempt,
            result.verdict(),
            result.sentence(),
            result.evidence(),
            result.attachments()));
    return result.verdict() == Verdict.PASS;
  }

  /**
   * Closes the grant where the promotion could not: statements are let in by a closed one alone.
   *
   * @return why it is still open; nothing where the step may be done
   */
  private Optional<StepResult> notClosed(Step step) {
    if (closes.isEmpty() || !(step instanceof Step.Sql)) {
      return Optional.empty();
    }
    String environment = order.work().environment();
    EnvironmentActivities activities =
        Workflow.newActivityStub(
            EnvironmentActivities.class, Policies.closing(environment, environment + ": close"));
    StepOrder close = new StepOrder(order.work(), new Step.Release(true, closes), List.of());
    StepResult closed = StepCall.result(Async.function(activities::release, close));
    if (closed.verdict() != Verdict.PASS) {
      String why = "nothing was run, because the grant could not be closed: " + closed.sentence();
      return Optional.of(StepResult.of(Verdict.ERROR, why));
    }
    closes = Optional.empty();
    return Optional.empty();
  }

  private Promise<StepResult> started(Step step) {
    String environment = order.work().environment();
    EnvironmentActivities activities =
        Workflow.newActivityStub(
            EnvironmentActivities.class,
            Policies.followUp(step, environment, environment + ": " + step.title()));
    StepOrder asked = new StepOrder(order.work(), step, List.of());
    if (step instanceof Step.Sql) {
      return Async.function(activities::sql, asked);
    }
    if (step instanceof Step.Check) {
      return Async.function(activities::check, asked);
    }
    if (step instanceof Step.Compare) {
      return Async.function(activities::compare, asked);
    }
    throw new IllegalArgumentException("no follow-up of " + step.getClass().getName());
  }

  /** Temporal forgets: what it knows is kept before the workflow ends. */
  private void handOver() {
    recorder.flushed(() -> false);
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, Policies.control("keep the history beyond its retention"));
    String workflow = Workflow.getInfo().getWorkflowId();
    Exported kept =
        control.exportHistory(
            new HistoryOrder(order.work().promotion(), workflow, Workflow.getInfo().getRunId()));
    recorder.record(new Event.HistoryExported(workflow, kept.blob(), kept.events()));
    recorder.close();
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private FollowUpOrder carried() {
    return new FollowUpOrder(
        order.work(),
        List.copyOf(open.values()),
        order.trustedKeys(),
        nonces,
        refusals,
        recorder.sequence(),
        recorder.handOver(),
        closes);
  }

  @Override
  public ActReply acknowledge(@Nullable SignedStatement statement) {
    checkAcknowledge(statement);
    verifier.verified(statement).ifPresent(this::take);
    return new ActReply(Status.COMPLETE, recorder.sequence());
  }

  @Override
  public void checkAcknowledge(@Nullable SignedStatement statement) {
    Optional<String> whyNot = whyNot(statement);
    if (whyNot.isPresent()) {
      throw Failures.refusal(whyNot.get());
    }
  }

  @Override
  public void acknowledgeSignal(@Nullable SignedStatement statement) {
    Optional<String> whyNot = whyNot(statement);
    if (whyNot.isEmpty()) {
      verifier.verified(statement).ifPresent(this::take);
    } else {
      refuse(statement, whyNot.get());
    }
  }

  private void refuse(@Nullable SignedStatement statement, String whyNot) {
    refusals++;
    if (refusals <= TOLD_REFUSALS) {
      String person = verifier.verified(statement).map(Statement::person).orElse(UNKNOWN);
      String counted =
          refusals == TOLD_REFUSALS ? "; further refusals of these follow-ups are not told" : "";
      recorder.record(
          new Event.ActRefused(Action.ACKNOWLEDGE, person, whyNot + counted, Source.TEMPORAL));
    }
  }

  private Optional<String> whyNot(@Nullable SignedStatement signed) {
    Statement statement;
    try {
      statement = verifier.verify(signed);
    } catch (BadStatementException e) {
      return Optional.of(e.text());
    }
    if (statement.action() != Action.ACKNOWLEDGE
        || !statement.promotion().equals(order.work().promotion())
        || !statement.change().equals(order.work().change())) {
      return Optional.of("the statement is about something else");
    }
    if (nonces.contains(statement.nonce())) {
      return Optional.of("the statement has been used already");
    }
    @Nullable Open one = open.get(statement.followUp().orElse(""));
    if (one == null) {
      return Optional.of(
          "no follow-up of that name is open: open are " + String.join(", ", open.keySet()));
    }
    if (!statement.role().equals(Optional.of(one.plan().role()))) {
      return Optional.of(one.plan().name() + " is for the role " + one.plan().role());
    }
    return one.plan().kind() == Kind.ASK || one.times() > 0
        ? Optional.empty()
        : Optional.of(
            one.plan().name() + " is done by itself, at " + one.next() + ": wait for that");
  }

  private void take(Statement statement) {
    String name = statement.followUp().orElseThrow();
    nonces.add(statement.nonce());
    open.remove(name);
    changed = true;
    recorder.record(
        new Event.FollowUpAcknowledged(
            name, statement.role().orElseThrow(), statement.person(), statement.reason()));
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
