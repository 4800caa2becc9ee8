package io.lockkeeper.promotion;

import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Event.RollbackEnded;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.rollback.Compensation;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Option quick: the undos of the steps of one environment, last first; its sections stay. Workflow
 * code, run in a detached scope.
 */
final class UndoSteps {
  private final Context context;
  private final StepRun steps;
  private final StagePlan.Deploy stage;
  private final Rollback rollback;

  UndoSteps(Context context, StepRun steps, StagePlan.Deploy stage) {
    this.context = context;
    this.steps = steps;
    this.stage = stage;
    this.rollback = new Rollback(context, steps, stage);
  }

  /**
   * Runs until every undo has passed, or a person gives up what is left.
   *
   * @return what is left; empty where all is undone
   */
  List<String> run(String because) {
    long began = Workflow.currentTimeMillis();
    context
        .recorder()
        .record(
            new Event.RollbackStarted(
                stage.environment(),
                RollbackEnded.QUICK,
                because,
                undos().stream().map(Compensation::title).toList()));
    while (true) {
      List<String> left = rollback.takeBack(undos());
      ended(left, Duration.ofMillis(Workflow.currentTimeMillis() - began));
      if (left.isEmpty()) {
        letGo();
        return left;
      }
      if (!rollback.again()) {
        return left;
      }
    }
  }

  /** What a person has to decide once the steps are undone. */
  void standStill() {
    context
        .recorder()
        .record(
            new Event.Paused(
                Cause.FAILURE,
                "the steps of "
                    + stage.environment()
                    + " are undone, its sections stay applied; roll back by option A to take them"
                    + " back too, or abort to leave them"));
    while (!context.acts().stops()) {
      context.acts().answer(() -> false);
    }
  }

  /** Measures too: nobody is waited for under them. */
  private List<Compensation> undos() {
    return context.compensations().reversed(stage.environment()).stream()
        .filter(compensation -> !(compensation instanceof Compensation.RevertSection))
        .toList();
  }

  private void ended(List<String> left, Duration took) {
    String sentence =
        left.isEmpty()
            ? "the steps of "
                + stage.environment()
                + " are undone, its sections stay"
                + Rollback.slow(took, stage.quickWithin())
            : "the steps of "
                + stage.environment()
                + " are not undone yet, left: "
                + String.join("; ", left);
    context
        .recorder()
        .record(
            new RollbackEnded(
                stage.environment(),
                left.isEmpty() ? Verdict.PASS : Verdict.FAIL,
                sentence,
                left,
                took.toMillis() / 1000.0,
                Optional.of(RollbackEnded.QUICK)));
  }

  /** Of a stage that had let it go before: others need not wait for what a person decides. */
  private void letGo() {
    boolean over =
        context.state().get().stage(stage.name()).stream()
            .anyMatch(state -> state.status() == StageStatus.ENDED);
    if (over) {
      steps.attemptBack(stage, new Step.Release(false));
    }
  }
}
