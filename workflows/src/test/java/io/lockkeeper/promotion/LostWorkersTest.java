package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a promotion when the world is away: workers, targets, the journal. */
class LostWorkersTest {
  private static final String HOUR = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h");

  private static SkippedClock clock() {
    return SkippedClock.of(Bundles.of(HOUR));
  }

  /** The worker dies with the step: nobody answers for it any more. */
  private static StepResult killed() {
    Activity.getExecutionContext().doNotCompleteOnReturn();
    return StepResult.pass("never heard");
  }

  @Test
  void workerKilledInAStep_isNoticedByItsHeartbeatAndAnotherDoesTheSameStepAgain()
      throws InterruptedException {
    List<StepOrder> orders = new CopyOnWriteArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging apply-10_stocks",
              order -> {
                orders.add(order);
                begun.countDown();
                return orders.size() == 1 ? killed() : StepResult.pass("done");
              });
      clock.start();
      begun.await();
      Instant killed = clock.now();
      clock.sleepUnanswered(Duration.ofSeconds(8));

      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(orders.get(1)).isEqualTo(orders.get(0));
      assertThat(clock.now()).isAfter(killed.plusSeconds(10));
      assertThat(
              clock.control().events(Event.StepEnded.class).stream()
                  .filter(ended -> ended.stage().equals("staging"))
                  .filter(ended -> ended.step().equals("apply-10_stocks"))
                  .map(ended -> ended.attempt() + " " + ended.verdict()))
          .containsExactly("1 PASS");
    }
  }

  @Test
  void targetThatIsAwayForAMoment_isTriedAgainByItself() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging apply-10_stocks",
              order -> {
                if (times.incrementAndGet() < 4) {
                  throw unreachable();
                }
                return StepResult.pass("done");
              });

      clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(times).hasValue(4);
    }
  }

  @Test
  void targetThatStaysAway_pausesWithItsOwnWordsAfterAllAttempts() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging apply-10_stocks",
              order -> {
                times.incrementAndGet();
                throw unreachable();
              });

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(times).hasValue(12);
      assertThat(paused.cause()).contains(Cause.FAILURE);
      assertThat(paused.sentence())
          .isEqualTo("staging, apply section 10_stocks: LK-TARGET-UNREACHABLE: it is away");
    }
  }

  @Test
  void wrongTarget_pausesForItsIdentityAfterOneAttempt() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging hold",
              order -> {
                times.incrementAndGet();
                throw ApplicationFailure.newNonRetryableFailure(
                    "LK-WRONG-TARGET: it is production", FailureCode.WRONG_TARGET.text());
              });

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(times).hasValue(1);
      assertThat(paused.cause()).contains(Cause.IDENTITY);
    }
  }

  @Test
  void loadThatMayClear_parksAndGoesOnByItself() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer("staging precheck", order -> times.incrementAndGet() < 3 ? busy() : calm());

      PromotionState parked =
          clock.start().until(state -> state.status() == Status.PARKED, Duration.ofSeconds(30));

      assertThat(parked.cause()).isEmpty();
      assertThat(parked.sentence()).isEqualTo("staging: sessions.active 90, limit 50");

      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(times).hasValue(3);
    }
  }

  @Test
  void parked_looksAgainAtOnceWhereAPersonSaysSo() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer("staging precheck", order -> times.incrementAndGet() < 2 ? busy() : calm());
      clock.start().until(state -> state.status() == Status.PARKED, Duration.ofSeconds(30));
      Instant parked = clock.now();

      clock.act(Action.RESUME, "dora");
      clock.until(state -> state.status() == Status.SOAKING, Duration.ofSeconds(1));

      assertThat(clock.now()).isBefore(parked.plusSeconds(60));
    }
  }

  @Test
  void journalAway_holdsForwardStepsBackAndNoRollback() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging compare",
              order -> {
                clock.control().away(true);
                return StepResult.of(Verdict.FAIL, "slower");
              });
      clock.start().until(state -> state.status() == Status.PAUSED);

      clock.act(Action.ROLLBACK, "dora");
      clock.until(state -> !state.begun().contains("staging"), Duration.ofSeconds(1));

      assertThat(clock.control().events(Event.RollbackStarted.class)).isEmpty();
      assertThat(clock.environment().calls("staging")).contains("revert-10_stocks");

      clock.control().away(false);

      assertThat(clock.result().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(clock.control().events(Event.RollbackEnded.class)).hasSize(1);
    }
  }

  private static ApplicationFailure unreachable() {
    return ApplicationFailure.newFailure(
        "LK-TARGET-UNREACHABLE: it is away", FailureCode.TARGET_UNREACHABLE.text());
  }

  private static StepResult busy() {
    return new StepResult(
        Verdict.FAIL,
        "sessions.active 90, limit 50",
        Optional.empty(),
        List.of(),
        true,
        false,
        Optional.empty());
  }

  private static StepResult calm() {
    return StepResult.pass("sessions.active 10, limit 50");
  }
}
