package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Steps beside the sections: their order, their undos, and what a person decides after quick. */
class StepsTest {
  private static final String CHANGE =
      """
      change: nine-indexes
      why: Two indexes and a flag
      risk: low
      checks: { page: { http: /x } }
      through:
        - staging:
            rehearse: false
            before:
              - { sql: UPDATE jobs SET paused = true WHERE id = 1, undo: UPDATE jobs SET paused = false WHERE id = 1 }
              - check: page
            after:
              - { sql: UPDATE flags SET on = true WHERE id = 1, undo: UPDATE flags SET on = false WHERE id = 1 }
              - { sql: ANALYZE stocks }
            soak: 1h
            rollback: { quick: { within: 30s } }
      rollback_if:
        - deadlocks > 0
      """;

  private static final String QUICK =
      CHANGE.replace("- deadlocks > 0", "- { if: deadlocks > 0, then: quick }");

  private static final String MEASURED =
      CHANGE.replace(
          "rollback: { quick: { within: 30s } }",
          "rollback: { A: { before: [{ measure: { read_only: true } }], after: [{ sql: ANALYZE"
              + " stocks }] } }");

  private static SkippedClock clock(String change) {
    return SkippedClock.of(Bundles.of(change));
  }

  private static SkippedClock breached(String change) {
    SkippedClock clock = clock(change);
    clock.environment().answerWindows(StepsTest::deadlock);
    clock.environment().answer("staging rollback-before-1", order -> inForce());
    return clock;
  }

  private static WindowResult deadlock(WindowOrder order) {
    return RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0");
  }

  private static StepResult inForce() {
    return StepResult.of(
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
  }

  private static List<String> after(SkippedClock clock, String call) {
    List<String> calls =
        clock.environment().calls("staging").stream()
            .filter(c -> !c.equals("keeps-measures"))
            .toList();
    return calls.subList(calls.indexOf(call) + 1, calls.size());
  }

  private static void rollback(SkippedClock clock, Option option) {
    clock.update(
        Action.ROLLBACK,
        Promotions.rollingBack(clock.bundle(), option, "dora", "staging", clock.now()));
  }

  @Test
  void steps_surroundBaselineAndSectionsInTheirOrder() {
    try (SkippedClock clock = clock(CHANGE)) {
      clock.start().result();

      assertThat(clock.environment().calls("staging"))
          .startsWith(
              "precheck",
              "hold",
              "before-1",
              "before-2",
              "baseline",
              "apply-10_stocks",
              "apply-20_positions",
              "apply-analyze-touched-tables",
              "verify-objects",
              "after-1",
              "after-2",
              "verify-checks",
              "release");
    }
  }

  @Test
  void breachThatRollsBack_undoesTheStepsFirstAndComparesWithWhatWasBeforeThem() {
    try (SkippedClock clock = breached(CHANGE)) {
      PromotionResult result = clock.start().result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(after(clock, "window staging-soak"))
          .containsExactly(
              "undo-after-1",
              "undo-before-1",
              "revert-analyze-touched-tables",
              "revert-20_positions",
              "revert-10_stocks",
              "verify-all-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
    }
  }

  @Test
  void breachThatSaysQuick_undoesTheStepsAndWaitsForAPerson() {
    try (SkippedClock clock = breached(QUICK)) {
      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);

      assertThat(after(clock, "window staging-soak"))
          .containsExactly("undo-after-1", "undo-before-1", "release");
      assertThat(paused.cause()).contains(Cause.FAILURE);
      assertThat(paused.sentence())
          .isEqualTo(
              "the steps of staging are undone, its sections stay applied; roll back by option A to"
                  + " take them back too, or abort to leave them");
      assertThat(paused.begun()).containsExactly("staging");
      assertThat(paused.undone()).containsExactly("staging");
      assertThat(clock.control().events(Event.RollbackStarted.class))
          .containsExactly(
              new Event.RollbackStarted(
                  "staging",
                  "quick",
                  "deadlocks > 0: deadlocks 1, limit 0",
                  List.of("undo after-1: update flags", "undo before-1: update jobs")));
      assertThatThrownBy(() -> clock.act(Action.RETRY, "dora"))
          .isInstanceOf(WorkflowUpdateException.class);

      clock.act(Action.ABORT, "dora");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ABORTED);
      assertThat(result.sentence())
          .isEqualTo("aborted by dora: for a test; the change stays in staging");
      assertThat(clock.state().rootCauseOpen()).isTrue();
    }
  }

  @Test
  void afterQuick_optionATakesTheSectionsBackToo() {
    try (SkippedClock clock = breached(QUICK)) {
      clock.start().until(state -> state.status() == Status.PAUSED);

      rollback(clock, Option.A);
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.carries()).isEmpty();
      assertThat(clock.state().undone()).isEmpty();
      assertThat(after(clock, "undo-before-1"))
          .containsExactly(
              "release",
              "revert-analyze-touched-tables",
              "revert-20_positions",
              "revert-10_stocks",
              "verify-all-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
    }
  }

  @Test
  void personWhoAsksForQuickInTheSoak_getsItAndASecondTimeIsRefused() {
    try (SkippedClock clock = clock(CHANGE)) {
      clock.start().until(state -> state.status() == Status.SOAKING, Duration.ofSeconds(1));

      rollback(clock, Option.QUICK);
      clock.until(state -> state.status() == Status.PAUSED);

      assertThat(clock.environment().calls("staging"))
          .endsWith("undo-after-1", "undo-before-1", "release")
          .doesNotContain("revert-10_stocks");
      assertThatThrownBy(() -> rollback(clock, Option.QUICK))
          .hasStackTraceContaining("the steps of staging are undone already");
      clock.act(Action.ABORT, "dora");
      clock.result();
    }
  }

