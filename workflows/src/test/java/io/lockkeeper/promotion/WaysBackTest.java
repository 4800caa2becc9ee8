package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Hanging;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which environment is taken back, in which order, and what an abort leaves. */
class WaysBackTest {
  private static final String HOUR = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h");
  private static final List<String> BACK =
      List.of(
          "revert-20_positions",
          "revert-10_stocks",
          "verify-reverted",
          "vacuum-analyze",
          "verify-rolled-back",
          "close");

  private static WindowResult deadlockIn(WindowOrder order, String stage) {
    return order.plan().name().equals(stage)
        ? RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0")
        : RecordingEnvironment.clean(order);
  }

  private static void signOff(SkippedClock clock) {
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.signOff("dba", "boris");
    clock.signOff("operations-lead", "dora");
  }

  private static List<String> lastCalls(SkippedClock clock, String environment, int count) {
    List<String> calls = clock.environment().calls(environment);
    return calls.subList(calls.size() - count, calls.size());
  }

  @Test
  void breachInTheSoak_takesStagingBackInReverse() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock.environment().answerWindows(order -> deadlockIn(order, "staging-soak"));

      PromotionResult result = clock.start().result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.sentence())
          .isEqualTo(
              "staging rolled back: deadlocks > 0: deadlocks 1, limit 0; the change stays in dev");
      assertThat(result.carries()).containsExactly("dev");
      assertThat(lastCalls(clock, "staging", 6)).isEqualTo(BACK);
      assertThat(clock.environment().calls("production")).isEmpty();
    }
  }

  @Test
  void breachInProductionsWatch_takesProductionBackAndLeavesTheOthers() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock.environment().answerWindows(order -> deadlockIn(order, "production-watch-2h"));
      signOff(clock.start());

      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.carries()).containsExactly("dev", "staging");
      assertThat(lastCalls(clock, "production", 6)).isEqualTo(BACK);
      assertThat(clock.environment().calls("production"))
          .doesNotContain("window production-watch-24h");
    }
  }

  @Test
  void compensationThatFails_isToldAndTheRestGoesOnUntilARetryEndsIt() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock.environment().answerWindows(order -> deadlockIn(order, "staging-soak"));
      clock
          .environment()
          .answer(
              "staging revert-20_positions",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "the index is in use")
                      : StepResult.pass("dropped"));

      PromotionState stuck = clock.start().until(state -> !state.left().isEmpty());

      assertThat(stuck.status()).isEqualTo(Status.ROLLING_BACK);
      assertThat(stuck.left())
          .containsExactly("take back section 20_positions: the index is in use");
      assertThat(lastCalls(clock, "staging", 2))
          .containsExactly("revert-20_positions", "revert-10_stocks");

      clock.act(Action.RETRY, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(clock.control().events(Event.RollbackEnded.class))
          .extracting(Event.RollbackEnded::verdict)
          .containsExactly(Verdict.FAIL, Verdict.PASS);
      assertThat(lastCalls(clock, "staging", 5))
          .containsExactly(
              "revert-20_positions",
              "verify-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
    }
  }

  @Test
  void rollbackThatIsGivenUp_endsFailedAndListsWhatIsLeft() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock.environment().answerWindows(order -> deadlockIn(order, "staging-soak"));
      clock
          .environment()
          .answer(
              "staging revert-10_stocks",
              order -> StepResult.of(Verdict.FAIL, "the index is in use"));
      clock.start().until(state -> !state.left().isEmpty());

      clock.act(Action.ABORT, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.FAILED);
      assertThat(result.sentence())
          .isEqualTo(
              "the rollback of staging was given up; the change stays in dev, staging; left: take"
                  + " back section 10_stocks: the index is in use");
      assertThat(result.carries()).containsExactly("dev", "staging");
    }
  }

  @Test
  void abortWhileApplying_cancelsTheStepTakesNothingBackAndListsWhatStays() throws Exception {
    Hanging apply = new Hanging();
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();

      clock.act(Action.ABORT, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ABORTED);
      assertThat(result.sentence())
          .isEqualTo("aborted by dora: for a test; the change stays in dev, staging");
      assertThat(lastCalls(clock, "staging", 2)).containsExactly("apply-10_stocks", "close");
      assertThat(clock.control().events(Event.StepEnded.class))
          .anySatisfy(
              ended -> {
                assertThat(ended.step()).isEqualTo("apply-10_stocks");
                assertThat(ended.verdict()).isEqualTo(Verdict.ERROR);
                assertThat(ended.sentence())
                    .isEqualTo("stopped before its end; what was done is in the ledger");
              });
    }
  }

  @Test
  void rollbackWhileApplying_takesBackOnlyWhatWasBegun() throws Exception {
    Hanging apply = new Hanging();
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();

      clock.act(Action.ROLLBACK, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(lastCalls(clock, "staging", 6))
          .containsExactly(
              "apply-10_stocks",
              "revert-10_stocks",
              "verify-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
    }
  }

  @Test
  void rollbackOfAnotherEnvironmentThanTheOneThatIsOn_takesThatBack() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR)).start()) {
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      clock.update(
          Action.ROLLBACK, clock.statement(Action.ROLLBACK, "dora", Optional.of("staging")));
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.carries()).containsExactly("dev");
      assertThat(lastCalls(clock, "staging", 6)).isEqualTo(BACK);
    }
  }

  @Test
  void abortInTheSoak_callsItOffAndKeepsTheChange() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR)).start()) {
      clock.until(state -> state.status() == Status.SOAKING);

      clock.act(Action.ABORT, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ABORTED);
      assertThat(result.carries()).containsExactly("dev", "staging");
      assertThat(clock.state().stage("staging-soak").orElseThrow().sentence())
          .isEqualTo("called off");
      assertThat(clock.environment().calls("staging")).doesNotContain("revert-10_stocks");
    }
  }

  @Test
  void workflowCancelledThroughTemporalInTheSoak_isJournaledAsAnAbortByNobodyKnown() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR)).start()) {
      clock.until(state -> state.status() == Status.SOAKING);

      clock.promotion().cancel();
      clock.until(state -> state.status().ended());

      assertThat(clock.state().status()).isEqualTo(Status.ABORTED);
      assertThat(clock.control().events(Event.Paused.class)).isEmpty();
      assertThat(clock.control().events(Event.ActAccepted.class))
          .containsExactly(
              new Event.ActAccepted(
                  Action.ABORT,
                  "unknown, through Temporal",
                  "the workflow was cancelled",
                  Optional.empty(),
                  Event.Source.TEMPORAL));
    }
  }

  @Test
  void failedStepWhereTheChangeSaysRollback_takesTheEnvironmentBack() {
    String rollback = HOUR.replace("risk: low", "risk: low\non_failure: rollback");
    try (SkippedClock clock = SkippedClock.of(Bundles.of(rollback))) {
      clock
          .environment()
          .answer("staging verify-objects", order -> StepResult.of(Verdict.FAIL, "one is invalid"));

      PromotionResult result = clock.start().result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.sentence())
          .isEqualTo(
              "staging rolled back: staging, look whether every object is there and valid: one is"
                  + " invalid; the change stays in dev");
      assertThat(lastCalls(clock, "staging", 6)).isEqualTo(BACK);
    }
  }

  @Test
  void failedCheckThatSaysRollback_takesTheEnvironmentBackWhereOthersWouldPause() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(HOUR))) {
      clock
          .environment()
          .answer(
              "staging verify-objects",
              order -> StepResult.of(Verdict.FAIL, "app_errors: matches 3").rollingBack());

      PromotionResult result = clock.start().result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(lastCalls(clock, "staging", 6)).isEqualTo(BACK);
    }
  }

  @Test
  void failedStepBeforeAnythingWasApplied_pausesAlsoWhereTheChangeSaysRollback() {
    String rollback = HOUR.replace("risk: low", "risk: low\non_failure: rollback");
    try (SkippedClock clock = SkippedClock.of(Bundles.of(rollback))) {
      clock.environment().answer("dev backup", order -> StepResult.pass("never asked"));
      clock
          .environment()
          .answer("dev hold", order -> StepResult.of(Verdict.FAIL, "held by another"));

      PromotionState state = clock.start().until(s -> s.status() == Status.PAUSED);

      assertThat(state.cause()).contains(Cause.FAILURE);
      assertThat(state.sentence())
          .isEqualTo("dev, verify the grant and hold the target: held by another");
    }
  }
}
