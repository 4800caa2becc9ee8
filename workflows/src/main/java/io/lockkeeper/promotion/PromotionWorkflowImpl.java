package io.lockkeeper.promotion;

import io.lockkeeper.activity.ControlActivities;
import io.lockkeeper.activity.ControlActivities.Exported;
import io.lockkeeper.activity.ControlActivities.HistoryOrder;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.Recorder;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.journal.Status;
import io.lockkeeper.rollback.Compensations;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.BadStatementException;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.lockkeeper.signoff.Verifier;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** See {@link PromotionWorkflow}. Decides everything, touches nothing. */
public class PromotionWorkflowImpl implements PromotionWorkflow {
  /** The name under which it writes into the journal. */
  static final String WRITER = "promotion";

  private final PromotionInput input;
  private final Recorder recorder;
  private final Acts acts;
  private final Context context;
  private final StepRun steps;
  private final Observation observation;
  private final FollowUps followUps;
  private final EvidencePackage evidence = new EvidencePackage();
  private final Board board = new Board();
  private PromotionState state;

  @WorkflowInit
  public PromotionWorkflowImpl(PromotionInput input) {
    this.input = input;
    this.state = PromotionFold.start(input.requested(), input.requestedAt());
    this.recorder = new Recorder(input.id(), WRITER, 0, this::recorded);
    this.acts = new Acts(input, recorder, this::state, new Moved());
    this.context = new Context(input, recorder, acts, new Compensations(), this::state);
    this.steps = new StepRun(context);
    this.observation = new Observation(context, steps);
    this.followUps = new FollowUps(context);
    steps.whereItMayStandStill(observation::settlePauses);
  }

  @Override
  public PromotionResult run(PromotionInput same) {
    recorder.start();
    board.show(state);
    List<PromotionResult> results = new ArrayList<>();
    try {
      fly();
      results.add(
          ending(Status.COMPLETE, "the last watch has passed", List.of(), Optional.empty()));
    } catch (Stop stop) {
      Workflow.newDetachedCancellationScope(() -> results.add(stopped(stop))).run();
    } catch (CanceledFailure e) {
      Workflow.newDetachedCancellationScope(() -> results.add(cancelled())).run();
    }
    Workflow.newDetachedCancellationScope(this::handOver).run();
    return results.get(0);
  }

  @Override
  public PromotionState state() {
    return state;
  }

  /**
   * Goes through the stages in order.
   *
   * @throws Stop where the flight must stop
   */
  private void fly() {
    List<StagePlan> stages = input.flight().stages();
    Instant soakStart = now();
    Optional<SignOffStage> gate = Optional.empty();
    for (int i = 0; i < stages.size(); i++) {
      StagePlan stage = stages.get(i);
      steps.safePoint();
      if (stage instanceof StagePlan.Deploy deploy) {
        new DeployStage(context, steps, deploy, gate).run();
        gate = Optional.empty();
      } else if (stage instanceof StagePlan.SignOff signOff) {
        SignOffStage asked = new SignOffStage(context, steps, signOff, evidence, place(signOff));
        asked.run();
        gate = Optional.of(asked);
      } else if (stage instanceof StagePlan.Soak soak && soak.kind() == StageKind.SOAK) {
        soakStart = soak.first() ? now() : soakStart;
        soakStart = observation.soak(soak, soakStart);
      } else if (stage instanceof StagePlan.Soak watch && watch.first()) {
        observation.watch(milestones(stages.subList(i, stages.size()), watch.environment()));
      }
    }
    observation.join();
    // A person may have asked to stop while the last watch ended.
    acts.throwIfStopped();
  }

  private static List<StagePlan.Soak> milestones(List<StagePlan> from, String environment) {
    return from.stream()
        .filter(stage -> stage.kind() == StageKind.WATCH)
        .filter(stage -> stage.environment().equals(environment))
        .map(stage -> (StagePlan.Soak) stage)
        .toList();
  }

  private TargetGrant place(StagePlan stage) {
    try {
      return new Verifier(input.trustedKeys())
          .verify(input.statement())
          .grant(stage.environment())
          .orElseThrow(() -> new IllegalStateException("no grant for " + stage.environment()));
    } catch (BadStatementException e) {
      throw new IllegalStateException("the start is not signed by a trusted key", e);
    }
  }

