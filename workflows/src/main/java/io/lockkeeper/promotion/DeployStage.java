package io.lockkeeper.promotion;

import io.lockkeeper.change.Section;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.promotion.StepRun.Ended;
import io.lockkeeper.rollback.Compensation;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies the change in one environment; the rehearsal before it always takes itself back. */
final class DeployStage {
  private static final String ASKS_AGAIN = "drift-asks-again";

  private final Context context;
  private final StepRun steps;
  private final StagePlan.Deploy stage;
  private final Optional<SignOffStage> gate;
  private Optional<Step.Apply> applied = Optional.empty();

  /**
   * @param gate what was signed before it, where somebody had to
   */
  DeployStage(Context context, StepRun steps, StagePlan.Deploy stage, Optional<SignOffStage> gate) {
    this.context = context;
    this.steps = steps;
    this.stage = stage;
    this.gate = gate;
  }

  /**
   * Runs the stage's steps.
   *
   * @throws Stop where the flight must stop
   */
  void run() {
    context.recorder().record(new Event.StageStarted(stage.name()));
    List<Step> rehearsal = stage.steps().stream().filter(DeployStage::rehearses).toList();
    boolean rehearsed = rehearsal.isEmpty();
    for (Step step : stage.steps()) {
      if (!rehearses(step)) {
        pace(step);
        registerWayBack(step);
        run(step);
        endWayBack(step);
        foresee(step);
        applied = step instanceof Step.Apply apply ? Optional.of(apply) : applied;
      } else if (!rehearsed) {
        rehearse(rehearsal);
        rehearsed = true;
      }
    }
    context
        .recorder()
        .record(
            new Event.StageEnded(
                stage.name(), Verdict.PASS, "the change is applied in " + stage.environment()));
  }

  /** Where nobody was asked before, who looks on reads it here. */
  private void foresee(Step step) {
    if (step instanceof Step.Precheck && gate.isEmpty()) {
      steps.foresight().tell(stage);
    }
  }

  /** Where one accepts a schema that is not the one all agreed to, all are asked again. */
  private void run(Step step) {
    Ended ended = steps.run(stage, step, stage.onFailure());
    while (ended == Ended.DRIFT_ACCEPTED && gate.isPresent() && asksAgain()) {
      gate.get().run();
      context.recorder().record(new Event.StageStarted(stage.name()));
      ended = steps.run(stage, step, stage.onFailure());
    }
  }

  /** A flight of before went on. */
  private static boolean asksAgain() {
    return Workflow.getVersion(ASKS_AGAIN, Workflow.DEFAULT_VERSION, 1) > Workflow.DEFAULT_VERSION;
  }

  /** The pause after the section before, where another one follows that somebody wrote. */
  private void pace(Step next) {
    boolean written = next instanceof Step.Apply apply && !apply.section().equals(Section.ANALYZE);
    if (applied.isPresent() && written) {
      Duration usual = stage.section(applied.get().section()).pace();
      if (!context.state().get().adjusted().pace().orElse(usual).isZero()) {
        steps.hindered().pace(stage, usual);
      }
    }
  }

  private void rehearse(List<Step> rehearsal) {
    while (true) {
      StepResult failed = firstFailure(rehearsal);
      if (failed.verdict() == Verdict.PASS) {
        return;
      }
      String sentence = "the rehearsal failed and was taken back: " + failed.sentence();
      List<String> left = takeBack();
      if (!left.isEmpty()) {
        sentence = sentence + "; not taken back: " + String.join(", ", left);
      }
      if (steps.pause(Cause.FAILURE, stage.name() + ": " + sentence) == StepRun.Decision.RETRY) {
        context.recorder().record(new Event.Resumed("rehearses again"));
      }
    }
  }

  /** Runs the rehearsal's steps up to the first that does not pass. */
  private StepResult firstFailure(List<Step> rehearsal) {
    StepResult last = StepResult.pass("");
    for (Step step : rehearsal) {
      registerWayBack(step);
      last = steps.unhindered(stage, step);
      if (last.verdict() != Verdict.PASS) {
        return last;
      }
      if (step instanceof Step.Revert revert) {
        context.compensations().forget(compensation(revert.section(), revert.pass()));
      }
    }
    return last;
  }

  /** What could not be taken back. */
  private List<String> takeBack() {
    List<String> left = new ArrayList<>();
    for (Compensation compensation : context.compensations().reversed(stage.environment())) {
      if (!(compensation instanceof Compensation.RevertSection)) {
        // Measures are put back whenever a person is waited for.
        continue;
      }
      StepResult result = steps.attemptBack(stage, compensation.step());
      if (result.verdict() == Verdict.PASS) {
        context.compensations().forget(compensation);
      } else {
        left.add(compensation.title());
      }
    }
    steps.attemptBack(stage, new Step.Verify(Subject.REVERTED));
    return left;
  }

  /** Before the act, because the act may happen and its answer be lost. */
  private void registerWayBack(Step step) {
    if (step instanceof Step.Apply apply) {
      context.compensations().register(compensation(apply.section(), apply.pass()));
    } else if (step instanceof Step.Measure measure && !measure.back()) {
      context.compensations().register(new Compensation.PutMeasuresBack(stage.environment()));
    } else if (step instanceof Step.Sql sql && sql.way() == Step.Sql.Way.UNDONE) {
      context.compensations().register(new Compensation.UndoStep(stage.environment(), sql.of()));
    }
  }

  /** What has been put back needs no way back any more. */
  private void endWayBack(Step step) {
    if (step instanceof Step.Measure measure && measure.back()) {
      steps.measures().over();
      context.compensations().forget(new Compensation.PutMeasuresBack(stage.environment()));
    }
  }

  private Compensation compensation(String section, Pass pass) {
    return new Compensation.RevertSection(stage.environment(), section, pass);
  }

  private static boolean rehearses(Step step) {
    return (step instanceof Step.Apply apply && apply.pass() == Pass.REHEARSAL)
        || (step instanceof Step.Revert revert && revert.pass() == Pass.REHEARSAL)
        || (step instanceof Step.Verify verify && verify.subject() == Subject.REVERTED);
  }
}
