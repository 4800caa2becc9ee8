package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Option B: who may have a backup restored, what is done then, and what a failure leaves. */
class RestoresTest {
  private static final String HOUR = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h");
  private static final Optional<String> DBA = Optional.of("dba");

  private static SkippedClock soaking(String change, boolean verified) {
    SkippedClock clock = SkippedClock.of(Bundles.of(change));
    clock.environment().answer("staging backup", order -> backup(clock.now(), verified));
    clock.start().until(state -> state.status() == Status.SOAKING, Duration.ofSeconds(1));
    return clock;
  }

  private static StepResult backup(Instant at, boolean verified) {
    return backup(at, verified, Optional.empty());
  }

  private static StepResult backup(Instant at, boolean verified, Optional<String> takenFor) {
    return StepResult.of(
        Verdict.PASS,
        "taken",
        new Evidence.BackupTaken(
            "staging_backup_1",
            "pg_dump",
            1,
            Optional.of("digest"),
            1,
            at,
            verified ? Optional.of(at) : Optional.empty(),
            1,
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            takenFor,
            Optional.empty(),
            verified ? Optional.of(6.5) : Optional.empty()));
  }

  private static List<String> lastCalls(SkippedClock clock, int count) {
    List<String> calls = clock.environment().calls("staging");
    return calls.subList(calls.size() - count, calls.size());
  }

  private static void assertRefused(
      SkippedClock clock, String person, Optional<String> role, String why) {
    assertThatThrownBy(() -> clock.restore(person, role, "staging"))
        .isInstanceOf(WorkflowUpdateException.class)
        .rootCause()
        .hasMessageContaining(why);
    assertThat(clock.environment().calls("staging")).doesNotContain("restore");
  }

  @Test
  void optionB_restoresTheBackupAndTakesNoSectionBack() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      List<StepOrder> orders = new ArrayList<>();
      clock
          .environment()
          .answer(
              "staging restore",
              order -> {
                orders.add(order);
                return StepResult.pass("swapped in");
              });
      clock.sleep(Duration.ofMinutes(12));

