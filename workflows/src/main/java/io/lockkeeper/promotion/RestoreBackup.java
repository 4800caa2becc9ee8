package io.lockkeeper.promotion;

import io.lockkeeper.change.RestoreRule;
import io.lockkeeper.journal.Event;
import io.lockkeeper.rollback.Compensation;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Option B: the backup is restored beside the database of one environment, and swapped in. Asked
 * for by a person's signed statement, which the worker verifies too. Workflow code, run in a
 * detached scope.
 */
final class RestoreBackup {
  private final Context context;
  private final StepRun steps;
  private final StagePlan.Deploy stage;
  private final RestoreRule rule;
  private final Rollback rollback;

  RestoreBackup(Context context, StepRun steps, StagePlan.Deploy stage) {
    this.context = context;
    this.steps = steps;
    this.stage = stage;
    this.rule = stage.restoreRule().orElseThrow();
    this.rollback = new Rollback(context, steps, stage);
  }

  /**
   * Runs until the restored database serves and is checked, or a person gives it up.
   *
   * @return what is left; empty where all is done
   */
  List<String> run(String because) {
    long began = Workflow.currentTimeMillis();
    String loses = RestoreRules.loses(context.state().get(), stage, Instant.ofEpochMilli(began));
    List<Step> way = way();
    context
        .recorder()
        .record(
            new Event.RollbackStarted(
                stage.environment(),
                "B",
                because + "; " + loses,
                way.stream().map(Step::title).toList()));
    while (true) {
      List<String> left = takeAll(way);
      Duration took = Duration.ofMillis(Workflow.currentTimeMillis() - began);
      rollback.ended(left, took, rule.within());
      if (left.isEmpty() || !rollback.again()) {
        return left;
      }
    }
  }

  /**
   * Steps before the sections may be in the backup: their undos are run once it serves, and find
   * nothing to do where they are not. The backup of another change has another schema than the one
   * before this change.
   */
  private List<Step> way() {
    List<Step> way = new ArrayList<>(List.of(new Step.Restore(rule.change())));
    way.addAll(stage.undos());
    if (rule.change().isEmpty()) {
      boolean first = stage.undoesBeforeBaseline();
      way.add(new Step.Verify(first ? Subject.ALL_REVERTED : Subject.REVERTED));
    }
    way.add(new Step.Verify(Subject.CHECKS_ROLLED_BACK));
    return way;
  }

  /** What is looked at is another database until the first of them has passed. */
  private List<String> takeAll(List<Step> way) {
    List<String> left = new ArrayList<>();
    for (Step step : way) {
      StepResult result = steps.attemptBack(stage, step);
      if (result.verdict() != Verdict.PASS) {
        left.add(step.title() + ": " + result.sentence());
        if (step instanceof Step.Restore) {
          return left;
        }
      } else if (step instanceof Step.Restore) {
        forgetAll();
      }
    }
    return left;
  }

  /** What was applied is not in the restored database. */
  private void forgetAll() {
    for (Compensation gone : context.compensations().reversed(stage.environment())) {
      context.compensations().forget(gone);
    }
  }
}