  private PromotionResult stopped(Stop stop) {
    observation.stop();
    acts.takeStop();
    List<String> inForce = steps.measures().end(stop.environment());
    if (stop.kind() == Stop.Kind.ABORT) {
      return ending(Status.ABORTED, stop.because(), inForce, Optional.empty());
    }
    acts.takesBack(stop.environment());
    List<String> back = takenBack(stop);
    Optional<Stop> next = nextAct(stop, back);
    // Stuck, or once the steps are undone, a person may choose another way back.
    Stop last = stop;
    while (next.filter(s -> s.kind() == Stop.Kind.ROLLBACK).isPresent()) {
      last = next.get();
      back = takenBack(last);
      next = nextAct(last, back);
    }
    if (onlyUndone(last, back)) {
      return ending(
          Status.ABORTED,
          next.map(Stop::because).orElse(last.because()),
          inForce,
          Optional.empty());
    }
    List<String> left = new ArrayList<>(inForce);
    left.addAll(back);
    if (left.isEmpty()) {
      input.flight().deploy(stop.environment()).recovery().ifPresent(observation::recovery);
    }
    Optional<String> place = Optional.of(stop.environment());
    return left.isEmpty()
        ? ending(
            Status.ROLLED_BACK, stop.environment() + " rolled back: " + stop.because(), left, place)
        : ending(
            Status.FAILED, "the rollback of " + stop.environment() + " was given up", left, place);
  }

  /**
   * Whether the steps are undone and the sections stay: nothing is over before a person says so.
   */
  private static boolean onlyUndone(Stop stop, List<String> left) {
    return stop.option() == Option.QUICK && left.isEmpty();
  }

  /** What a person wants where something is left; nothing where all is taken back. */
  private Optional<Stop> nextAct(Stop stop, List<String> left) {
    if (onlyUndone(stop, left)) {
      new UndoSteps(context, steps, input.flight().deploy(stop.environment())).standStill();
    }
    Optional<Stop> next = acts.takeStop();
    return left.isEmpty() && stop.option() != Option.QUICK ? Optional.empty() : next;
  }

  /** What is left. */
  private List<String> takenBack(Stop stop) {
    StagePlan.Deploy stage = input.flight().deploy(stop.environment());
    return switch (stop.option()) {
      case QUICK -> new UndoSteps(context, steps, stage).run(stop.because());
      case A -> new Rollback(context, steps, stage).run(stop.because());
      case B -> new RestoreBackup(context, steps, stage).run(stop.because());
    };
  }

  /** Somebody cancelled the workflow in Temporal: as if they had aborted. */
  private PromotionResult cancelled() {
    String person = "unknown, through Temporal";
    recorder.record(
        new Event.ActAccepted(
            Action.ABORT, person, "the workflow was cancelled", Optional.empty(), Source.TEMPORAL));
    return stopped(Stop.abort("cancelled through Temporal"));
  }

  private PromotionResult ending(
      Status status, String because, List<String> left, Optional<String> rolledBack) {
    List<String> open = close(status, rolledBack);
    List<String> carries = state.begun();
    String sentence =
        because
            + (carries.isEmpty()
                ? "; no environment carries the change"
                : "; the change stays in " + String.join(", ", carries))
            + (left.isEmpty() ? "" : "; left: " + String.join("; ", left))
            + (open.isEmpty() ? "" : "; the grant is still open in " + String.join(", ", open));
    followUps.tell(status, rolledBack, open);
    recorder.record(new Event.Ended(status, sentence, carries));
    return new PromotionResult(status, sentence, carries);
  }

  /** Closes the grants, so that nothing forward runs any more; says where that was not possible. */
  private List<String> close(Status status, Optional<String> rolledBack) {
    List<StagePlan.Deploy> reached = new ArrayList<>();
    for (StagePlan stage : input.flight().stages()) {
      if (stage instanceof StagePlan.Deploy deploy
          && state.stage(deploy.name()).filter(s -> s.startedAt().isPresent()).isPresent()) {
        reached.add(deploy);
      }
    }
    List<Promise<StepResult>> closings =
        reached.stream()
            .map(
                stage ->
                    steps
                        .call()
                        .closing(stage, followUps.closing(status, rolledBack, stage.environment())))
            .toList();
    List<String> open = new ArrayList<>();
    for (int i = 0; i < reached.size(); i++) {
      StepResult closed = StepCall.result(closings.get(i));
      if (closed.verdict() != Verdict.PASS) {
        open.add(reached.get(i).environment());
      } else if (status != Status.COMPLETE && closed.evidence().isPresent()) {
        stays(reached.get(i), closed);
      }
    }
    return open;
  }

  /** What stays after all is listed; of what is COMPLETE everything does. */
  private void stays(StagePlan.Deploy stage, StepResult closed) {
    Step close = new Step.Release(true);
    recorder.record(
        new Event.StepEnded(
            stage.name(),
            close.name(),
            close.kind(),
            1,
            closed.verdict(),
            closed.sentence(),
            closed.evidence(),
            List.of()));
  }

