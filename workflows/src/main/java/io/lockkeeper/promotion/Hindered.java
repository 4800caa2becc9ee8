package io.lockkeeper.promotion;

import io.lockkeeper.activity.DurableTimer;
import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.change.SectionRules.Resume;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Waits for what keeps a section from going on: with a durable back-off where its lock was not
 * there, standing still until it is clear where a limit was crossed. Workflow code.
 */
final class Hindered {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** With five minutes of asking in each: about three hours. Then a person decides. */
  static final int TRIES = 20;

  /** Each watches for a quarter of an hour: half a day, and this workflow's history stays short. */
  private static final int LOOKS = 48;

  /** Since then a change of the pace holds for the pause that is under way. */
  private static final String PACE_CHANGES = "pace-changes-at-once";

  /** Whose lease ends again and again: something keeps the engine from renewing it. */
  private static final int LAPSES = 5;

  private static final String BY_A_PERSON = "resumed by a person";

  private final Context context;
  private final MeasuresInForce measures;

  Hindered(Context context, MeasuresInForce measures) {
    this.context = context;
    this.measures = measures;
  }

  /**
   * Waits until the step may be tried again, or the flight may go on.
   *
   * @param tried how often in a row its lock was not there, this time included
   * @throws Stop where the flight must stop
   */
  void settle(StagePlan stage, Step step, StepResult result, int tried) {
    Hindrance by = result.hindrance().orElseThrow();
    String sentence = stage.name() + ", " + step.title() + ": " + result.sentence();
    switch (by) {
      case LOCK, CAUSED_WAIT -> backOff(sentence, tried);
      case GUARD -> standStill(stage, step, Cause.GUARD, sentence);
      case HEALTH -> standStill(stage, step, Cause.HEALTH, sentence);
      case MEASURES -> lapsed(sentence, tried);
    }
  }

  /**
   * A pause that was planned, between two sections. A person may change it while it lasts.
   *
   * @throws Stop where the flight must stop
   */
  void pace(StagePlan stage, Duration usual) {
    boolean follows =
        Workflow.getVersion(PACE_CHANGES, Workflow.DEFAULT_VERSION, 1) != Workflow.DEFAULT_VERSION;
    long began = Workflow.currentTimeMillis();
    boolean changed = true;
    while (changed) {
      Duration pace = paceNow(usual);
      Duration left = pace.minusMillis(Workflow.currentTimeMillis() - began);
      if (left.isNegative() || left.isZero()) {
        return;
      }
      changed =
          park(
              left,
              stage.name() + ": the next section begins after a pace of " + Durations.print(pace),
              () -> follows && !paceNow(usual).equals(pace));
    }
  }

  private Duration paceNow(Duration usual) {
    return context.state().get().adjusted().pace().orElse(usual);
  }

  /**
   * Waits for the time given, or for a person who is surer.
   *
   * @throws Stop where the flight must stop
   */
  void park(Duration time, String sentence) {
    park(time, sentence, () -> false);
  }

  /** Whether what might change meanwhile ended it, and neither the time nor a person. */
  private boolean park(Duration time, String sentence, Supplier<Boolean> changed) {
    context.recorder().record(new Event.Parked(sentence));
    DurableTimer timer = DurableTimer.of(time, "look again: " + sentence);
    Optional<Action> answer = context.acts().answer(() -> timer.isOver() || changed.get());
    boolean ended = timer.isOver() || answer.isPresent();
    timer.callOff();
    context.acts().throwIfStopped();
    context.recorder().record(new Event.Resumed("looks again"));
    return !ended;
  }

  /** The back-off of a way back: it stays as it is, and nobody interrupts it. */
  void rest(int tried, String summary) {
    Workflow.newTimer(
            wait(tried), TimerOptions.newBuilder().setSummary(Policies.cut(summary)).build())
        .get();
  }

  private void backOff(String sentence, int tried) {
    if (tried % TRIES == 0) {
      person(Cause.GUARD, sentence + "; tried " + tried + " times, and now a person decides");
      return;
    }
    Duration wait = wait(tried % TRIES);
    park(wait, sentence + "; tries again in " + Durations.print(wait) + ", for the time " + tried);
  }

  /** They are put in force again before the next attempt: nothing is to be waited for. */
  private void lapsed(String sentence, int tried) {
    if (tried >= LAPSES) {
      person(Cause.FAILURE, sentence + "; lapsed " + tried + " times, and now a person decides");
    }
  }

  /** Doubled each time, and moved by chance so that two do not meet again and again. */
  private static Duration wait(int tried) {
    long millis = SHORTEST.toMillis() << Math.min(tried - 1, 20);
    long longest = Math.min(millis, LONGEST.toMillis());
    long chance = Workflow.randomUUID().getLeastSignificantBits();
    long wait = longest / 2 + Math.floorMod(chance, longest / 2 + 1);
    return Duration.ofSeconds(Math.max(1, wait / 1000));
  }

  private void standStill(StagePlan stage, Step step, Cause cause, String sentence) {
    if (waits(stage, step).resume() == Resume.PERSON) {
      person(cause, sentence);
      return;
    }
    context.recorder().record(new Event.Paused(cause, sentence + "; goes on when clear"));
    Promise<Void> down = measures.standDown();
    Optional<String> cleared = Optional.empty();
    for (int look = 0; look < LOOKS && cleared.isEmpty(); look++) {
      cleared = look(stage, step);
    }
    down.get();
    if (cleared.isPresent()) {
      context.recorder().record(new Event.Resumed(cleared.get()));
    } else {
      person(cause, sentence + "; it did not become clear, and now a person decides");
    }
  }

  /** Why the flight goes on; nothing where it is not clear yet. */
  private Optional<String> look(StagePlan stage, Step step) {
    List<Promise<StepResult>> started = new ArrayList<>();
    CancellationScope scope =
        Workflow.newCancellationScope(
            () -> {
              EnvironmentActivities activities =
                  Workflow.newActivityStub(
                      EnvironmentActivities.class,
                      Policies.clearing(
                          stage.environment(),
                          stage.environment() + ": wait until it is clear for " + step.title()));
              started.add(
                  Async.function(
                      activities::awaitClear,
                      new StepOrder(
                          context.work(stage),
                          step,
                          List.of(),
                          context.state().get().adjusted(),
                          false)));
            });
    scope.run();
    Promise<StepResult> running = started.get(0);
    Optional<Action> answer = context.acts().answer(running::isCompleted);
    if (!running.isCompleted()) {
      scope.cancel();
    }
    StepResult result = StepCall.result(running);
    context.acts().throwIfStopped();
    if (answer.isPresent()) {
      return Optional.of(BY_A_PERSON);
    }
    return result.verdict() == Verdict.PASS ? Optional.of(result.sentence()) : Optional.empty();
  }

  private void person(Cause cause, String sentence) {
    context.recorder().record(new Event.Paused(cause, sentence));
    Promise<Void> down = measures.standDown();
    context.acts().answer(() -> false);
    down.get();
    context.acts().throwIfStopped();
    context.recorder().record(new Event.Resumed(BY_A_PERSON));
  }

  private static StagePlan.SectionWaits waits(StagePlan stage, Step step) {
    if (stage instanceof StagePlan.Deploy deploy && step instanceof Step.Apply apply) {
      return deploy.section(apply.section());
    }
    return new StagePlan.SectionWaits("", Duration.ZERO, Resume.AUTO);
  }
}
