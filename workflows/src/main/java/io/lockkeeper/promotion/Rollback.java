package io.lockkeeper.promotion;

import io.lockkeeper.journal.Event;
import io.lockkeeper.rollback.Compensation;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes back in one environment what was begun there, last first. Goes on after a failure, records
 * every outcome, and is over only when a check has shown that nothing is left. Workflow code, run
 * in a detached scope.
 */
final class Rollback {
  /** Since then the tables are vacuumed and analyzed before the checks. */
  private static final String MAINTAINS = "rollback-maintains";

  private final Context context;
  private final StepRun steps;
  private final StagePlan.Deploy stage;

  Rollback(Context context, StepRun steps, StagePlan.Deploy stage) {
    this.context = context;
    this.steps = steps;
    this.stage = stage;
  }

  /**
   * Runs until nothing is left, or a person gives up what is left.
   *
   * @return what is left; empty where all was taken back
   */
  List<String> run(String because) {
    long began = Workflow.currentTimeMillis();
    context
        .recorder()
        .record(
            new Event.RollbackStarted(
                stage.environment(),
                "A",
                because,
                context.compensations().reversed(stage.environment()).stream()
                    .map(Compensation::title)
                    .toList()));
    while (true) {
      List<String> left = takeBack();
      if (left.isEmpty()) {
        left = verify();
      }
      Duration took = Duration.ofMillis(Workflow.currentTimeMillis() - began);
      ended(left, took, stage.rollbackWithin());
      if (left.isEmpty() || !again()) {
        return left;
      }
    }
  }

  private List<String> takeBack() {
    List<String> left = new ArrayList<>();
    for (Compensation compensation : context.compensations().reversed(stage.environment())) {
      StepResult result = steps.attemptBack(stage, compensation.step());
      if (result.verdict() == Verdict.PASS) {
        context.compensations().forget(compensation);
      } else {
        left.add(compensation.title() + ": " + result.sentence());
      }
    }
    return left;
  }

  private List<String> verify() {
    List<String> left = new ArrayList<>();
    StepResult reverted = steps.attemptBack(stage, new Step.Verify(Subject.REVERTED));
    if (reverted.verdict() != Verdict.PASS) {
      left.add(reverted.sentence());
    }
    if (Workflow.getVersion(MAINTAINS, Workflow.DEFAULT_VERSION, 1) != Workflow.DEFAULT_VERSION) {
      // What could not be vacuumed is told and keeps nobody waiting: autovacuum comes to it.
      steps.attemptBack(stage, new Step.Maintain());
    }
    StepResult checks = steps.attemptBack(stage, new Step.Verify(Subject.CHECKS_ROLLED_BACK));
    if (checks.verdict() != Verdict.PASS) {
      left.add(checks.sentence());
    }
    return left;
  }

  void ended(List<String> left, Duration took, Optional<Duration> within) {
    String slow =
        within.isPresent() && took.compareTo(within.get()) > 0
            ? "; that is longer than the " + within.get().toSeconds() + " s it may take"
            : "";
    String sentence =
        left.isEmpty()
            ? stage.environment() + " is as before, checked" + slow
            : stage.environment() + " is not back yet, left: " + String.join("; ", left);
    context
        .recorder()
        .record(
            new Event.RollbackEnded(
                stage.environment(),
                left.isEmpty() ? Verdict.PASS : Verdict.FAIL,
                sentence,
                left,
                took.toMillis() / 1000.0));
  }

  /** Whether a person wants what is left tried again: neither given up, nor another way back. */
  boolean again() {
    context.acts().answer(() -> false);
    boolean otherwise = context.acts().stops();
    if (!otherwise) {
      context.recorder().record(new Event.Resumed("tries again to take back what is left"));
    }
    return !otherwise;
  }
}