  /** Temporal forgets: what it knows is kept before the workflow ends. */
  private void handOver() {
    recorder.flushed(() -> false);
    followUps.start();
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, Policies.control("keep the history beyond its retention"));
    List<String> workflows = new ArrayList<>(observation.children());
    workflows.add(input.id());
    for (String workflow : workflows) {
      String run = workflow.equals(input.id()) ? Workflow.getInfo().getRunId() : "";
      Exported kept = control.exportHistory(new HistoryOrder(input.id(), workflow, run));
      recorder.record(new Event.HistoryExported(workflow, kept.blob(), kept.events()));
    }
    recorder.close();
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private void recorded(Entry entry) {
    state = PromotionFold.next(state, entry);
    evidence.add(entry.event());
    board.show(state);
  }

  /** Ends of what is observed, moved by people. */
  private final class Moved implements Acts.Extension {
    @Override
    public Optional<String> whyNot(Statement statement) {
      if (statement.observes().any()) {
        return observation.whyNotObserve(statement.environment(), statement.observes());
      }
      if (statement.by().isEmpty()) {
        return statement.adjusts().any()
            ? Optional.empty()
            : Optional.of("say by how long, or name a pace or limits of the guard");
      }
      return observation.whyNotExtend(statement.environment());
    }

    @Override
    public void carryOut(Statement statement, String because) {
      statement.by().ifPresent(by -> observation.extend(statement.environment(), because, by));
      observation.change(statement.environment(), because, statement.observes());
      if (statement.adjusts().any()) {
        recorder.record(
            new Event.Adjusted(
                state.adjusted().and(statement.adjusts()),
                "sections are applied with " + statement.adjusts().text() + " (" + because + ")"));
      }
    }
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  @Override
  public ActReply signOff(@Nullable SignedStatement statement) {
    return acts.update(Action.SIGN_OFF, statement);
  }

  @Override
  public void checkSignOff(@Nullable SignedStatement statement) {
    acts.check(Action.SIGN_OFF, statement);
  }

  @Override
  public void signOffSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.SIGN_OFF, statement);
  }

  @Override
  public ActReply acknowledge(@Nullable SignedStatement statement) {
    return acts.update(Action.ACKNOWLEDGE, statement);
  }

  @Override
  public void checkAcknowledge(@Nullable SignedStatement statement) {
    acts.check(Action.ACKNOWLEDGE, statement);
  }

  @Override
  public void acknowledgeSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.ACKNOWLEDGE, statement);
  }

  @Override
  public ActReply pause(@Nullable SignedStatement statement) {
    return acts.update(Action.PAUSE, statement);
  }

  @Override
  public void checkPause(@Nullable SignedStatement statement) {
    acts.check(Action.PAUSE, statement);
  }

  @Override
  public void pauseSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.PAUSE, statement);
  }

  @Override
  public ActReply resume(@Nullable SignedStatement statement) {
    return acts.update(Action.RESUME, statement);
  }

  @Override
  public void checkResume(@Nullable SignedStatement statement) {
    acts.check(Action.RESUME, statement);
  }

  @Override
  public void resumeSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.RESUME, statement);
  }

  @Override
  public ActReply retry(@Nullable SignedStatement statement) {
    return acts.update(Action.RETRY, statement);
  }

  @Override
  public void checkRetry(@Nullable SignedStatement statement) {
    acts.check(Action.RETRY, statement);
  }

  @Override
  public void retrySignal(@Nullable SignedStatement statement) {
    acts.signal(Action.RETRY, statement);
  }

  @Override
  public ActReply extend(@Nullable SignedStatement statement) {
    return acts.update(Action.EXTEND, statement);
  }

  @Override
  public void checkExtend(@Nullable SignedStatement statement) {
    acts.check(Action.EXTEND, statement);
  }

  @Override
  public void extendSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.EXTEND, statement);
  }

  @Override
  public ActReply abort(@Nullable SignedStatement statement) {
    return acts.update(Action.ABORT, statement);
  }

  @Override
  public void checkAbort(@Nullable SignedStatement statement) {
    acts.check(Action.ABORT, statement);
  }

  @Override
  public void abortSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.ABORT, statement);
  }

  @Override
  public ActReply rollback(@Nullable SignedStatement statement) {
    return acts.update(Action.ROLLBACK, statement);
  }

  @Override
  public void checkRollback(@Nullable SignedStatement statement) {
    acts.check(Action.ROLLBACK, statement);
  }

  @Override
  public void rollbackSignal(@Nullable SignedStatement statement) {
    acts.signal(Action.ROLLBACK, statement);
  }
}
