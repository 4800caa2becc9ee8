package io.lockkeeper.promotion;

import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The measures of the deploy stage that is on. They are in force while something is done under
 * them: an activity beside the steps renews their lease. Before a person is waited for they are put
 * back, and before the next step put in force again. Workflow code.
 */
final class MeasuresInForce {
  private final Context context;
  private final StepRun steps;

  /** Whose steps are done under measures. */
  private Optional<StagePlan.Deploy> stage = Optional.empty();

  /** What was put in force, in order: put back at once, put in force again one by one. */
  private final List<Step.Measure> wanted = new ArrayList<>();

  /** Whether they may be in force: putting them was begun, and they were not put back. */
  private boolean up;

  private Optional<CancellationScope> renewing = Optional.empty();

  MeasuresInForce(Context context, StepRun steps) {
    this.context = context;
    this.steps = steps;
  }

  /**
   * Before a step is begun: puts in force again what was put back, or had lapsed, meanwhile; before
   * one that puts measures in force, those that came before it.
   *
   * @throws Stop where the flight must stop
   */
  void require(StagePlan on, Step next) {
    boolean back = next instanceof Step.Measure measure && measure.back();
    if (up || back || stage.filter(on::equals).isEmpty()) {
      return;
    }
    for (Step.Measure measure : List.copyOf(wanted)) {
      if (measure.equals(next)) {
        return;
      }
      steps.run(on, measure, stage.orElseThrow().onFailure());
    }
  }

  /** What is begun may be in force, whatever becomes of the answer. */
  void begun(StagePlan on, Step step) {
    if (step instanceof Step.Measure measure && on instanceof StagePlan.Deploy deploy) {
      stopRenewing();
      if (!measure.back()) {
        stage = Optional.of(deploy);
        up = true;
        if (!wanted.contains(measure)) {
          wanted.add(measure);
        }
      }
    }
  }

  void ended(Step step, StepResult result) {
    boolean passed = result.verdict() == Verdict.PASS;
    if (step instanceof Step.Measure measure && passed) {
      up = !measure.back();
      if (result.evidence().orElse(null) instanceof Evidence.Measures put
          && up
          && !put.measures().isEmpty()) {
        renew();
      }
    } else if (result.hindrance().filter(by -> by == Hindrance.MEASURES).isPresent()) {
      stopRenewing();
      up = false;
    }
  }

  /** The stage goes on without measures. */
  void over() {
    stage = Optional.empty();
    wanted.clear();
  }

  /** Puts back what is in force while somebody is waited for, and does not wait itself. */
  Promise<Void> standDown() {
    return up ? Async.procedure(this::putBack) : Workflow.newPromise(null);
  }

  /**
   * Puts back for good what is in force in another environment than the one that is taken back:
   * there it is among what must be undone.
   *
   * @param takenBack the environment; empty for none
   * @return what could not be put back
   */
  List<String> end(String takenBack) {
    List<String> left = new ArrayList<>();
    if (up && !stage.orElseThrow().environment().equals(takenBack)) {
      StepResult result = putBack();
      if (result.verdict() != Verdict.PASS) {
        left.add("the measures of " + stage.orElseThrow().environment() + ": " + result.sentence());
      }
    }
    return left;
  }

  private StepResult putBack() {
    return steps.attemptBack(stage.orElseThrow(), new Step.Measure(true));
  }

  /** Detached: where the promotion is cancelled, they are in force until they are put back. */
  private void renew() {
    StagePlan.Deploy on = stage.orElseThrow();
    CancellationScope scope =
        Workflow.newDetachedCancellationScope(
            () -> {
              EnvironmentActivities activities =
                  Workflow.newActivityStub(
                      EnvironmentActivities.class,
                      Policies.keeping(
                          on.environment(), on.environment() + ": renew the measures' lease"));
              Async.function(
                  activities::keepMeasures,
                  new StepOrder(context.work(on), new Step.Measure(false), List.of()));
            });
    scope.run();
    renewing = Optional.of(scope);
  }

  private void stopRenewing() {
    renewing.ifPresent(CancellationScope::cancel);
    renewing = Optional.empty();
  }
}
