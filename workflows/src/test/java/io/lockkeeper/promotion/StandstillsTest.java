package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Hanging;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Event.EvidenceLine;
import io.lockkeeper.journal.Event.GateOutcome;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.ObjectState;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where a promotion stands still, what it says then, and what makes it go on. */
@Order(1)
class StandstillsTest {
  private static final String HOUR = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h");

  private static SkippedClock clock() {
    return SkippedClock.of(Bundles.of(HOUR));
  }

  private static void signOff(SkippedClock clock) {
    clock.signOff("dba", "boris");
    clock.signOff("operations-lead", "dora");
  }

  private static void isAwaited(SkippedClock clock) {
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
  }

  @Test
  void pauseWhileApplying_endsTheStepAndStandsBeforeTheNextUntilResumed() throws Exception {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();

      clock.act(Action.PAUSE, "dora");
      PromotionState asked = clock.state();
      apply.release();
      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(asked.status()).isEqualTo(Status.IN_PROGRESS);
      assertThat(asked.sentence())
          .isEqualTo(
              "staging: apply section 10_stocks; pauses at the next safe point, asked for by dora");
      assertThat(paused.cause()).contains(Cause.PERSON);
      assertThat(paused.sentence()).isEqualTo("paused at a safe point; nothing is half-applied");
      assertThat(clock.environment().calls("staging")).endsWith("apply-10_stocks");

      clock.act(Action.RESUME, "dora");
      isAwaited(clock);

      assertThat(clock.environment().calls("staging")).contains("apply-20_positions", "release");
    }
  }

  @Test
  void pauseInTheSoak_soaksToTheEndAndStandsBeforeTheNextStage() {
    try (SkippedClock clock = clock().start()) {
      PromotionState soaking = clock.until(state -> state.status() == Status.SOAKING);
      Optional<Instant> deadline = soaking.stage("staging-soak").orElseThrow().deadline();

      clock.act(Action.PAUSE, "dora");
      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      StageState soak = paused.stage("staging-soak").orElseThrow();
      assertThat(soak.verdict()).contains(Verdict.PASS);
      assertThat(soak.deadline()).isEqualTo(deadline);
      assertThat(paused.cause()).contains(Cause.PERSON);

      clock.act(Action.RESUME, "dora");
      isAwaited(clock);
    }
  }

  @Test
  void pauseTakenBackAndAskedForAgain_canBeResumedEachTime() {
    try (SkippedClock clock = clock().start()) {
      clock.until(state -> state.status() == Status.SOAKING);

      clock.act(Action.PAUSE, "dora");
      clock.act(Action.RESUME, "dora");
      clock.act(Action.PAUSE, "dora");
      clock.act(Action.RESUME, "dora");

      assertThat(clock.state().pauseRequested()).isFalse();
      isAwaited(clock);
    }
  }

  @Test
  void pauseAtTheGate_letsPeopleSignAndStandsBeforeProduction() {
    try (SkippedClock clock = clock().start()) {
      isAwaited(clock);

      clock.act(Action.PAUSE, "ana");
      signOff(clock);
      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.PERSON);
      assertThat(clock.environment().calls("production")).containsExactly("precheck");

      clock.act(Action.RESUME, "ana");

      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
    }
  }

  @Test
  void abortAtTheGate_closesItAndTouchesProductionNoMore() {
    try (SkippedClock clock = clock().start()) {
      isAwaited(clock);

      clock.act(Action.ABORT, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ABORTED);
      assertThat(result.carries()).containsExactly("dev", "staging");
      assertThat(clock.control().events(Event.GateClosed.class))
          .containsExactly(
              new Event.GateClosed(
                  "production-sign-off",
                  GateOutcome.VOIDED,
                  "production-sign-off: closed, because the promotion stops"));
      assertThat(clock.environment().calls("production")).containsExactly("precheck");
    }
  }

  @Test
  void abort_listsWhatStays_asTheClosingTargetTellsIt() {
    Evidence.Objects stays =
        new Evidence.Objects(
            List.of(new ObjectState("public.idx_stocks_sector", "public.stocks", true, 8192, 0)),
            List.of(),
            List.of());
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging close",
              order -> StepResult.of(Verdict.PASS, "1 index stays, all valid", stays));
      clock.start();
      isAwaited(clock);

      clock.act(Action.ABORT, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.ABORTED);
      assertThat(clock.control().events(Event.StepEnded.class))
          .filteredOn(ended -> ended.step().equals("close"))
          .singleElement()
          .satisfies(
              ended -> {
                assertThat(ended.stage()).isEqualTo("staging");
                assertThat(ended.sentence()).isEqualTo("1 index stays, all valid");
                assertThat(ended.evidence()).contains(stays);
              });
    }
  }

  @Test
  void whatIsComplete_isNotListedAsStaying() {
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      clock
          .environment()
          .answer(
              "staging close",
              order ->
                  StepResult.of(
                      Verdict.PASS,
                      "2 indexes stay",
                      new Evidence.Objects(List.of(), List.of(), List.of())));
      clock.start();
      isAwaited(clock);
      signOff(clock);

      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
      assertThat(clock.control().events(Event.StepEnded.class))
          .noneMatch(ended -> ended.step().equals("close"));
    }
  }

  @Test
  void abortInTheSoak_keepsWhatWasSampled() {
    try (SkippedClock clock = SkippedClock.of(Bundles.flight()).start()) {
      clock.until(state -> state.status() == Status.SOAKING);
      clock.sleep(Duration.ofHours(3));

      clock.act(Action.ABORT, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.ABORTED);
      assertThat(clock.control().events(Event.StepEnded.class))
          .filteredOn(ended -> ended.stage().equals("staging-soak"))
          .singleElement()
          .satisfies(
              ended -> {
                assertThat(ended.sentence()).isEqualTo("called off");
                Evidence.Samples samples = (Evidence.Samples) ended.evidence().orElseThrow();
                assertThat(samples.metrics()).isNotEmpty();
              });
    }
  }

  @Test
  void abortWhilePaused_endsAborted() {
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging compare", order -> StepResult.of(Verdict.FAIL, "slower"));
      clock.start().until(state -> state.status() == Status.PAUSED);

      clock.act(Action.ABORT, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.ABORTED);
    }
  }

  @Test
  void stepThatFails_pausesAndARetryDoesItAgain() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging apply-20_positions",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "LK-LOCK-TIMEOUT: waited 5 s")
                      : StepResult.pass("done"));

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.FAILURE);
      assertThat(paused.sentence())
          .isEqualTo("staging, apply section 20_positions: LK-LOCK-TIMEOUT: waited 5 s");
      assertThat(allowed(paused))
          .containsExactly(Action.RETRY, Action.EXTEND, Action.ABORT, Action.ROLLBACK);

      clock.act(Action.RETRY, "dora");
      isAwaited(clock);

      assertThat(times).hasValue(2);
      assertThat(
              clock.control().events(Event.StepEnded.class).stream()
                  .filter(ended -> ended.stage().equals("staging"))
                  .filter(ended -> ended.step().equals("apply-20_positions"))
                  .map(ended -> ended.attempt() + " " + ended.verdict()))
          .containsExactly("1 FAIL", "2 PASS");
    }
  }

  @Test
  void stepThatCannotTell_waitsForAPersonWhoAcceptsIt() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer("staging compare", order -> StepResult.of(Verdict.INCONCLUSIVE, "below noise"));

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.EVIDENCE);

      clock.act(Action.ACKNOWLEDGE, "dora");
      isAwaited(clock);

      assertThat(clock.control().events(Event.Resumed.class))
          .containsExactly(
              new Event.Resumed("accepted by a person: measure after the change and compare"));
    }
  }

  @Test
  void soakWithTooLittleData_pausesAndAnAcknowledgementGoesOn() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answerWindows(
              order -> {
                if (order.plan().name().equals("staging-soak")) {
                  throw RecordingEnvironment.away();
                }
                return RecordingEnvironment.clean(order);
              });

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.EVIDENCE);
      assertThat(paused.sentence()).isEqualTo("staging-soak: too few samples: none was taken");
      assertThat(paused.stage("staging-soak").orElseThrow().verdict())
          .contains(Verdict.INCONCLUSIVE);

      clock.act(Action.ACKNOWLEDGE, "dora");
      isAwaited(clock);

      assertThat(clock.state().stage("production-sign-off")).isPresent();
    }
  }

  @Test
  void soakWithTooLittleData_isDoneAgainInFullAfterARetry() {
    AtomicInteger windows = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answerWindows(
              order -> {
                if (windows.incrementAndGet() <= 4) {
                  throw RecordingEnvironment.away();
                }
                return RecordingEnvironment.clean(order);
              });
      clock.start().until(state -> state.status() == Status.PAUSED);
      Instant retried = clock.now();

      clock.act(Action.RETRY, "dora");
      isAwaited(clock);

      StageState soak = clock.state().stage("staging-soak").orElseThrow();
      assertThat(soak.verdict()).contains(Verdict.PASS);
      assertThat(soak.endedAt().orElseThrow()).isAfterOrEqualTo(retried.plus(Duration.ofHours(1)));
    }
  }

  @Test
  void extension_movesTheDeadlineAndTheSoakLastsToIt() {
    try (SkippedClock clock = clock().start()) {
      PromotionState soaking = clock.until(state -> state.status() == Status.SOAKING);
      Instant deadline = soaking.stage("staging-soak").orElseThrow().deadline().orElseThrow();

      clock.act(Action.EXTEND, "dora");
      isAwaited(clock);

      StageState soak = clock.state().stage("staging-soak").orElseThrow();
      assertThat(soak.deadline()).contains(deadline.plus(Duration.ofHours(6)));
      assertThat(soak.endedAt().orElseThrow()).isAfterOrEqualTo(deadline.plus(Duration.ofHours(6)));
    }
  }

  @Test
  void refusalAtTheGate_pausesAndARetryAsksAllAgain() {
    try (SkippedClock clock = clock().start()) {
      isAwaited(clock);
      String seen = clock.state().evidenceHash().orElseThrow();

      clock.signOff("dba", "boris");
      clock.refuse("operations-lead", "dora", "not on a Friday");
      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.FAILURE);
      assertThat(paused.sentence())
          .isEqualTo("production-sign-off: refused by dora as operations-lead: not on a Friday");
      assertThat(paused.pending()).isEmpty();
      assertThat(paused.evidenceHash()).isEmpty();

      clock.act(Action.RETRY, "ana");
      isAwaited(clock);

      assertThat(clock.state().pending())
          .extracting(Pending::role)
          .containsExactly("dba", "operations-lead");
      assertThat(clock.state().evidenceHash().orElseThrow()).isNotEqualTo(seen);

      signOff(clock);

      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
    }
  }

  @Test
  void requestThatExpires_pausesAndARetryAsksAgain() {
    try (SkippedClock clock = clock().start()) {
      isAwaited(clock);
      Instant expires = clock.state().pending().get(0).expiresAt();

      PromotionState paused =
          clock.until(state -> state.status() == Status.PAUSED, Duration.ofHours(2));

      assertThat(clock.now()).isAfterOrEqualTo(expires);
      assertThat(paused.sentence())
          .isEqualTo("production-sign-off: the request expired before all had signed");

      clock.act(Action.RETRY, "ana");
      isAwaited(clock);

      assertThat(clock.state().pending()).hasSize(2);
    }
  }

  @Test
  @Tag("M53")
  void gate_showsThatEveryStepOfDevAndStagingAndTheSoakPassed() {
    try (SkippedClock clock = clock().start()) {
      isAwaited(clock);

      Event.GateOpened opened = clock.control().events(Event.GateOpened.class).get(0);

      assertThat(opened.evidence()).extracting(EvidenceLine::verdict).containsOnly(Verdict.PASS);
      List<String> due =
          clock.state().stages().stream()
              .filter(stage -> stage.endedAt().isPresent())
              .flatMap(
                  stage -> stage.steps().stream().map(step -> stage.name() + " " + step.name()))
              .toList();
      assertThat(opened.evidence().stream().map(line -> line.stage() + " " + line.step()))
          .containsAll(due)
          .contains("dev compare", "staging apply-20_positions", "staging-soak samples");
    }
  }

  @Test
  @Tag("M99")
  void fourRoles_areSignedByFourPersonsBoundToTheEvidenceBeforeProductionIsTouched() {
    String four =
        HOUR.replace(
            "[dba, operations-lead]", "[dba, development-lead, operations-lead, release-manager]");
    try (SkippedClock clock = SkippedClock.of(Bundles.of(four)).start()) {
      isAwaited(clock);
      String evidence = clock.state().evidenceHash().orElseThrow();

      clock.signOff("dba", "boris");
      clock.signOff("development-lead", "cleo");
      clock.signOff("operations-lead", "dora");
      List<String> before = clock.environment().calls("production");
      clock.signOff("release-manager", "emil");

      assertThat(before).containsExactly("precheck");
      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
      assertThat(
              clock.control().events(Event.SignedOff.class).stream()
                  .map(
                      signed ->
                          signed.role() + " " + signed.person() + " " + signed.evidenceHash()))
          .containsExactly(
              "dba boris " + evidence,
              "development-lead cleo " + evidence,
              "operations-lead dora " + evidence,
              "release-manager emil " + evidence);
    }
  }

  private static List<Action> allowed(PromotionState state) {
    return AllowedAction.of(state).stream()
        .filter(AllowedAction::allowed)
        .map(AllowedAction::action)
        .toList();
  }
}