  @Test
  void quickWithoutAnUndo_isRefusedWithTheReason() {
    String none = CHANGE.replaceAll(", undo: [^}]*}", " }").replaceAll("quick: .*", "A: {} }");
    try (SkippedClock clock = clock(none)) {
      clock.start().until(state -> state.status() == Status.SOAKING, Duration.ofSeconds(1));

      assertThatThrownBy(() -> rollback(clock, Option.QUICK))
          .hasStackTraceContaining(
              "there is no option quick in staging: no step of the change has an undo there; option"
                  + " A takes the sections back");
      clock.act(Action.ABORT, "dora");
      clock.result();
    }
  }

  @Test
  void undoThatFails_isStuckUntilARetryEndsIt() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = breached(QUICK)) {
      clock
          .environment()
          .answer(
              "staging undo-before-1",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "no such table")
                      : StepResult.pass("undone"));

      PromotionState stuck = clock.start().until(state -> !state.left().isEmpty());

      assertThat(stuck.status()).isEqualTo(Status.ROLLING_BACK);
      assertThat(stuck.left()).containsExactly("undo before-1: update jobs: no such table");
      clock.act(Action.RETRY, "dora");
      clock.until(state -> state.status() == Status.PAUSED);
      assertThat(after(clock, "undo-after-1"))
          .containsExactly("undo-before-1", "undo-before-1", "release");
      clock.act(Action.ABORT, "dora");
      clock.result();
    }
  }

  /** A step before the baseline that fails: what came before it can be undone. */
  @Test
  void rollbackBeforeTheBaseline_undoesWhatWasBegun() {
    try (SkippedClock clock = clock(CHANGE)) {
      clock
          .environment()
          .answer("staging before-2", order -> StepResult.of(Verdict.FAIL, "status 500"));
      PromotionState paused = clock.start().until(state -> state.status() == Status.PAUSED);
      assertThat(paused.sentence()).isEqualTo("staging, before-2: check page: status 500");

      rollback(clock, Option.A);
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(after(clock, "before-2"))
          .containsExactly(
              "undo-before-1",
              "verify-all-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
    }
  }

  @Test
  @Tag("M92")
  void writesAreStoppedBeforeTheRevertAndLetInAfterItsChecks() {
    try (SkippedClock clock = breached(MEASURED)) {
      PromotionResult result = clock.start().result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(after(clock, "window staging-soak"))
          .containsExactly(
              "rollback-before-1",
              "undo-after-1",
              "undo-before-1",
              "revert-analyze-touched-tables",
              "revert-20_positions",
              "revert-10_stocks",
              "verify-all-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "rollback-after-1",
              "measures-back-rollback-before-1",
              "close");
      assertThat(clock.environment().calls("staging")).contains("keeps-measures");
      assertThat(clock.state().measures()).isEmpty();
    }
  }

  @Test
  void rollbackThatIsStuck_isNotWaitedForUnderMeasures() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = breached(MEASURED)) {
      clock
          .environment()
          .answer(
              "staging revert-10_stocks",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "in use")
                      : StepResult.pass("dropped"));

      PromotionState stuck = clock.start().until(state -> !state.left().isEmpty());

      assertThat(stuck.measures()).isEmpty();
      assertThat(after(clock, "revert-10_stocks"))
          .containsExactly("measures-back-rollback-before-1");
      clock.act(Action.RETRY, "dora");
      clock.result();
      assertThat(after(clock, "measures-back-rollback-before-1"))
          .startsWith("rollback-before-1", "revert-10_stocks", "verify-all-reverted")
          .endsWith("measures-back-rollback-before-1", "close");
    }
  }

  @Test
  void writesThatCannotBeStopped_hinderNoRollback() {
    try (SkippedClock clock = breached(MEASURED)) {
      clock
          .environment()
          .answer("staging rollback-before-1", order -> StepResult.of(Verdict.FAIL, "no right"));

      assertThat(clock.start().result().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(after(clock, "rollback-before-1")).contains("revert-10_stocks");
    }
  }

  /** In force in their order, put back at once, and again in their order. */
  @Test
  void measuresOfSteps_arePutBackBeforeAPersonIsWaitedForAndInForceAgain() {
    String change =
        CHANGE
            .replace("- check: page", "- measure: { read_only: true }")
            .replace("soak: 1h", "measures: { roles: { app: { connection_limit: 5 } } }");
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock(change.replaceAll("(?s)rollback_if.*", ""))) {
      clock.environment().answer("staging before-2", order -> inForce());
      clock.environment().answer("staging measures", order -> inForce());
      clock
          .environment()
          .answer(
              "staging apply-20_positions",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "a failure")
                      : StepResult.pass("done"));
      clock.start().until(state -> state.status() == Status.PAUSED);
      clock.act(Action.RETRY, "dora");
      clock.result();

      assertThat(after(clock, "hold"))
          .startsWith(
              "before-1",
              "before-2",
              "baseline",
              "measures",
              "apply-10_stocks",
              "apply-20_positions",
              "measures-back",
              "before-2",
              "measures",
              "apply-20_positions",
              "apply-analyze-touched-tables",
              "measures-back",
              "verify-objects");
    }
  }
}
