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
import java.util.stream.Stream;

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
                order().stream().map(Compensation::title).toList()));
    while (true) {
      before();
      List<String> left = takeBack(untilMeasures());
      if (left.isEmpty()) {
        left = verify();
      }
      if (left.isEmpty()) {
        left = after();
      }
      left.addAll(measuresBack());
      Duration took = Duration.ofMillis(Workflow.currentTimeMillis() - began);
      ended(left, took, stage.rollbackWithin());
      if (left.isEmpty() || !again()) {
        return left;
      }
    }
  }

  /** The steps' undos come first, then sections and measures. */
  private List<Compensation> order() {
    List<Compensation> all = context.compensations().reversed(stage.environment());
    List<Compensation> order = new ArrayList<>(all);
    order.removeIf(compensation -> !(compensation instanceof Compensation.UndoStep));
    all.stream().filter(c -> !(c instanceof Compensation.UndoStep)).forEach(order::add);
    return order;
  }

  /** Where steps of the rollback put measures in force, all are put back at once, at its end. */
  private List<Compensation> untilMeasures() {
    return order().stream()
        .filter(c -> !(c instanceof Compensation.PutMeasuresBack) || measuring().count() == 0)
        .toList();
  }

  /**
   * Goes on after what fails.
   *
   * @return what is left
   */
  List<String> takeBack(List<Compensation> order) {
    List<String> left = new ArrayList<>();
    for (Compensation compensation : order) {
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
    Subject subject = stage.undoesBeforeBaseline() ? Subject.ALL_REVERTED : Subject.REVERTED;
    StepResult reverted = steps.attemptBack(stage, new Step.Verify(subject));
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

  /** What fails of them is told and hinders nothing: taking back must not wait for it. */
  private void before() {
    for (Step step : stage.rollbackBefore()) {
      steps.attemptBack(stage, step);
    }
  }

  /** Once all is taken back: what fails of them is left. */
  private List<String> after() {
    List<String> left = new ArrayList<>();
    for (Step step : stage.rollbackAfter()) {
      StepResult result = steps.attemptBack(stage, step);
      if (result.verdict() != Verdict.PASS) {
        left.add(step.title() + ": " + result.sentence());
      }
    }
    return left;
  }

  /** Steps of the rollback that put measures in force. */
  private Stream<Step.Measure> measuring() {
    return Stream.of(stage.rollbackBefore(), stage.rollbackAfter())
        .flatMap(List::stream)
        .filter(step -> step instanceof Step.Measure)
        .map(Step.Measure.class::cast);
  }

  /** Before it is over, and before a person is waited for: nobody waits under measures. */
  private List<String> measuresBack() {
    Optional<Step.Measure> first = measuring().findFirst();
    if (first.isEmpty()) {
      return List.of();
    }
    Step back = new Step.Measure(true, first.get().of());
    StepResult result = steps.attemptBack(stage, back);
    if (result.verdict() != Verdict.PASS) {
      return List.of(back.title() + ": " + result.sentence());
    }
    steps.measures().over();
    context.compensations().forget(new Compensation.PutMeasuresBack(stage.environment()));
    return List.of();
  }

  void ended(List<String> left, Duration took, Optional<Duration> within) {
    String sentence =
        left.isEmpty()
            ? stage.environment() + " is as before, checked" + slow(took, within)
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

  static String slow(Duration took, Optional<Duration> within) {
    return within.isPresent() && took.compareTo(within.get()) > 0
        ? "; that is longer than the " + within.get().toSeconds() + " s it may take"
        : "";
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
