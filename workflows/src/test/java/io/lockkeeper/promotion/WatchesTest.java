package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Watches that run beside the flight: what they hold up, and which of them is meant. */
class WatchesTest {
  private static final String TWO_WATCHES =
      """
      change: nine-indexes
      why: Two indexes for the screener
      through:
        - staging: { watch: [2h, 3h] }
        - production: { sign_off: [dba], watch: 1h }
      rollback_if: [{ if: deadlocks > 0, then: pause }]
      """;

  private static final String ONE_WATCH =
      """
      change: nine-indexes
      why: Two indexes for the screener
      through:
        - staging: { watch: 2h }
      """;

  private static SkippedClock clock() {
    return SkippedClock.of(Bundles.of(TWO_WATCHES));
  }

  private static void gateIsOpen(SkippedClock clock) {
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF, Duration.ofSeconds(10));
  }

  /** Breached once, in the first window of that stage. */
  private static WindowResult once(WindowOrder order, String stage, AtomicBoolean breached) {
    return order.plan().name().equals(stage) && breached.compareAndSet(false, true)
        ? RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0")
        : RecordingEnvironment.clean(order);
  }

  private static Instant deadline(PromotionState state, String stage) {
    return state.stage(stage).flatMap(StageState::deadline).orElseThrow();
  }

  @Test
  void whatCustomersReport_isSaidWhileItIsWatched_andStopsNothing() {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(ONE_WATCH)).start()) {
      clock.until(state -> state.status() == Status.WATCHING);

      clock.act(Action.ACKNOWLEDGE, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
      assertThat(clock.control().events(Event.CustomerReports.class))
          .containsExactly(new Event.CustomerReports("dora", "for a test"));
      assertThat(clock.control().events(Event.Paused.class)).isEmpty();
    }
  }

  @Test
  void pauseOfAWatch_holdsTheNextEnvironmentUntilAPersonDecides() {
    AtomicBoolean breached = new AtomicBoolean();
    try (SkippedClock clock = clock()) {
      clock.environment().answerWindows(order -> once(order, "staging-watch-2h", breached));
      clock.start();
      gateIsOpen(clock);
      clock.sleep(Duration.ofMinutes(30));

      clock.signOff("dba", "boris");
      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);

      assertThat(paused.cause()).contains(Cause.HEALTH);
      assertThat(paused.sentence()).startsWith("staging-watch-2h: ");
      assertThat(clock.environment().calls("production")).containsExactly("precheck");

      clock.act(Action.RESUME, "dora");

      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
      assertThat(clock.environment().calls("production")).contains("apply-10_stocks");
      assertThat(clock.control().events(Event.Paused.class)).hasSize(1);
      assertThat(clock.control().events(Event.StageStarted.class))
          .filteredOn(started -> started.stage().startsWith("staging-watch"))
          .as("the milestone was watched again, and then the next one")
          .extracting(Event.StageStarted::stage)
          .containsExactly("staging-watch-2h", "staging-watch-2h", "staging-watch-3h");
    }
  }

  @Test
  void milestoneThatIsExtendedBeyondTheNext_movesItByAsMuch() {
    try (SkippedClock clock = clock().start()) {
      gateIsOpen(clock);
      Instant before = deadline(clock.state(), "staging-watch-2h");

      clock.act(Action.EXTEND, "dora");
      clock.until(state -> state.stage("staging-watch-3h").orElseThrow().deadline().isPresent());

      Instant extended = before.plus(Duration.ofHours(6));
      assertThat(deadline(clock.state(), "staging-watch-2h")).isEqualTo(extended);
      assertThat(deadline(clock.state(), "staging-watch-3h"))
          .isEqualTo(extended.plus(Duration.ofHours(1)));
      clock.signOff("dba", "boris");
      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
      assertThat(clock.control().events(Event.Paused.class)).isEmpty();
    }
  }

  @Test
  void pauseOfTheLastWatch_isSettledAtTheEnd() {
    AtomicBoolean breached = new AtomicBoolean();
    try (SkippedClock clock = clock()) {
      clock.environment().answerWindows(order -> once(order, "production-watch-1h", breached));
      clock.start();
      gateIsOpen(clock);
      clock.signOff("dba", "boris");

      PromotionState paused = clock.until(state -> state.status() == Status.PAUSED);
      clock.act(Action.RESUME, "dora");

      assertThat(paused.sentence()).startsWith("production-watch-1h: ");
      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
    }
  }

  @Test
  void extension_meansTheEnvironmentThatItNames() {
    try (SkippedClock clock = clock().start()) {
      gateIsOpen(clock);
      clock.signOff("dba", "boris");
      PromotionState before =
          clock.until(
              state -> state.stage("production-watch-1h").flatMap(StageState::deadline).isPresent(),
              Duration.ofSeconds(10));

      clock.update(Action.EXTEND, clock.statement(Action.EXTEND, "dora", Optional.of("staging")));
      PromotionState after = clock.state();

      assertThat(deadline(after, "staging-watch-2h"))
          .isEqualTo(deadline(before, "staging-watch-2h").plus(Duration.ofHours(6)));
      assertThat(deadline(after, "production-watch-1h"))
          .isEqualTo(deadline(before, "production-watch-1h"));
    }
  }

  @Test
  void extensionThatCouldMeanTwo_isRefusedAndSaysWhich() {
    try (SkippedClock clock = clock().start()) {
      gateIsOpen(clock);
      clock.signOff("dba", "boris");
      clock.until(
          state -> state.stage("production-watch-1h").flatMap(StageState::deadline).isPresent(),
          Duration.ofSeconds(10));

      assertThatThrownBy(() -> clock.act(Action.EXTEND, "dora"))
          .rootCause()
          .hasMessageContaining(
              "several environments are observed: name one of staging, production");
    }
  }

  @Test
  void extensionOfWhatIsNotObserved_isRefusedAndSaysWhatIs() {
    try (SkippedClock clock = clock().start()) {
      gateIsOpen(clock);

      assertThatThrownBy(
              () ->
                  clock.update(
                      Action.EXTEND,
                      clock.statement(Action.EXTEND, "dora", Optional.of("production"))))
          .rootCause()
          .hasMessageContaining("nothing is observed in production, but in staging");
    }
  }
}
