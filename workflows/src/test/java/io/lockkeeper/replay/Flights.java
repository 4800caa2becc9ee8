package io.lockkeeper.replay;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Hanging;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.ActReply;
import io.lockkeeper.promotion.FollowUpOrder;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The promotions whose histories are kept, by the names of their files. */
final class Flights {
  static final String SHORT =
      Bundles.FLIGHT
          .replace("  - dev\n", "")
          .replace("soak: 24h", "soak: 30m")
          .replace("watch: [2h, 24h]", "watch: 30m");

  /** As {@link #SHORT}, read-only while staging is changed. */
  static final String MEASURED_SHORT =
      SHORT.replace("  - staging:\n", "  - staging:\n      measures: { read_only: true }\n");

  /** As {@link #SHORT}, with something left to do at its end. */
  static final String FOLLOWED_SHORT =
      SHORT
          + """
          follow_up:
            - { after: 7d, sql: VACUUM (ANALYZE) stocks, name: vacuum }
            - { after: 1d, ask: what was learned?, name: lessons }
          """;

  private static final StepResult MEASURED =
      StepResult.of(
          Verdict.PASS,
          "in force",
          new Evidence.Measures(
              List.of(
                  new Evidence.Measure(
                      "read_only",
                      "database magnus",
                      "on",
                      Optional.empty(),
                      Promotions.START,
                      Optional.of(Promotions.START.plusSeconds(30)))),
              List.of(),
              List.of(),
              1));

  /** What is done with a promotion from its start to its end. */
  interface Flown {
    void by(SkippedClock clock) throws InterruptedException;
  }

  private Flights() {}

  /** The change that a flight is about. */
  static String change(String flight) {
    if (flight.endsWith("-followed-up")) {
      return FOLLOWED_SHORT;
    }
    return flight.endsWith("-under-measures") ? MEASURED_SHORT : SHORT;
  }

  static Map<String, Flown> all() {
    Map<String, Flown> flights = new LinkedHashMap<>();
    flights.put("clean", Flights::clean);
    flights.put("breach-in-the-soak", Flights::breach);
    flights.put("abort-while-applying", Flights::abort);
    flights.put("refusal-and-retry", Flights::refusal);
    flights.put("worker-killed", Flights::killed);
    flights.put("pause-and-resume", Flights::pause);
    flights.put("pause-under-measures", Flights::measures);
    flights.put("clean-and-followed-up", Flights::followedUp);
    return flights;
  }

  private static void clean(SkippedClock clock) {
    clock.start();
    sign(clock);
    clock.result();
  }

  /** One is confirmed once somebody was reminded, the other fails and passes a day later. */
  private static void followedUp(SkippedClock clock) {
    AtomicInteger attempts = new AtomicInteger();
    clock
        .environment()
        .answer(
            "staging follow-up-1",
            order ->
                attempts.incrementAndGet() == 1
                    ? StepResult.of(Verdict.FAIL, "another promotion holds the target")
                    : StepResult.pass("done"));
    clock.start();
    sign(clock);
    clock.until(state -> state.status().ended());
    clock.sleep(Duration.ofDays(3));
    WorkflowStub followUp = clock.observer(FollowUpOrder.STAGE);
    followUp.update(
        "acknowledge",
        ActReply.class,
        Promotions.acknowledging(clock.bundle(), "lessons", "release-manager", "ana", clock.now()));
    followUp.getResult(Void.class);
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

  /** Put back while somebody is waited for, put in force again, and put back at the end. */
  private static void measures(SkippedClock clock) throws InterruptedException {
    clock.environment().answer("staging measures", order -> MEASURED);
    pause(clock);
  }

  private static void sign(SkippedClock clock) {
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.signOff("dba", "boris");
    clock.signOff("operations-lead", "dora");
  }
}
