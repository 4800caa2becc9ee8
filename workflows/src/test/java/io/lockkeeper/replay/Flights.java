package io.lockkeeper.replay;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Hanging;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.StepResult;
import io.temporal.activity.Activity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The promotions whose histories are kept, by the names of their files. */
final class Flights {
  static final String SHORT =
      Bundles.FLIGHT
          .replace("  - dev\n", "")
          .replace("soak: 24h", "soak: 30m")
          .replace("watch: [2h, 24h]", "watch: 30m");

  /** What is done with a promotion from its start to its end. */
  interface Flown {
    void by(SkippedClock clock) throws InterruptedException;
  }

  private Flights() {}

  static Map<String, Flown> all() {
    Map<String, Flown> flights = new LinkedHashMap<>();
    flights.put("clean", Flights::clean);
    flights.put("breach-in-the-soak", Flights::breach);
    flights.put("abort-while-applying", Flights::abort);
    flights.put("refusal-and-retry", Flights::refusal);
    flights.put("worker-killed", Flights::killed);
    flights.put("pause-and-resume", Flights::pause);
    return flights;
  }

  private static void clean(SkippedClock clock) {
    clock.start();
    sign(clock);
    clock.result();
  }

  private static void breach(SkippedClock clock) {
    clock
        .environment()
        .answerWindows(
            order ->
                order.from().isAfter(order.start())
                    ? RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0")
                    : RecordingEnvironment.clean(order));
    clock.start().result();
  }

  private static void abort(SkippedClock clock) throws InterruptedException {
    Hanging apply = new Hanging();
    clock.environment().answer("staging apply-20_positions", apply);
    clock.start();
    apply.awaitBegun();
    clock.act(Action.ABORT, "dora");
    clock.result();
  }

  private static void refusal(SkippedClock clock) {
    clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.signOff("dba", "boris");
    clock.refuse("operations-lead", "dora", "not on a Friday");
    clock.until(state -> state.status() == Status.PAUSED);
    clock.act(Action.RETRY, "ana");
    sign(clock);
    clock.result();
  }

  private static void killed(SkippedClock clock) throws InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    clock
        .environment()
        .answer(
            "staging apply-10_stocks",
            order -> {
              if (attempts.incrementAndGet() == 1) {
                Activity.getExecutionContext().doNotCompleteOnReturn();
                begun.countDown();
              }
              return StepResult.pass("done");
            });
    clock.start();
    begun.await();
    clock.sleepUnanswered(Duration.ofSeconds(8));
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.act(Action.ABORT, "dora");
    clock.result();
  }

  private static void pause(SkippedClock clock) throws InterruptedException {
    Hanging apply = new Hanging();
    clock.environment().answer("staging apply-10_stocks", apply);
    clock.start();
    apply.awaitBegun();
    clock.act(Action.PAUSE, "dora");
    apply.release();
    clock.until(state -> state.status() == Status.PAUSED);
    clock.act(Action.RESUME, "dora");
    clock.until(state -> state.status() == Status.SOAKING, Duration.ofSeconds(1));
    clock.act(Action.PAUSE, "dora");
    clock.until(state -> state.status() == Status.PAUSED);
    clock.act(Action.RESUME, "dora");
    sign(clock);
    clock.result();
  }

  private static void sign(SkippedClock clock) {
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.signOff("dba", "boris");
    clock.signOff("operations-lead", "dora");
  }
}
