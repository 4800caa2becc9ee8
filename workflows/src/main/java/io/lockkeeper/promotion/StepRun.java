package io.lockkeeper.promotion;

import io.lockkeeper.change.EnvironmentPlan.OnFailure;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs steps: intent, act, outcome, and what a person decides where one went wrong. */
final class StepRun {
  /** How often a precheck that may clear by itself is looked at again. */
  private static final Duration AGAIN = Duration.ofMinutes(5);

  private static final String LOOKS_BACK = "drift-looks-back";

  /** What a person decided about a step that did not pass. */
  enum Decision {
    RETRY,
    ACCEPTED
  }

  private final Context context;
  private final StepCall call;
  private final Hindered hindered;
  private final MeasuresInForce measures;
  private final Foresight foresight;
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Set<String> accepted = new HashSet<>();
  private Runnable standsStill = () -> {};

  StepRun(Context context) {
    this.context = context;
    this.call = new StepCall(context);
    this.measures = new MeasuresInForce(context, this);
    this.hindered = new Hindered(context, measures);
    this.foresight = new Foresight(context);
  }

  Foresight foresight() {
    return foresight;
  }

  Hindered hindered() {
    return hindered;
  }

  MeasuresInForce measures() {
    return measures;
  }

  /**
   * @param pauses stands still where something that runs beside the flight asks for it
   */
  void whereItMayStandStill(Runnable pauses) {
    standsStill = pauses;
  }

  StepCall call() {
    return call;
  }

  /** What a step ended with. */
  enum Ended {
    PASSED,
    ACCEPTED,

    /** A person accepted that somebody else changed what the change touches. */
    DRIFT_ACCEPTED
  }

  /**
   * Runs a step until it passes or a person accepts it.
   *
   * @throws Stop where the flight must stop
   */
  Ended run(StagePlan stage, Step step, OnFailure onFailure) {
    while (true) {
      StepResult result = unhindered(stage, step);
      if (result.verdict() == Verdict.PASS) {
        return Ended.PASSED;
      }
      if (step instanceof Step.Precheck && result.transientFailure()) {
        hindered.park(AGAIN, stage.name() + ": " + result.sentence());
      } else if (decide(stage, step, result, onFailure) == Decision.ACCEPTED) {
        if (!(step instanceof Step.Apply)) {
          return cause(result) == Cause.DRIFT ? Ended.DRIFT_ACCEPTED : Ended.ACCEPTED;
        }
        // What was accepted is that its health cannot be told; it still has to be applied.
        accepted.add(key(stage, step));
      }
    }
  }

  /**
   * Runs a step, again and again while something hinders it that waiting may change.
   *
   * @throws Stop where the flight must stop
   */
  StepResult unhindered(StagePlan stage, Step step) {
    int tried = 0;
    while (true) {
      StepResult result = attempt(stage, step);
      if (result.hindrance().isEmpty()) {
        return result;
      }
      tried = isTriedAtOnce(result) ? tried + 1 : 0;
      hindered.settle(stage, step, result, tried);
      if (result.verdict() == Verdict.PASS) {
        return result;
      }
    }
  }

  private static boolean isTriedAtOnce(StepResult result) {
    Hindrance by = result.hindrance().orElseThrow();
    return by == Hindrance.LOCK || by == Hindrance.CAUSED_WAIT || by == Hindrance.MEASURES;
  }

  /**
   * Runs a step once.
   *
   * @throws Stop where the flight must stop, before the step or after it
   */
  StepResult attempt(StagePlan stage, Step step) {
    safePoint();
    measures.require(stage, step);
    int attempt = begin(stage, step);
    if (step.forward()) {
      // Forward fails closed: no effect before its intent is in the journal.
      context.recorder().flushed(context.acts()::stops);
      context.acts().throwIfStopped();
    }
    StepResult result = call.interruptible(stage, step, accepted.contains(key(stage, step)));
    end(stage, step, attempt, result);
    context.acts().throwIfStopped();
    return result;
  }

  /** Runs a step of the way back: nobody interrupts it, and only a lock is waited for. */
  StepResult attemptBack(StagePlan stage, Step step) {
    for (int tried = 1; ; tried++) {
      int attempt = begin(stage, step);
      StepResult result = call.toTheEnd(stage, step);
      end(stage, step, attempt, result);
      if (result.hindrance().isEmpty() || tried == Hindered.TRIES) {
        return result;
      }
      hindered.rest(tried, stage.environment() + ": try again to " + step.title());
    }
  }