      clock.restore("boris", DBA, "staging");
      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.carries()).containsExactly("dev");
      assertThat(lastCalls(clock, 4))
          .containsExactly("restore", "verify-reverted", "verify-rolled-back", "close");
      assertThat(clock.environment().calls("staging")).doesNotContain("revert-10_stocks");
      assertThat(orders.get(0).statements()).hasSize(2);
      assertThat(clock.control().events(Event.RollbackStarted.class))
          .singleElement()
          .satisfies(
              started -> {
                assertThat(started.option()).isEqualTo("B");
                assertThat(started.because())
                    .contains("asked for by boris: for a test; loses the writes of 12m")
                    .contains(", all since 2026-");
                assertThat(started.steps())
                    .startsWith("restore the backup beside and swap it in")
                    .hasSize(3);
              });
    }
  }

  @Test
  void minutesOfOptionB_areThoseOfTheVerification() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock.until(state -> state.backup("staging").isPresent());
      StagePlan.Deploy staging = clock.input().flight().deploy("staging");

      assertThat(minutes(clock, staging)).contains(6.5);
      assertThat(minutes(clock, clock.input().flight().deploy("production"))).isEmpty();
      clock.restore("boris", DBA, "staging");
      clock.result();
    }
  }

  private static Optional<Double> minutes(SkippedClock clock, StagePlan.Deploy stage) {
    return RestoreRules.backup(clock.state(), stage).flatMap(BackupState::restoreSeconds);
  }

  /** Of another change only what the promotion has verified itself is known. */
  @ParameterizedTest
  @CsvSource({"tickets-7, true", "other-tickets-7, false", "tickets-7-index-1, false"})
  void backupOfAnotherChange_isKnownWhereItIsTheOneThatIsReliedOn(String takenFor, boolean known) {
    String rule = "rollback: { B: { restore: tickets.backup } }\n";
    SkippedClock clock = SkippedClock.of(Bundles.of(HOUR.replace("through:", rule + "through:")));
    clock
        .environment()
        .answer("staging backup", order -> backup(clock.now(), true, Optional.of(takenFor)));
    clock.start().until(state -> state.status() == Status.SOAKING, Duration.ofSeconds(1));
    try (clock) {
      StagePlan.Deploy staging = clock.input().flight().deploy("staging");

      assertThat(RestoreRules.whyNot(clock.state(), staging)).isEmpty();
      assertThat(minutes(clock, staging).isPresent()).isEqualTo(known);

      clock.restore("boris", DBA, "staging");
      clock.result();

      assertThat(clock.control().events(Event.RollbackStarted.class))
          .singleElement()
          .extracting(Event.RollbackStarted::because)
          .asString()
          .contains(
              known
                  ? "loses the writes of "
                  : "loses what was written since the newest backup of tickets");
    }
  }

  @Test
  void swapBack_isJournaledWithItsStatementsAndItsEnd() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      List<StepOrder> orders = new ArrayList<>();
      clock
          .environment()
          .answer(
              "staging swap-back",
              order -> {
                orders.add(order);
                return StepResult.pass("the one from before serves");
              });
      clock.restore("boris", DBA, "staging");
      clock.result();

      StepResult result = clock.swapBack("boris", DBA, "staging");

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(orders).singleElement().satisfies(o -> assertThat(o.statements()).hasSize(2));
      assertThat(clock.control().events(Event.ActAccepted.class))
          .last()
          .isEqualTo(
              new Event.ActAccepted(
                  Action.SWAP_BACK,
                  "boris",
                  "for a test",
                  Optional.of("staging"),
                  Event.Source.API));
      assertThat(clock.control().events(Event.StepEnded.class))
          .last()
          .extracting(Event.StepEnded::step, Event.StepEnded::verdict)
          .containsExactly("swap-back", Verdict.PASS);
    }
  }

  @Test
  void swapBackThatTheWorkerRefuses_isJournaledAsWhatItIs() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock
          .environment()
          .answer(
              "staging swap-back",
              order -> {
                throw ApplicationFailure.newNonRetryableFailure("LK-GRANT-REFUSED: no", "x");
              });
      clock.restore("boris", DBA, "staging");
      clock.result();

      StepResult result = clock.swapBack("boris", DBA, "staging");

      assertThat(result.verdict()).isEqualTo(Verdict.ERROR);
      assertThat(result.sentence()).isEqualTo("LK-GRANT-REFUSED: no");
      assertThat(clock.control().events(Event.StepEnded.class))
          .last()
          .extracting(Event.StepEnded::verdict)
          .isEqualTo(Verdict.ERROR);
    }
  }

  @Test
  void whoLacksTheRole_isRefused() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      String why = "option B loses later writes, so it is asked for by dba, and dora has no such";

      assertRefused(clock, "dora", Optional.of("operations-lead"), why);
      assertRefused(clock, "dora", Optional.empty(), why);
    }
  }

  /** Whoever has started it is not the second person that it takes. */
  @Test
  void whoHasStartedIt_isRefusedWhateverHisRole() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      assertRefused(
          clock,
          Promotions.REQUESTER,
          DBA,
          "option B loses later writes, so it takes a second person, and ana has started the"
              + " promotion");
    }
  }

  @Test
  void backupThatWasNotVerified_isRefused() {
    try (SkippedClock clock = soaking(HOUR, false)) {
      assertRefused(
          clock,
          "boris",
          DBA,
          "the backup staging_backup_1 was not verified: nobody knows whether it can be restored");
    }
  }

  @Test
  void environmentWithoutBackup_hasNoOptionB() {
    try (SkippedClock clock = soaking(HOUR.replaceFirst("      backup: verified\n", ""), true)) {
      assertRefused(
          clock,
          "boris",
          DBA,
          "there is no option B in staging: the change takes no backup there (backup: verified)");
    }
  }

  @Test
  void environmentInWhichNothingWasApplied_isRefused() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      assertThatThrownBy(() -> clock.restore("boris", DBA, "production"))
          .rootCause()
          .hasMessageContaining("nothing has been applied in production");
    }
  }

  @Test
  void roleOfTheChange_isTheOneThatCounts() {
    String own =
        HOUR.replace("risk: low", "risk: low\nrollback: { B: { roles: [operations-lead] } }");
    try (SkippedClock clock = soaking(own.replace("  - dev\n", ""), true)) {
      assertRefused(clock, "boris", DBA, "it is asked for by operations-lead, and boris");

      clock.restore("dora", Optional.of("operations-lead"), "staging");

      assertThat(clock.result().status()).isEqualTo(Status.ROLLED_BACK);
    }
  }

  @Test
  void restoreThatFails_isStuckAndARetryEndsIt() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock
          .environment()
          .answer(
              "staging restore",
              order ->
                  times.incrementAndGet() == 1
                      ? StepResult.of(Verdict.FAIL, "no room on the disk")
                      : StepResult.pass("swapped in"));
      clock.restore("boris", DBA, "staging");

      PromotionState stuck = clock.until(state -> !state.left().isEmpty());

      assertThat(stuck.status()).isEqualTo(Status.ROLLING_BACK);
      assertThat(stuck.left())
          .containsExactly("restore the backup beside and swap it in: no room on the disk");
      assertThat(lastCalls(clock, 1)).containsExactly("restore");
      clock.act(Action.RETRY, "dora");
      assertThat(clock.result().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(lastCalls(clock, 5))
          .containsExactly("restore", "restore", "verify-reverted", "verify-rolled-back", "close");
    }
  }

  @Test
  void restoreThatFails_mayBeFollowedByOptionA() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock
          .environment()
          .answer("staging restore", order -> StepResult.of(Verdict.FAIL, "it is damaged"));
      clock.restore("boris", DBA, "staging");
      clock.until(state -> !state.left().isEmpty());

      clock.act(Action.ROLLBACK, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(lastCalls(clock, 8))
          .containsExactly(
              "restore",
              "revert-analyze-touched-tables",
              "revert-20_positions",
              "revert-10_stocks",
              "verify-reverted",
              "vacuum-analyze",
              "verify-rolled-back",
              "close");
      assertThat(clock.control().events(Event.RollbackStarted.class))
          .extracting(Event.RollbackStarted::option)
          .containsExactly("B", "A");
    }
  }

  @Test
  void optionAThatIsStuck_mayBeFollowedByB() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock
          .environment()
          .answer("staging revert-10_stocks", order -> StepResult.of(Verdict.FAIL, "in use"));
      clock.act(Action.ROLLBACK, "dora");
      clock.until(state -> !state.left().isEmpty());

      assertThatThrownBy(() -> clock.restore("boris", DBA, "dev"))
          .rootCause()
          .hasMessageContaining("the rollback of staging is not over");
      clock.restore("boris", DBA, "staging");

      assertThat(clock.result().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(lastCalls(clock, 4))
          .containsExactly("restore", "verify-reverted", "verify-rolled-back", "close");
    }
  }

  @Test
  void restoreThatIsGivenUp_endsFailedAndTheChangeStays() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock
          .environment()
          .answer("staging restore", order -> StepResult.of(Verdict.FAIL, "it is damaged"));
      clock.restore("boris", DBA, "staging");
      clock.until(state -> !state.left().isEmpty());

      clock.act(Action.ABORT, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.FAILED);
      assertThat(clock.result().carries()).containsExactly("dev", "staging");
    }
  }

  /** Its schema is that of another change's baseline. */
  @Test
  void backupOfAnotherChange_isNotComparedWithThisOnesBaseline() {
    String other =
        HOUR.replace("risk: low", "risk: low\nrollback: { B: { restore: earlier.backup } }");
    try (SkippedClock clock = soaking(other, false)) {
      List<StepOrder> orders = new ArrayList<>();
      clock
          .environment()
          .answer(
              "staging restore",
              order -> {
                orders.add(order);
                return StepResult.pass("swapped in");
              });

      clock.restore("boris", DBA, "staging");
      clock.result();

      assertThat(lastCalls(clock, 3)).containsExactly("restore", "verify-rolled-back", "close");
      assertThat(orders.get(0).step().title())
          .isEqualTo("restore the backup of earlier beside and swap it in");
    }
  }

  @Test
  void signalWithoutTheRole_isRefusedAndJournaled() {
    try (SkippedClock clock = soaking(HOUR, true)) {
      clock
          .promotion()
          .signal(
              "rollback",
              Promotions.restoring(
                  Bundles.of(HOUR), "boris", Optional.empty(), "staging", clock.now()));

      clock.until(s -> !clock.control().events(Event.ActRefused.class).isEmpty());

      assertThat(clock.environment().calls("staging")).doesNotContain("restore");
    }
  }
}
