package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitNow;
import io.lockkeeper.step.Evidence.UnitNow.Finding;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What somebody else changes of that which a change touches. */
@Order(1)
class DriftTest {
  private static final String FOUND = "- index public.idx_stocks_sector";
  private static final String HASH = Sha256.hex("what people saw");

  private static WindowResult drifted(WindowOrder order) {
    WindowResult clean = RecordingEnvironment.clean(order);
    return new WindowResult(
        clean.sampledUntil(),
        clean.states(),
        clean.metrics(),
        clean.changes(),
        clean.marks(),
        clean.series(),
        List.of(FOUND));
  }

  /**
   * Stands still, and its look at the way back is over. Who acts before that cancels the look, and
   * the server of tests fails for good on a cancel of an activity that has just ended
   * (ACTIVITY_UNKNOWN; the real one takes it).
   */
  private static PromotionState paused(SkippedClock clock, String environment) {
    return clock.until(
        state ->
            state.status() == Status.PAUSED
                && state.stage(environment).orElseThrow().steps().stream()
                    .anyMatch(
                        step ->
                            step.name().equals("verify-way-back") && step.verdict().isPresent()));
  }

  @Test
  void driftInTheSoak_stopsTheFlightUntilItIsPutBack() {
    AtomicBoolean dropped = new AtomicBoolean();
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answerWindows(
              order -> dropped.get() ? drifted(order) : RecordingEnvironment.clean(order));
      clock.start().until(state -> state.status() == Status.SOAKING);
      clock.sleep(Duration.ofHours(3));

      dropped.set(true);
      PromotionState paused = paused(clock, "staging");

      assertThat(paused.cause()).contains(Cause.DRIFT);
      assertThat(paused.sentence())
          .isEqualTo(
              "staging-soak: LK-DRIFT: somebody else changed what this change touches: " + FOUND);
      assertThat(paused.stage("staging-soak").orElseThrow().verdict()).contains(Verdict.FAIL);

      dropped.set(false);
      clock.act(Action.RETRY, "dora");
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(clock.state().stage("staging-soak").orElseThrow().verdict())
          .contains(Verdict.PASS);
    }
  }

  @Test
  void driftAtTheLastWindow_isObservedForAWindowMoreOncePutBack() {
    AtomicBoolean dropped = new AtomicBoolean(true);
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answerWindows(
              order ->
                  dropped.get() && order.until().isAfter(order.start().plus(Duration.ofHours(23)))
                      ? drifted(order)
                      : RecordingEnvironment.clean(order));
      clock.start();
      paused(clock, "staging");

      dropped.set(false);
      clock.act(Action.RETRY, "dora");
      PromotionState after =
          clock.until(
              state -> state.status() != Status.SOAKING && state.status() != Status.IN_PROGRESS);

      assertThat(after.status()).isEqualTo(Status.AWAITING_SIGN_OFF);
    }
  }

  @Test
  void whatPeopleSaw_isToldToThePrecheckBeforeTheFirstStepAndToNoOther() {
    List<Optional<String>> approved = new CopyOnWriteArrayList<>();
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answer(
              "production precheck",
              order -> {
                approved.add(order.approved());
                boolean gate = order.work().stage().endsWith("sign-off");
                return StepResult.pass("done")
                    .with(
                        gate
                            ? List.of(
                                new Attachment(
                                    "production-sign-off-" + StepOrder.SCHEMA,
                                    "application/json",
                                    new BlobRef(HASH, 1)))
                            : List.of());
              });
      clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      clock.signOff("dba", "boris");
      clock.signOff("operations-lead", "olga");
      clock.result();

      assertThat(approved).containsExactly(Optional.empty(), Optional.of(HASH));
    }
  }

  @Test
  void driftAfterTheApproval_stopsBeforeTheFirstStep() {
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answer(
              "production precheck",
              order ->
                  order.work().stage().endsWith("sign-off")
                      ? StepResult.pass("done")
                      : StepResult.of(Verdict.FAIL, "LK-DRIFT: it is another one"));
      clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);
      clock.signOff("dba", "boris");
      clock.signOff("operations-lead", "olga");

      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.DRIFT);
      assertThat(clock.environment().calls("production")).startsWith("precheck", "precheck");
      clock.until(
          state ->
              state.known().wayBack("production").isPresent()
                  || clock.environment().calls("production").contains("verify-way-back"));
    }
  }

  @Test
  void driftThatOneAccepts_isAskedOfAllAgain() {
    AtomicBoolean drifts = new AtomicBoolean(true);
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answer(
              "production precheck",
              order ->
                  order.work().stage().endsWith("sign-off") || !drifts.get()
                      ? StepResult.pass("done")
                      : StepResult.of(Verdict.FAIL, "LK-DRIFT: it is another one"));
      clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);
      clock.signOff("dba", "boris");
      clock.signOff("operations-lead", "olga");
      paused(clock, "production");

      clock.act(Action.ACKNOWLEDGE, "dora");
      PromotionState again = clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(again.pending()).hasSize(2);
      assertThat(again.signed()).isEmpty();
      assertThat(clock.environment().calls("production").stream().filter("precheck"::equals))
          .hasSize(3);

      drifts.set(false);
      clock.signOff("dba", "boris");
      clock.signOff("operations-lead", "olga");
      clock.result();

      assertThat(clock.state().stage("production").orElseThrow().verdict()).contains(Verdict.PASS);
    }
  }

  private static StepResult looked(String section) {
    return StepResult.of(
        Verdict.FAIL,
        "option A would take 0 of 1 unit back as approved",
        new Evidence.WayBackNow(
            List.of(
                new UnitNow(section, 1, "create index", Finding.GONE, true, "the index is gone")),
            List.of(FOUND)));
  }

  @Test
  void driftInTheSoak_showsWhatARollbackWouldDo_beforeAnybodyRunsIt() {
    AtomicBoolean dropped = new AtomicBoolean(true);
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answerWindows(
              order -> dropped.get() ? drifted(order) : RecordingEnvironment.clean(order));
      clock.environment().answer("staging verify-way-back", order -> looked("10_stocks"));

      PromotionState paused =
          clock
              .start()
              .until(
                  state ->
                      state.status() == Status.PAUSED
                          && state.known().wayBack("staging").isPresent());

      assertThat(paused.cause()).contains(Cause.DRIFT);
      Known.WayBackSeen seen = paused.known().wayBack("staging").orElseThrow();
      assertThat(seen.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(seen.now().units()).extracting(UnitNow::finding).containsExactly(Finding.GONE);
      assertThat(AllowedAction.of(paused, Action.ROLLBACK).effect().orElseThrow())
          .contains("option A would take 0 of 1 unit back as approved");
      assertThat(clock.environment().calls("staging")).doesNotContain("revert-10_stocks");

      dropped.set(false);
      clock.act(Action.RETRY, "dora");
      PromotionState after = clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(after.known().wayBack("staging")).isEmpty();
    }
  }

  @Test
  void personWhoDoesNotWaitForTheLook_rollsBackAllTheSame() {
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock.environment().answerWindows(DriftTest::drifted);
      clock
          .environment()
          .answer(
              "staging verify-way-back",
              order -> {
                throw RecordingEnvironment.away();
              });
      clock.start().until(state -> state.status() == Status.PAUSED);

      clock.act(Action.ROLLBACK, "dora");
      clock.result();

      assertThat(clock.state().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(clock.environment().calls("staging")).contains("revert-10_stocks");
    }
  }
}
