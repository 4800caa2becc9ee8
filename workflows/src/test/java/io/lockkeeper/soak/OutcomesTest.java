package io.lockkeeper.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.fixture.SimulatedTarget;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.PromotionResult;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.Statement.Observing;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * A soak of 24 h and a watch of 2 h, 24 h and 7 d of the real workflows with a skipped clock, with
 * every outcome. {@code deploy/benchmarks/skipped-clock} says how long each takes.
 */
@Order(1)
class OutcomesTest {
  private static final String SOAK = Outcome.SOAK;
  private static final String WEEK = Outcome.WEEK;

  @Test
  void clean_everySampleTakenAndEveryDeadlineMet_isComplete() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.CLEAN.fly(clock);

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(verdicts(clock)).containsOnly(Verdict.PASS);
      assertThat(samples(clock, SOAK, "locks.waiting")).isEqualTo("8640 of 8640");
      assertThat(samples(clock, "production-watch-2h", "locks.waiting")).isEqualTo("720 of 720");
      assertThat(samples(clock, "production-watch-24h", "locks.waiting")).isEqualTo("7920 of 7920");
      assertThat(samples(clock, WEEK, "locks.waiting")).isEqualTo("51840 of 51840");
      assertThat(lasted(clock, SOAK)).isEqualTo(Duration.ofHours(24));
      assertThat(clock.control().events(Event.TriggerChanged.class)).isEmpty();
    }
  }

  @Test
  void shortSpike_beyondTheLimitForLessThanItsTime_rollsNothingBack() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.SHORT_SPIKE.fly(clock);

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(highest(clock, WEEK, "locks.waiting")).isEqualTo(40);
      assertThat(highest(clock, WEEK, Outcome.P95)).isEqualTo(0.1);
      assertThat(clock.control().events(Event.TriggerChanged.class)).isEmpty();
    }
  }

  @Test
  void sustainedBreach_onTheSixthDay_rollsBackAtOnce() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.SUSTAINED_BREACH.fly(clock);

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(result.carries()).containsExactly("staging");
      assertThat(ended(clock, WEEK).sentence())
          .isEqualTo(
              "probe.by_sector.p95 > baseline + 20% for 1m: probe.by_sector.p95 15 ms, limit"
                  + " > 12 ms (baseline 10 ms)");
      assertThat(samples(clock, WEEK, "locks.waiting"))
          .as("five days and a minute: two rounds of probes were too slow")
          .isEqualTo("43207 of 43207");
    }
  }

  @Test
  void missingData_aQuarterOfTheSoak_isInconclusiveAndAPersonDecides() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.MISSING_DATA.fly(clock);

      assertThat(ended(clock, SOAK).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(ended(clock, SOAK).sentence())
          .startsWith("too few samples: ")
          .contains("locks.waiting 6480 of 8640");
      assertThat(clock.control().events(Event.Paused.class))
          .singleElement()
          .extracting(Event.Paused::cause)
          .isEqualTo(Cause.EVIDENCE);
      assertThat(clock.control().events(Event.TriggerChanged.class))
          .as("people are told when it cannot be told any more, and when it can again")
          .extracting(Event.TriggerChanged::phase)
          .containsExactlyInAnyOrder(
              "INCONCLUSIVE", "INCONCLUSIVE", "INCONCLUSIVE", "OK", "OK", "OK");
      assertThat(result.status()).isEqualTo(Status.COMPLETE);
    }
  }

  @Test
  void statisticsReset_isTold_andIsNeitherBreachNorEnd() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.STATISTICS_RESET.fly(clock);

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(highest(clock, WEEK, Outcome.COUNTED)).isEqualTo(5);
      assertThat(clock.control().events(Event.TriggerChanged.class)).isEmpty();
      assertThat(clock.control().events(Event.SamplingNoted.class))
          .containsExactly(new Event.SamplingNoted(WEEK, Outcome.RESET));
    }
  }

  @Test
  void serverRestart_twoMinutesWithoutAFigure_areMissingAndTold_andItGoesOn() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.SERVER_RESTART.fly(clock);

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(samples(clock, WEEK, "locks.waiting")).isEqualTo("51828 of 51840");
      assertThat(clock.control().events(Event.TriggerChanged.class))
          .extracting(change -> change.metric() + " " + change.phase())
          .contains("locks.waiting INCONCLUSIVE", "locks.waiting OK");
      assertThat(clock.control().events(Event.SamplingNoted.class))
          .containsExactly(new Event.SamplingNoted(WEEK, Outcome.RESTART));
    }
  }

  @Test
  void extension_movesTheDeadline_andTheSoakLastsToIt() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.EXTENSION.fly(clock);

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(lasted(clock, SOAK)).isEqualTo(Duration.ofHours(30));
      assertThat(samples(clock, SOAK, "locks.waiting")).isEqualTo("10800 of 10800");
    }
  }

  @Test
  void tightening_holdsFromThenOn_andWhatWasWithinTheLimitsRollsBack() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.TIGHTENING.fly(clock);

      assertThat(result.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(ended(clock, WEEK).sentence())
          .isEqualTo("locks.waiting > 3 for 30s: locks.waiting 4, limit > 3");
      assertThat(clock.control().events(Event.Tightened.class))
          .containsExactly(
              new Event.Tightened(
                  WEEK,
                  List.of("locks.waiting > 3 for 30s"),
                  WEEK + " is held against locks.waiting > 3 for 30s too (dora: for a test)"));
      assertThat(ended(clock, "production-watch-24h").verdict()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void workerLostForTenMinutes_itsSamplesAreMissing_andTheDeadlineStays() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.WORKER_LOST.fly(clock);

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(samples(clock, SOAK, "locks.waiting")).isIn("8580 of 8640", "8581 of 8640");
      assertThat(lasted(clock, SOAK)).isEqualTo(Duration.ofHours(24));
    }
  }

  /** More than nine tenths were taken; of its end nobody knows anything. */
  @Test
  void workerLostForTheLastTwoHours_isInconclusive_andTheJournalSaysFromWhen() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.WORKER_LOST_AT_THE_END.fly(clock);

      assertThat(ended(clock, SOAK).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(ended(clock, SOAK).sentence())
          .isEqualTo(
              "probe.by_sector.p95 > baseline + 20% for 1m: probe.by_sector.p95: the last 120"
                  + " readings are missing");
      assertThat(samples(clock, SOAK, "locks.waiting")).isEqualTo("7920 of 8640");
      assertThat(clock.control().events(Event.SamplingNoted.class))
          .hasSize(8)
          .allMatch(
              note ->
                  note.sentence()
                      .matches("90 samples are missing from .* on: no worker told of them"));
      assertThat(result.status()).isEqualTo(Status.COMPLETE);
    }
  }

  @Test
  void bothDeadAtTheDeadline_isInconclusiveByWhatIsMissing_andTheDeadlineDidNotMove() {
    try (SkippedClock clock = Outcome.clock()) {
      PromotionResult result = Outcome.BOTH_DEAD_AT_THE_DEADLINE.fly(clock);

      StageState soak = clock.state().stage(SOAK).orElseThrow();
      Instant deadline = started(clock, SOAK).plus(Duration.ofHours(24));
      assertThat(ended(clock, SOAK).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(ended(clock, SOAK).sentence()).startsWith("too few samples: ");
      assertThat(soak.deadline()).contains(deadline);
      assertThat(endedAt(clock, SOAK)).isAfterOrEqualTo(deadline.plus(Duration.ofHours(6)));
      assertThat(samples(clock, SOAK, "locks.waiting")).isEqualTo("6210 of 8640");
      assertThat(deadlines(clock, SOAK)).containsExactly(deadline);
      assertThat(clock.control().events(Event.Paused.class)).hasSize(1);
      assertThat(result.status()).isEqualTo(Status.COMPLETE);
    }
  }

  @Test
  void limitThatIsLooser_isRefusedAndSaysWhatToDo() {
    try (SkippedClock clock = soaking()) {
      assertThatThrownBy(() -> clock.observe(Outcome.tighter("locks.waiting > 9 for 30s"), "dora"))
          .rootCause()
          .hasMessageContaining(
              "locks.waiting > 9 for 30s is no tighter than locks.waiting > 5 for 30s, which people"
                  + " agreed to: while it runs a limit can only be tightened. To loosen it, promote"
                  + " a change that has the new limit, and have it signed off");
      assertThat(clock.control().events(Event.Tightened.class)).isEmpty();
    }
  }

  @Test
  void soakBegunAnew_lastsItsWholeTimeAgain() {
    try (SkippedClock clock = soaking()) {
      clock.sleep(Duration.ofHours(20));
      Instant anew = clock.now();

      clock.observe(new Observing(List.of(), Optional.empty(), true), "dora");
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF, Duration.ofHours(1));

      assertThat(endedAt(clock, SOAK)).isAfterOrEqualTo(anew.plus(Duration.ofHours(24)));
      assertThat(samples(clock, SOAK, "locks.waiting")).isEqualTo("8640 of 8640");
      assertThat(clock.control().events(Event.StageEnded.class))
          .filteredOn(ended -> ended.stage().equals(SOAK))
          .extracting(ended -> ended.verdict() + " " + ended.sentence())
          .containsExactly("ERROR begun anew (dora: for a test)", "PASS nothing was breached");
    }
  }

  @Test
  void watch_isNotBegunAnew() {
    try (SkippedClock clock = soaking()) {
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF, Duration.ofHours(1));
      clock.signOff("dba", "boris");
      clock.until(state -> state.status() == Status.WATCHING, Duration.ofMinutes(1));

      assertThatThrownBy(
              () -> clock.observe(new Observing(List.of(), Optional.empty(), true), "dora"))
          .rootCause()
          .hasMessageContaining("production-watch-2h is a watch: only a soak is begun anew");
    }
  }

  @Test
  void continuedAsNew_losesNoSignalThatCameAroundIt() {
    try (SkippedClock clock = soaking()) {
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF, Duration.ofHours(1));
      clock.signOff("dba", "boris");
      PromotionState watched =
          clock.until(state -> state.stage(WEEK).orElseThrow().deadline().isPresent());
      Instant deadline = watched.stage(WEEK).orElseThrow().deadline().orElseThrow();
      String first = run(clock);
      clock.observe(Outcome.tighter("sessions.active > 100 for 30s"), "dora");
      int extensions = 0;
      while (run(clock).equals(first)) {
        clock.sleep(Duration.ofHours(4));
        clock.act(Action.EXTEND, "dora");
        extensions++;
      }
      clock.act(Action.EXTEND, "dora");
      clock.observe(Outcome.tighter("sessions.active > 90 for 30s"), "dora");

      assertThat(clock.result().status()).isEqualTo(Status.COMPLETE);
      Instant last = deadline.plus(Duration.ofHours(6).multipliedBy(extensions + 1));
      assertThat(clock.state().stage(WEEK).orElseThrow().deadline()).contains(last);
      assertThat(endedAt(clock, WEEK)).isBetween(last, last.plusSeconds(1));
      assertThat(clock.observer(WEEK).query("soak", SoakOrder.class).plan().triggers())
          .extracting(trigger -> trigger.text())
          .endsWith("sessions.active > 100 for 30s", "sessions.active > 90 for 30s");
    }
  }

  private static String run(SkippedClock clock) {
    return clock.observer(WEEK).describe().getExecution().getRunId();
  }

  private static SkippedClock soaking() {
    SkippedClock clock = Outcome.clock();
    Outcome.CLEAN.windows(clock, new SimulatedTarget());
    clock.start().until(state -> state.status() == Status.SOAKING, Duration.ofMinutes(1));
    return clock;
  }

  private static List<Verdict> verdicts(SkippedClock clock) {
    return clock.control().events(Event.StageEnded.class).stream()
        .map(Event.StageEnded::verdict)
        .toList();
  }

  private static List<Instant> deadlines(SkippedClock clock, String stage) {
    return clock.control().events(Event.DeadlineSet.class).stream()
        .filter(set -> set.stage().equals(stage))
        .map(Event.DeadlineSet::deadline)
        .toList();
  }

  private static Event.StageEnded ended(SkippedClock clock, String stage) {
    return clock.control().events(Event.StageEnded.class).stream()
        .filter(ended -> ended.stage().equals(stage))
        .findFirst()
        .orElseThrow();
  }

  private static Instant started(SkippedClock clock, String stage) {
    return clock.state().stage(stage).flatMap(StageState::startedAt).orElseThrow();
  }

  private static Instant endedAt(SkippedClock clock, String stage) {
    return clock.state().stage(stage).flatMap(StageState::endedAt).orElseThrow();
  }

  /** In whole seconds. */
  private static Duration lasted(SkippedClock clock, String stage) {
    Duration lasted = Duration.between(started(clock, stage), endedAt(clock, stage));
    return Duration.ofSeconds(lasted.toSeconds());
  }

  private static String samples(SkippedClock clock, String stage, String metric) {
    MetricSamples samples = metric(clock, stage, metric);
    return samples.taken() + " of " + samples.due();
  }

  private static double highest(SkippedClock clock, String stage, String metric) {
    return metric(clock, stage, metric).high().orElseThrow();
  }

  /** Of the last time that the stage was observed. */
  private static MetricSamples metric(SkippedClock clock, String stage, String metric) {
    return clock.control().events(Event.StepEnded.class).stream()
        .filter(ended -> ended.stage().equals(stage))
        .reduce((first, second) -> second)
        .flatMap(Event.StepEnded::evidence)
        .map(evidence -> (Evidence.Samples) evidence)
        .orElseThrow()
        .metrics()
        .stream()
        .filter(samples -> samples.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }
}
