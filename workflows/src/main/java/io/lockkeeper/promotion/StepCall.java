package io.lockkeeper.promotion;

import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls the activity of a step, and makes a result of whatever comes back. Workflow code. */
final class StepCall {
  private final Context context;

  /** What people see of each environment's schema when they agree, by its hash. */
  private final Map<String, String> seen = new HashMap<>();

  StepCall(Context context) {
    this.context = context;
  }

  /**
   * Gives the step up when the flight must stop: cancels it and waits until it has ended.
   *
   * @param accepted whether a person accepted that something about it cannot be told
   */
  StepResult interruptible(StagePlan stage, Step step, boolean accepted) {
    List<Promise<StepResult>> started = new ArrayList<>();
    CancellationScope scope =
        Workflow.newCancellationScope(
            () -> started.add(start(stage, step, accepted, options(stage, step))));
    scope.run();
    Promise<StepResult> running = started.get(0);
    try {
      Workflow.await(() -> running.isCompleted() || context.acts().stops());
    } catch (CanceledFailure e) {
      // The workflow itself was cancelled, and its activities with it: they end before we go on.
      Workflow.newDetachedCancellationScope(() -> Workflow.await(running::isCompleted)).run();
      throw e;
    }
    if (!running.isCompleted()) {
      scope.cancel();
    }
    StepResult result = result(running);
    if (stage instanceof StagePlan.SignOff) {
      result.attachments().stream()
          .filter(file -> file.name().endsWith("-" + StepOrder.SCHEMA))
          .forEach(file -> seen.put(stage.environment(), file.blob().sha256()));
    }
    return result;
  }

  /** Goes on whatever is asked meanwhile. */
  StepResult toTheEnd(StagePlan stage, Step step) {
    return result(start(stage, step, false, options(stage, step)));
  }

  /** Does not wait. */
  Promise<StepResult> closing(StagePlan stage, Optional<String> follows) {
    Step step = new Step.Release(true, follows);
    return start(
        stage, step, false, Policies.closing(stage.environment(), stage.environment() + ": close"));
  }

  static StepResult result(Promise<StepResult> running) {
    try {
      return running.get();
    } catch (ActivityFailure | CanceledFailure e) {
      return failed(e);
    }
  }

  private Promise<StepResult> start(
      StagePlan stage, Step step, boolean accepted, ActivityOptions options) {
    EnvironmentActivities activities =
        Workflow.newActivityStub(EnvironmentActivities.class, options);
    StepOrder order =
        new StepOrder(
            context.work(stage),
            step,
            statements(stage, step),
            context.state().get().adjusted(),
            accepted,
            approved(stage, step));
    return switch (step.kind()) {
      case PRECHECK -> Async.function(activities::precheck, order);
      case HOLD -> Async.function(activities::hold, order);
      case BASELINE -> Async.function(activities::baseline, order);
      case MEASURE -> Async.function(activities::measure, order);
      case BACKUP -> Async.function(activities::backup, order);
      case APPLY -> Async.function(activities::applySection, order);
      case REVERT -> Async.function(activities::revertSection, order);
      case MAINTAIN -> Async.function(activities::maintain, order);
      case VERIFY -> Async.function(activities::verify, order);
      case COMPARE -> Async.function(activities::compare, order);
      case SQL -> Async.function(activities::sql, order);
      case UNDO -> Async.function(activities::undo, order);
      case CHECK -> Async.function(activities::check, order);
      case RESTORE -> Async.function(activities::restore, order);
      case RELEASE -> Async.function(activities::release, order);
      case OBSERVE -> throw new IllegalStateException("a soak is a workflow of its own");
    };
  }

  /** What the worker verifies for itself. */
  private List<SignedStatement> statements(StagePlan stage, Step step) {
    if (step instanceof Step.Hold) {
      return context.acts().grant(stage.environment());
    }
    return step instanceof Step.Restore ? context.acts().restore() : List.of();
  }

  private Optional<String> approved(StagePlan stage, Step step) {
    return stage instanceof StagePlan.Deploy && step instanceof Step.Precheck
        ? Optional.ofNullable(seen.get(stage.environment()))
        : Optional.empty();
  }

  private static ActivityOptions options(StagePlan stage, Step step) {
    return Policies.step(step, stage.environment(), stage.environment() + ": " + step.title());
  }

  /** A step that could not be tried to its end. */
  private static StepResult failed(TemporalFailure failure) {
    Throwable cause = failure;
    while (cause.getCause() instanceof TemporalFailure deeper) {
      cause = deeper;
    }
    if (cause instanceof CanceledFailure) {
      return StepResult.of(Verdict.ERROR, "stopped before its end; what was done is in the ledger");
    }
    if (cause instanceof TimeoutFailure late
        && late.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START) {
      return StepResult.of(
          Verdict.ERROR,
          FailureCode.TARGET_UNREACHABLE.text()
              + ": no worker of the environment took the step in time. Nothing more was done. Start"
              + " one");
    }
    if (cause instanceof ApplicationFailure application) {
      return StepResult.of(Verdict.ERROR, application.getOriginalMessage());
    }
    return StepResult.of(
        Verdict.ERROR,
        FailureCode.UNEXPECTED.text() + ": the step did not answer: " + cause.getMessage());
  }
}