  /**
   * Where the promotion may stand still.
   *
   * @throws Stop where the flight must stop
   */
  void safePoint() {
    context.acts().throwIfStopped();
    standsStill.run();
    if (!context.state().get().pauseRequested()) {
      return;
    }
    pause(Cause.PERSON, "paused at a safe point; nothing is half-applied");
    context.recorder().record(new Event.Resumed("resumed"));
  }

  /**
   * Stands still until a person decides.
   *
   * @throws Stop where the flight must stop
   */
  Decision pause(Cause cause, String sentence) {
    return pause(cause, sentence, () -> {});
  }

  /**
   * As above. Where somebody else changed what the change touches, whoever decides sees what a
   * rollback would do now.
   *
   * @param environment where that was found
   * @throws Stop where the flight must stop
   */
  Decision pause(String environment, Cause cause, String sentence) {
    if (cause != Cause.DRIFT || !looksBack()) {
      return pause(cause, sentence);
    }
    StagePlan.Deploy stage = context.input().flight().deploy(environment);
    CancellationScope look =
        Workflow.newCancellationScope(() -> Async.procedure(() -> lookBack(stage)));
    return pause(cause, sentence, look);
  }

  /** Histories of before stand still without a look. */
  private static boolean looksBack() {
    return Workflow.getVersion(LOOKS_BACK, Workflow.DEFAULT_VERSION, 1) != Workflow.DEFAULT_VERSION;
  }

  /** Nobody waits for it: its worker may be away. */
  private void lookBack(StagePlan.Deploy stage) {
    Step step = new Step.Verify(Subject.WAY_BACK);
    int attempt = begin(stage, step);
    end(stage, step, attempt, call.toTheEnd(stage, step));
  }

  private Decision pause(Cause cause, String sentence, Runnable meanwhile) {
    context.recorder().record(new Event.Paused(cause, sentence));
    Promise<Void> down = measures.standDown();
    meanwhile.run();
    Optional<Action> answer = context.acts().answer(() -> false);
    if (meanwhile instanceof CancellationScope look) {
      look.cancel();
    }
    down.get();
    context.acts().throwIfStopped();
    return answer.filter(action -> action == Action.ACKNOWLEDGE).isPresent()
        ? Decision.ACCEPTED
        : Decision.RETRY;
  }

  private static String key(StagePlan stage, Step step) {
    return stage.name() + " " + step.name();
  }

  private int begin(StagePlan stage, Step step) {
    measures.begun(stage, step);
    int attempt = attempts.merge(key(stage, step), 1, Integer::sum);
    context
        .recorder()
        .record(
            new Event.StepStarted(stage.name(), step.name(), step.kind(), step.title(), attempt));
    return attempt;
  }

  private void end(StagePlan stage, Step step, int attempt, StepResult result) {
    measures.ended(step, result);
    context
        .recorder()
        .record(
            new Event.StepEnded(
                stage.name(),
                step.name(),
                step.kind(),
                attempt,
                result.verdict(),
                result.sentence(),
                result.evidence(),
                result.attachments()));
  }

  private Decision decide(StagePlan stage, Step step, StepResult result, OnFailure onFailure) {
    String sentence = stage.name() + ", " + step.title() + ": " + result.sentence();
    boolean applied = context.state().get().begun().contains(stage.environment());
    if ((onFailure == OnFailure.ROLLBACK || result.rollsBack()) && applied) {
      throw Stop.rollback(stage.environment(), sentence);
    }
    Decision decision = pause(stage.environment(), cause(result), sentence);
    context
        .recorder()
        .record(
            new Event.Resumed(
                decision == Decision.ACCEPTED
                    ? "accepted by a person: " + step.title()
                    : "tries again: " + step.title()));
    return decision;
  }

  private static Cause cause(StepResult result) {
    if (result.verdict() == Verdict.INCONCLUSIVE) {
      return Cause.EVIDENCE;
    }
    if (result.sentence().startsWith(FailureCode.DRIFT.text())) {
      return Cause.DRIFT;
    }
    return result.sentence().startsWith(FailureCode.WRONG_TARGET.text())
        ? Cause.IDENTITY
        : Cause.FAILURE;
  }
}
