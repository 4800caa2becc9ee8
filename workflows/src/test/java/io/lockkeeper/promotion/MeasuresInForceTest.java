package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Hanging;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In force while something is done under them, and never while somebody is waited for. */
class MeasuresInForceTest {
  private static final String MEASURED =
      """
      change: nine-indexes
      why: Two indexes for the screener
      risk: low
      through:
        - staging:
            rehearse: false
            measures: { read_only: true, drain: 5m }
            backup: verified
      """;

  private static final Evidence.Measure READ_ONLY =
      new Evidence.Measure(
          "read_only",
          "database magnus",
          "on",
          Optional.empty(),
          Promotions.START,
          Optional.of(Promotions.START.plusSeconds(30)));

  private static SkippedClock clock() {
    SkippedClock clock = SkippedClock.of(Bundles.of(MEASURED));
    clock.environment().answer("staging measures", order -> put());
    return clock;
  }

  private static StepResult put() {
    return StepResult.of(
        Verdict.PASS,
        "in force",
        new Evidence.Measures(List.of(READ_ONLY), List.of(), List.of(), 1));
  }

  /**
   * Once the renewal has been asked for: it is called off then, and a call that is called off
   * before it was answered unbalances the locks of the skipped clock.
   */
  private static StepResult lapsed(SkippedClock clock) {
    while (puts(clock, "keeps-measures") < puts(clock, "measures")) {
      Thread.onSpinWait();
    }
    return StepResult.of(Verdict.FAIL, "lapsed").hindered(Hindrance.MEASURES);
  }

  private static List<String> calls(SkippedClock clock) {
    return clock.environment().calls("staging").stream()
        .filter(call -> !call.equals("keeps-measures"))
        .toList();
  }

  private static long puts(SkippedClock clock, String call) {
    return Collections.frequency(clock.environment().calls("staging"), call);
  }

  @Test
  @Tag("M61")
  void measures_surroundBackupAndSectionsAndNothingElse() {
    try (SkippedClock clock = clock()) {
      clock.start().result();

      assertThat(calls(clock))
          .containsExactly(
              "precheck",
              "hold",
              "baseline",
              "measures",
              "backup",
              "apply-10_stocks",
              "apply-20_positions",
              "apply-analyze-touched-tables",
              "measures-back",
              "verify-objects",
              "release",
              "close");
      assertThat(puts(clock, "keeps-measures")).isEqualTo(1);
    }
  }

  @Test
  void whatIsInForce_standsInTheStateUntilItIsPutBack() throws InterruptedException {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();

      assertThat(clock.state().measures()).containsExactly(MeasureState.of("staging", READ_ONLY));

      apply.release();
      clock.result();
      assertThat(clock.state().measures()).isEmpty();
    }
  }

  @Test
  void sectionThatFails_isNotWaitedForUnderMeasuresAndTriedAgainUnderThem() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging apply-20_positions",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "no")
                      : StepResult.pass("done"));
      PromotionState paused =
          clock
              .start()
              .until(state -> state.status() == Status.PAUSED && state.measures().isEmpty());

      assertThat(paused.sentence()).isEqualTo("staging, apply section 20_positions: no");
      assertThat(calls(clock)).endsWith("apply-20_positions", "measures-back");

      clock.act(Action.RETRY, "dora");
      clock.result();

      assertThat(calls(clock))
          .containsSubsequence(
              "apply-20_positions",
              "measures-back",
              "measures",
              "apply-20_positions",
              "measures-back",
              "verify-objects");
      assertThat(puts(clock, "apply-10_stocks")).isEqualTo(1);
    }
  }

  @Test
  void personsPause_isNotUnderMeasures() throws InterruptedException {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();
      clock.act(Action.PAUSE, "dora");
      apply.release();
      clock.until(state -> state.status() == Status.PAUSED && state.measures().isEmpty());

      clock.act(Action.RESUME, "dora");
      clock.result();

      assertThat(calls(clock))
          .containsSubsequence(
              "apply-10_stocks", "measures-back", "measures", "apply-20_positions");
    }
  }

  @Test
  void abort_putsThemBackBeforeThePromotionEnds() throws InterruptedException {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();
      clock.act(Action.ABORT, "dora");

      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ABORTED);
      assertThat(calls(clock)).endsWith("apply-10_stocks", "measures-back", "close");
      assertThat(clock.state().measures()).isEmpty();
    }
  }

  @Test
  void cancelThroughTemporal_putsThemBackToo() throws InterruptedException {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock.start();
      apply.awaitBegun();
      clock.promotion().cancel();

      PromotionState ended = clock.until(state -> state.status().ended());

      assertThat(ended.status()).isEqualTo(Status.ABORTED);
      assertThat(ended.measures()).isEmpty();
      assertThat(calls(clock)).endsWith("measures-back", "close");
    }
  }

  @Test
  void whatCannotBePutBack_isNamedWhereThePromotionEnds() throws InterruptedException {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", apply);
      clock
          .environment()
          .answer("staging measures-back", order -> StepResult.of(Verdict.FAIL, "it is away"));
      clock.start();
      apply.awaitBegun();
      clock.act(Action.ABORT, "dora");

      assertThat(clock.result().sentence()).endsWith("; left: the measures of staging: it is away");
      assertThat(clock.state().measures()).hasSize(1);
    }
  }

  @Test
  void rollback_revertsUnderMeasuresAndPutsThemBackLast() throws InterruptedException {
    Hanging apply = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-20_positions", apply);
      clock.start();
      apply.awaitBegun();
      clock.act(Action.ROLLBACK, "dora");

      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(calls(clock))
          .endsWith(
              "apply-20_positions",
              "revert-20_positions",
              "revert-10_stocks",
              "measures-back",
              "verify-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
    }
  }

  @Test
  void measuresThatHadLapsed_arePutInForceAgainBeforeTheSectionGoesOn() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging apply-10_stocks",
              order -> times.incrementAndGet() == 1 ? lapsed(clock) : StepResult.pass("done"));
      clock.start().result();

      assertThat(calls(clock))
          .containsSubsequence(
              "measures", "backup", "apply-10_stocks", "measures", "apply-10_stocks");
      assertThat(puts(clock, "measures-back")).isEqualTo(1);
      assertThat(puts(clock, "keeps-measures")).isEqualTo(2);
      assertThat(clock.control().events(Event.Paused.class)).isEmpty();
    }
  }

  @Test
  void measuresThatLapseAgainAndAgain_areAPersonsDecision() {
    try (SkippedClock clock = clock()) {
      clock.environment().answer("staging apply-10_stocks", order -> lapsed(clock));

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(paused.sentence())
          .isEqualTo(
              "staging, apply section 10_stocks: lapsed; lapsed 5 times, and now a person decides");
      assertThat(puts(clock, "measures")).isEqualTo(5);
    }
  }

  @Test
  void measuresThatAreRefused_pauseAndNothingIsApplied() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer("staging measures", order -> StepResult.of(Verdict.FAIL, "no right"));

      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(paused.sentence()).isEqualTo("staging, put the measures in force: no right");
      assertThat(calls(clock)).doesNotContain("backup", "apply-10_stocks");
    }
  }
}
