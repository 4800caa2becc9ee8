package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Hanging;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a promotion does where a section is hindered by something that waiting may change. */
class HindrancesTest {
  private static final String APPLY = "staging apply-10_stocks";

  private static SkippedClock clock() {
    return SkippedClock.of(Bundles.of(Bundles.FLIGHT.replace("soak: 24h", "soak: 1h")));
  }

  private static StepResult hindered(Hindrance by, String sentence) {
    return StepResult.of(Verdict.FAIL, sentence).hindered(by);
  }

  /** Hindered a few times, then done. */
  private static Function<StepOrder, StepResult> after(int times, StepResult hindered) {
    AtomicInteger asked = new AtomicInteger();
    return order -> asked.incrementAndGet() <= times ? hindered : StepResult.pass("done");
  }

  private static long calls(SkippedClock clock, String call) {
    return Collections.frequency(clock.environment().calls(), call);
  }

  private static void reachesTheGate(SkippedClock clock) {
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
  }

  @Test
  void lockThatIsNotThere_isAskedForAgainAfterABackOffThatGrows() {
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, after(5, hindered(Hindrance.LOCK, "held by pid 7")));
      clock.start();

      reachesTheGate(clock);

      assertThat(calls(clock, APPLY)).isEqualTo(6);
      List<String> parked =
          clock.control().events(Event.Parked.class).stream().map(Event.Parked::sentence).toList();
      assertThat(parked).hasSize(5);
      assertThat(parked.get(0))
          .isEqualTo(
              "staging, apply section 10_stocks: held by pid 7; tries again in 1s, for the time 1");
      assertThat(parked.get(4)).matches(".*; tries again in (8|9|1[0-6])s, for the time 5");
      assertThat(clock.control().events(Event.Paused.class)).isEmpty();
    }
  }

  @Test
  void lockThatIsNeverThere_isAPersonsDecisionInTheEnd() {
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, after(20, hindered(Hindrance.CAUSED_WAIT, "3 waited")));
      clock.start();

      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(calls(clock, APPLY)).isEqualTo(20);
      assertThat(paused.cause()).contains(Cause.GUARD);
      assertThat(paused.sentence())
          .isEqualTo(
              "staging, apply section 10_stocks: 3 waited; tried 20 times, and now a person"
                  + " decides");
      clock.act(Action.RESUME, "dora");
      reachesTheGate(clock);
    }
  }

  @Test
  void healthThatClears_letsTheSectionBeginByItself() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(APPLY, after(1, hindered(Hindrance.HEALTH, "locks.waiting 14, limit <= 10")));
      clock
          .environment()
          .answer(
              "staging clear-10_stocks",
              order -> StepResult.pass("clear for 60 s: locks.waiting 0, limit <= 10"));
      clock.start();

      reachesTheGate(clock);

      assertThat(clock.control().events(Event.Paused.class))
          .containsExactly(
              new Event.Paused(
                  Cause.HEALTH,
                  "staging, apply section 10_stocks: locks.waiting 14, limit <= 10; goes on when"
                      + " clear"));
      assertThat(clock.control().events(Event.Resumed.class))
          .contains(new Event.Resumed("clear for 60 s: locks.waiting 0, limit <= 10"));
      assertThat(clock.environment().calls("staging"))
          .containsSubsequence("apply-10_stocks", "clear-10_stocks", "apply-10_stocks");
    }
  }

  @Test
  void healthThatDoesNotClear_isWatchedOn() {
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, after(1, hindered(Hindrance.HEALTH, "busy")));
      AtomicInteger looks = new AtomicInteger();
      clock
          .environment()
          .answer(
              "staging clear-10_stocks",
              order ->
                  looks.incrementAndGet() < 3
                      ? StepResult.of(Verdict.FAIL, "not clear")
                      : StepResult.pass("clear for 60 s"));
      clock.start();

      reachesTheGate(clock);

      assertThat(looks).hasValue(3);
      assertThat(clock.control().events(Event.Paused.class)).hasSize(1);
    }
  }

  @Test
  void person_mayGoOnBeforeItIsClear() throws Exception {
    Hanging clears = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, after(1, hindered(Hindrance.HEALTH, "busy")));
      clock.environment().answer("staging clear-10_stocks", clears);
      clock.start();
      clears.awaitBegun();

      clock.act(Action.RESUME, "dora");
      reachesTheGate(clock);

      assertThat(clock.control().events(Event.Resumed.class))
          .contains(new Event.Resumed("resumed by a person"));
    }
  }

  @Test
  void abort_endsTheWaitForHealth() throws Exception {
    Hanging clears = new Hanging();
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, after(1, hindered(Hindrance.HEALTH, "busy")));
      clock.environment().answer("staging clear-10_stocks", clears);
      clock.start();
      clears.awaitBegun();

      clock.act(Action.ABORT, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.ABORTED);
    }
  }

  @Test
  void limitCrossedWhileASectionRan_holdsTheNextAndDoesNotRepeatIt() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(APPLY, order -> StepResult.pass("one unit").hindered(Hindrance.GUARD));
      clock.start();

      reachesTheGate(clock);

      assertThat(calls(clock, APPLY)).isEqualTo(1);
      assertThat(clock.control().events(Event.Paused.class))
          .containsExactly(
              new Event.Paused(
                  Cause.GUARD, "staging, apply section 10_stocks: one unit; goes on when clear"));
      assertThat(clock.environment().calls("staging"))
          .containsSubsequence("apply-10_stocks", "clear-10_stocks", "apply-20_positions");
    }
  }

  @Test
  void rehearsalThatIsHindered_waitsAndDoesNotFail() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer("dev rehearse-10_stocks", after(2, hindered(Hindrance.LOCK, "held by pid 7")));
      clock.start();

      reachesTheGate(clock);

      assertThat(calls(clock, "dev rehearse-10_stocks")).isEqualTo(3);
      assertThat(clock.control().events(Event.Paused.class)).isEmpty();
    }
  }

  @Test
  void rollbackThatIsHindered_triesAgainWithoutAPerson() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer("staging revert-10_stocks", after(3, hindered(Hindrance.LOCK, "held")));
      clock.start();
      clock.until(state -> state.status() == Status.SOAKING);

      clock.act(Action.ROLLBACK, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(calls(clock, "staging revert-10_stocks")).isEqualTo(4);
      assertThat(clock.control().events(Event.RollbackEnded.class)).hasSize(1);
    }
  }

  @Test
  void limitThatAPersonMustClear_waitsForThePerson() {
    String change = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h") + "resume: person\n";
    try (SkippedClock clock = SkippedClock.of(Bundles.of(change))) {
      clock.environment().answer(APPLY, after(1, hindered(Hindrance.HEALTH, "busy")));
      clock.start();

      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.HEALTH);
      assertThat(paused.sentence()).isEqualTo("staging, apply section 10_stocks: busy");
      assertThat(clock.environment().calls("staging")).doesNotContain("clear-10_stocks");
      clock.act(Action.RESUME, "dora");
      reachesTheGate(clock);
    }
  }

  @Test
  void pace_isKeptBetweenSectionsAndNotAfterTheLast() {
    String change =
        Bundles.FLIGHT.replace("soak: 24h", "soak: 1h")
            + "sections: { 10_stocks: { pace: 2m }, 20_positions: { pace: 3m } }\n";
    try (SkippedClock clock = SkippedClock.of(Bundles.of(change)).start()) {
      reachesTheGate(clock);

      assertThat(clock.control().events(Event.Parked.class))
          .containsExactly(
              new Event.Parked("dev: the next section begins after a pace of 2m"),
              new Event.Parked("staging: the next section begins after a pace of 2m"));
    }
  }

  @Test
  void paceThatIsShortened_holdsForThePauseThatIsUnderWay() throws Exception {
    String change =
        Bundles.FLIGHT.replace("soak: 24h", "soak: 1h")
            + "sections: { 10_stocks: { pace: 30d } }\n";
    try (SkippedClock clock = SkippedClock.of(Bundles.of(change)).start()) {
      clock.until(state -> state.status() == Status.PARKED, Duration.ofMinutes(1));
      Instant parked = clock.now();

      clock.adjust(new Adjustment(Optional.of(Duration.ofHours(1)), List.of()), "dora");
      clock.until(state -> !state.stage().equals("dev"), Duration.ofMinutes(1));

      assertThat(Duration.between(parked, clock.now()))
          .isBetween(Duration.ofMinutes(55), Duration.ofMinutes(65));
      assertThat(clock.control().events(Event.Parked.class))
          .startsWith(
              new Event.Parked("dev: the next section begins after a pace of 30d"),
              new Event.Parked("dev: the next section begins after a pace of 1h"));
    }
  }

  @Test
  void checksOfASection_passBeforeTheNextBegins() {
    String change =
        Bundles.FLIGHT.replace("soak: 24h", "soak: 1h")
            + "checks: { rows: { sql: SELECT 1, expect: rows = 1 } }\n"
            + "sections: { 10_stocks: { checks: [rows] } }\n";
    try (SkippedClock clock = SkippedClock.of(Bundles.of(change))) {
      clock
          .environment()
          .answer("staging check-10_stocks", after(1, StepResult.of(Verdict.FAIL, "no row")));
      clock.start();

      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(paused.sentence()).isEqualTo("staging, check after section 10_stocks: no row");
      assertThat(clock.environment().calls("staging")).endsWith("check-10_stocks");
      clock.act(Action.RETRY, "dora");
      reachesTheGate(clock);
    }
  }

  @Test
  void limitsAndPaceOfAPerson_holdFromTheNextSectionOn() throws Exception {
    Hanging apply = new Hanging();
    List<Adjustment> seen = new CopyOnWriteArrayList<>();
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, apply);
      clock
          .environment()
          .answer(
              "staging apply-20_positions",
              order -> {
                seen.add(order.adjusted());
                return StepResult.pass("done");
              });
      clock.start();
      apply.awaitBegun();
      Adjustment gentler =
          new Adjustment(
              Optional.of(Duration.ofMinutes(4)), List.of(Limit.parse("locks.waiting <= 5")));

      clock.adjust(gentler, "dora");
      apply.release();
      reachesTheGate(clock);

      assertThat(seen).containsExactly(gentler);
      assertThat(clock.control().events(Event.Parked.class))
          .containsExactly(new Event.Parked("staging: the next section begins after a pace of 4m"));
      assertThat(clock.control().events(Event.Adjusted.class))
          .containsExactly(
              new Event.Adjusted(
                  gentler,
                  "sections are applied with a pace of 4m; locks.waiting <= 5 (dora: for a"
                      + " test)"));
    }
  }

  @Test
  void healthThatCannotBeTold_isAcceptedByAPersonAndTheSectionAppliedAllTheSame() {
    List<Boolean> accepted = new CopyOnWriteArrayList<>();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              APPLY,
              order -> {
                accepted.add(order.accepted());
                return order.accepted()
                    ? StepResult.pass("done")
                    : StepResult.of(Verdict.INCONCLUSIVE, "the role lacks pg_read_all_stats");
              });
      clock.start();
      clock.until(state -> state.cause().filter(Cause.EVIDENCE::equals).isPresent());

      clock.act(Action.ACKNOWLEDGE, "dora");
      reachesTheGate(clock);

      assertThat(accepted).containsExactly(false, true);
    }
  }

  @Test
  void waitingForALock_isShownAsParked() {
    try (SkippedClock clock = clock()) {
      clock.environment().answer(APPLY, after(12, hindered(Hindrance.LOCK, "held by pid 7")));
      clock.start();

      PromotionState parked =
          clock.until(state -> state.status() == Status.PARKED, Duration.ofSeconds(1));

      assertThat(parked.sentence()).contains("held by pid 7; tries again in ");
      reachesTheGate(clock);
    }
  }
}
