package io.lockkeeper.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.activity.WindowResult.PhaseChange;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.soak.SoakResult.SoakOutcome;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.StatementChanges;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ChildWorkflowExecutionStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The soak as its promotion starts it. */
class SoakWorkflowTest {
  private static final String SOAK = "staging-soak";
  private static final String NOTE =
      Bundles.FLIGHT.replace("- deadlocks > 0", "- { if: deadlocks > 0, then: note }");

  private static SkippedClock clock(String change) {
    return SkippedClock.of(Bundles.of(change));
  }

  /** Lets all of the soak's time pass. */
  private static SoakResult result(SkippedClock clock, Duration lasts) {
    clock.start().sleep(lasts.plusMinutes(10));
    return clock.observer(SOAK).getResult(SoakResult.class);
  }

  private static EventType endOfFirstRun(SkippedClock clock) {
    String run =
        clock.history().getEvents().stream()
            .filter(HistoryEvent::hasChildWorkflowExecutionStartedEventAttributes)
            .map(HistoryEvent::getChildWorkflowExecutionStartedEventAttributes)
            .map(ChildWorkflowExecutionStartedEventAttributes::getWorkflowExecution)
            .filter(execution -> execution.getWorkflowId().endsWith(SOAK))
            .findFirst()
            .orElseThrow()
            .getRunId();
    return clock
        .temporal()
        .getWorkflowClient()
        .fetchHistory(Promotions.ID + "/" + SOAK, run)
        .getLastEvent()
        .getEventType();
  }

  private static String lasting(String change, String time) {
    return change.replace("soak: 24h", "soak: " + time);
  }

  @Test
  @Tag("M49")
  void everythingSampledAndNothingBreached_isCleanAtTheDeadline() {
    try (SkippedClock clock = clock(Bundles.FLIGHT)) {
      SoakResult result = result(clock, Duration.ofHours(24));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.CLEAN);
      assertThat(result.sentence()).isEqualTo("nothing was breached");
      assertThat(lasted(result))
          .isBetween(Duration.ofHours(24), Duration.ofHours(24).plusSeconds(1));
      assertThat(totals(result, "locks.waiting")).isEqualTo("8640 of 8640");
    }
  }

  @Test
  void breachThatRollsBack_endsItAtOnce() {
    try (SkippedClock clock = clock(Bundles.FLIGHT)) {
      Duration healthy = Duration.ofHours(20);
      clock
          .environment()
          .answerWindows(
              order ->
                  order.from().isAfter(order.start().plus(healthy))
                      ? RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0")
                      : RecordingEnvironment.clean(order));

      SoakResult result = result(clock, Duration.ofHours(24));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.BREACH);
      assertThat(result.sentence()).isEqualTo("deadlocks > 0: deadlocks 1, limit 0");
      assertThat(lasted(result)).isBetween(healthy, healthy.plusMinutes(20));
      assertThat(result.samples().triggers())
          .containsExactly(
              new TriggerOutcome(
                  "deadlocks > 0",
                  "deadlocks",
                  "BREACH",
                  "deadlocks 1, limit 0",
                  deadlocks(Then.ROLLBACK)));
      assertThat(clock.control().events(Event.TriggerChanged.class))
          .containsExactly(
              new Event.TriggerChanged(
                  "staging-soak", "deadlocks > 0", "deadlocks", "BREACH", "deadlocks 1, limit 0"));
    }
  }

  private static Optional<Trigger> deadlocks(Then then) {
    return Optional.of(
        new Trigger(Limit.parse("deadlocks > 0"), Duration.ZERO, Duration.ZERO, then, ""));
  }

  @Test
  void breachThatPauses_endsInPause() {
    String change =
        Bundles.FLIGHT.replace("- deadlocks > 0", "- { if: deadlocks > 0, then: pause }");
    try (SkippedClock clock = clock(lasting(change, "1h"))) {
      clock
          .environment()
          .answerWindows(
              order -> RecordingEnvironment.breached(order, "deadlocks", "one deadlock"));

      SoakResult result = result(clock, Duration.ofHours(1));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.PAUSE);
      assertThat(result.sentence()).isEqualTo("deadlocks > 0: one deadlock");
    }
  }

  /** As they come with one sample: the milder limit is crossed too where the graver one is. */
  @Test
  void breachesOfOneSample_areDecidedByTheGravest() {
    String change =
        Bundles.FLIGHT.replace(
            "- deadlocks > 0", "- { if: deadlocks > 0, then: pause }\n  - deadlocks > 9");
    try (SkippedClock clock = clock(lasting(change, "1h"))) {
      clock.environment().answerWindows(SoakWorkflowTest::allBreached);

      SoakResult result = result(clock, Duration.ofHours(1));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.BREACH);
      assertThat(result.sentence()).startsWith("deadlocks > 9: ");
    }
  }

  private static WindowResult allBreached(WindowOrder order) {
    WindowResult one = RecordingEnvironment.breached(order, "deadlocks", "ten deadlocks");
    List<TriggerState> all =
        IntStream.range(0, order.plan().triggers().size())
            .filter(i -> order.plan().triggers().get(i).limit().matches("deadlocks"))
            .mapToObj(
                i -> new TriggerState(i, "deadlocks", Phase.BREACH, 0, 1, 0, 10, 10, List.of()))
            .toList();
    return new WindowResult(
        one.sampledUntil(), all, one.metrics(), List.of(), one.marks(), Optional.empty());
  }

  @Test
  void soakThatPausedForAnyTime_isObservedForAllThatWasLeft() {
    String change =
        Bundles.FLIGHT.replace("- deadlocks > 0", "- { if: deadlocks > 0, then: pause }");
    AtomicBoolean breached = new AtomicBoolean();
    try (SkippedClock clock = clock(change)) {
      clock
          .environment()
          .answerWindows(
              order ->
                  order.from().isAfter(order.start().plus(Duration.ofHours(2)))
                          && breached.compareAndSet(false, true)
                      ? RecordingEnvironment.breached(order, "deadlocks", "one deadlock")
                      : RecordingEnvironment.clean(order));
      clock.start().until(state -> state.status() == Status.PAUSED);
      clock.sleep(Duration.ofHours(30));

      clock.act(Action.RESUME, "dora");
      Instant resumed = clock.now();
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(clock.state().stage(SOAK).flatMap(StageState::deadline).orElseThrow())
          .isBetween(resumed.plus(Duration.ofHours(21)), resumed.plus(Duration.ofHours(22)));
    }
  }

  /** Whoever lets it go on was told of a deadlock, and not of nineteen hours unread. */
  @Test
  void soakThatPaused_isJudgedOnAllThatWasMissingBefore() {
    String change =
        Bundles.FLIGHT.replace("- deadlocks > 0", "- { if: deadlocks > 0, then: pause }");
    AtomicBoolean breached = new AtomicBoolean();
    try (SkippedClock clock = clock(change)) {
      clock
          .environment()
          .answerWindows(
              order -> {
                Duration passed = Duration.between(order.start(), order.from());
                if (passed.toHours() >= 1 && passed.toHours() < 20) {
                  throw RecordingEnvironment.away();
                }
                return passed.toHours() >= 23 && breached.compareAndSet(false, true)
                    ? RecordingEnvironment.breached(order, "deadlocks", "one deadlock")
                    : RecordingEnvironment.clean(order);
              });
      clock.start().until(state -> state.status() == Status.PAUSED);

      clock.act(Action.RESUME, "dora");
      PromotionState again =
          clock.until(
              state -> state.status() == Status.PAUSED && !state.sentence().contains("one"));

      assertThat(again.sentence())
          .startsWith(SOAK + ": too few samples: ")
          .containsPattern("deadlocks 1[89]\\d\\d of 8\\d{3}");
    }
  }

  @Test
  void limitThatIsAddedOnAFigureNobodyReadBefore_isDueFromThenOn() {
    try (SkippedClock clock = clock(Bundles.FLIGHT)) {
      clock.start().until(state -> state.status() == Status.SOAKING);
      clock.sleep(Duration.ofHours(20));

      clock.observe(Outcome.tighter("index.idx_old.usage < 50%"), "dora");
      clock.sleep(Duration.ofHours(5));

      SoakResult result = clock.observer(SOAK).getResult(SoakResult.class);
      assertThat(result.outcome()).as(result.sentence()).isEqualTo(SoakOutcome.CLEAN);
      assertThat(result.samples().metrics())
          .filteredOn(samples -> samples.metric().equals("index.idx_old.usage"))
          .singleElement()
          .satisfies(samples -> assertThat(samples.due()).isBetween(225L, 240L));
    }
  }

  @Test
  void breachThatIsOnlyNoted_goesOnAndIsInTheEvidence() {
    try (SkippedClock clock = clock(lasting(NOTE, "1h"))) {
      clock.environment().answerWindows(SoakWorkflowTest::deadlockInTheFirstWindow);

      SoakResult result = result(clock, Duration.ofHours(1));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.CLEAN);
      assertThat(result.samples().triggers())
          .containsExactly(
              new TriggerOutcome(
                  "deadlocks > 0", "deadlocks", "BREACH", "one deadlock", deadlocks(Then.NOTE)));
    }
  }

  @Test
  void longerThanOneRunHolds_continuesAsNewAndKeepsAllTotals() {
    try (SkippedClock clock = clock(lasting(NOTE, "7d"))) {
      clock.environment().answerWindows(SoakWorkflowTest::deadlockInTheFirstWindow);
      SoakResult result = result(clock, Duration.ofDays(7));

      assertThat(endOfFirstRun(clock))
          .isEqualTo(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
      assertThat(result.outcome()).isEqualTo(SoakOutcome.CLEAN);
      assertThat(lasted(result).toHours()).isEqualTo(7 * 24);
      assertThat(clock.observer(SOAK).query("soak", SoakOrder.class).began())
          .isEqualTo(result.samples().started());
      assertThat(totals(result, "locks.waiting")).isEqualTo("60480 of 60480");
      assertThat(result.samples().triggers())
          .containsExactly(
              new TriggerOutcome(
                  "deadlocks > 0", "deadlocks", "BREACH", "one deadlock", deadlocks(Then.NOTE)));
      List<Entry> written =
          clock.control().entries().stream().filter(e -> e.writer().equals(SOAK)).toList();
      assertThat(written.stream().map(Entry::sequence))
          .isEqualTo(LongStream.rangeClosed(1, written.size()).boxed().toList());
    }
  }

  @Test
  void aMonthOfSeries_stillFitsIntoOneResult() {
    try (SkippedClock clock = clock(lasting(Bundles.FLIGHT, "30d"))) {
      clock
          .environment()
          .answerWindows(order -> withSeries(RecordingEnvironment.clean(order), order));

      SoakResult result = result(clock, Duration.ofDays(30));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.CLEAN);
      assertThat(totals(result, "locks.waiting")).isEqualTo("259200 of 259200");
      assertThat(result.samples().series()).hasSizeBetween(140, 160);
    }
  }

  @Test
  void nothingSampledInAnEarlierRun_countsAsMissingInTheNext() {
    StagePlan.Soak plan = (StagePlan.Soak) Promotions.input(Bundles.flight()).flight().stage(SOAK);
    try (SkippedClock clock = clock(Bundles.FLIGHT)) {
      Instant now = clock.now();
      Instant began = now.minus(Duration.ofHours(23));
      SoakWorkflow soak =
          clock
              .temporal()
              .getWorkflowClient()
              .newWorkflowStub(
                  SoakWorkflow.class,
                  WorkflowOptions.newBuilder().setTaskQueue(Queues.PROMOTIONS).build());

      SoakResult result =
          soak.run(
              new SoakOrder(
                  new WorkOrder(Promotions.ID, "hash", "staging", "magnus", SOAK),
                  plan,
                  began,
                  began,
                  now,
                  now.plus(Duration.ofHours(1)),
                  List.of(),
                  List.of(),
                  List.of(),
                  Map.of(),
                  Map.of(),
                  0,
                  List.of(),
                  Optional.empty(),
                  Map.of(),
                  true));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.INCONCLUSIVE);
      assertThat(totals(result, "locks.waiting")).isEqualTo("360 of 8640");
    }
  }

  @Test
  void statements_areAskedForOnceAnHour_andTheLastWordCounts() {
    try (SkippedClock clock = clock(lasting(Bundles.FLIGHT, "150m"))) {
      List<Instant> asked = new CopyOnWriteArrayList<>();
      clock
          .environment()
          .answerWindows(
              order -> {
                WindowResult clean = RecordingEnvironment.clean(order);
                if (!order.plan().name().equals(SOAK) || !order.statements()) {
                  return clean;
                }
                asked.add(order.until());
                return telling(clean, "told " + asked.size() + " times");
              });

      SoakResult result = result(clock, Duration.ofMinutes(150));

      Instant start = result.samples().started();
      assertThat(asked)
          .containsExactly(
              start.plus(Duration.ofHours(1)),
              start.plus(Duration.ofHours(2)),
              start.plus(Duration.ofMinutes(150)));
      assertThat(result.samples().statements()).contains(StatementChanges.untold("told 3 times"));
    }
  }

  private static WindowResult telling(WindowResult window, String what) {
    return new WindowResult(
        window.sampledUntil(),
        window.states(),
        window.metrics(),
        window.changes(),
        window.marks(),
        window.series(),
        window.drift(),
        window.notes(),
        Optional.of(StatementChanges.untold(what)));
  }

  @Test
  void nobodyEverSampled_isInconclusiveAtTheDeadline() {
    try (SkippedClock clock = clock(lasting(Bundles.FLIGHT, "2h"))) {
      clock
          .environment()
          .answerWindows(
              order -> {
                throw RecordingEnvironment.away();
              });

      SoakResult result = result(clock, Duration.ofHours(2));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.INCONCLUSIVE);
      assertThat(result.sentence()).isEqualTo("too few samples: none was taken");
      assertThat(lasted(result)).isBetween(Duration.ofHours(2), Duration.ofHours(2).plusMinutes(2));
    }
  }

  @Test
  void limitOfWhichNothingWasEverRead_isInconclusive() {
    try (SkippedClock clock = clock(lasting(Bundles.FLIGHT, "2h"))) {
      clock
          .environment()
          .answerWindows(
              order -> without(RecordingEnvironment.clean(order), "probe.by_sector.p95"));

      SoakResult result = result(clock, Duration.ofHours(2));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.INCONCLUSIVE);
      assertThat(result.sentence())
          .isEqualTo("nothing was measured for probe.by_sector.p95 > baseline + 20% for 1m");
      assertThat(result.samples().triggers())
          .extracting(TriggerOutcome::phase, TriggerOutcome::sentence)
          .containsExactly(tuple("INCONCLUSIVE", "probe.by_sector.p95 was never measured"));
    }
  }

  @Test
  void limitOfWhichNothingWasReadForHours_isInconclusive() {
    try (SkippedClock clock = clock(lasting(Bundles.FLIGHT, "4h"))) {
      clock
          .environment()
          .answerWindows(
              order -> {
                WindowResult clean = RecordingEnvironment.clean(order);
                Instant second = order.start().plus(Duration.ofHours(1));
                return order.from().isBefore(second)
                    ? clean
                    : without(clean, "probe.by_sector.p95");
              });

      SoakResult result = result(clock, Duration.ofHours(4));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.INCONCLUSIVE);
      assertThat(result.sentence()).isEqualTo("too few samples: probe.by_sector.p95 60 of 240");
    }
  }

  private static WindowResult without(WindowResult window, String metric) {
    return new WindowResult(
        window.sampledUntil(),
        window.states(),
        window.metrics().stream().filter(samples -> !samples.metric().equals(metric)).toList(),
        window.changes(),
        window.marks(),
        window.series());
  }

  @Test
  void whatPeopleShouldKnowOfTheSamples_isJournaledAndChangesNoVerdict() {
    try (SkippedClock clock = clock(lasting(Bundles.FLIGHT, "1h"))) {
      String restart = "the server was restarted at 2026-11-20T08:00:00.000000Z";
      clock
          .environment()
          .answerWindows(
              order ->
                  order.from().equals(order.start())
                      ? noted(RecordingEnvironment.clean(order), restart)
                      : RecordingEnvironment.clean(order));

      SoakResult result = result(clock, Duration.ofHours(1));

      assertThat(result.outcome()).isEqualTo(SoakOutcome.CLEAN);
      assertThat(clock.control().events(Event.SamplingNoted.class))
          .containsExactly(new Event.SamplingNoted(SOAK, restart));
    }
  }

  private static WindowResult noted(WindowResult window, String note) {
    return new WindowResult(
        window.sampledUntil(),
        window.states(),
        window.metrics(),
        window.changes(),
        window.marks(),
        window.series(),
        window.drift(),
        List.of(note));
  }

  private static WindowResult deadlockInTheFirstWindow(WindowOrder order) {
    WindowResult clean = RecordingEnvironment.clean(order);
    if (!order.states().isEmpty()) {
      return new WindowResult(
          clean.sampledUntil(),
          order.states(),
          clean.metrics(),
          List.of(),
          order.marks(),
          Optional.empty());
    }
    List<PhaseChange> noted =
        RecordingEnvironment.breached(order, "deadlocks", "one deadlock").changes();
    return new WindowResult(
        clean.sampledUntil(),
        noted.stream().map(PhaseChange::state).toList(),
        clean.metrics(),
        noted,
        order.marks(),
        Optional.empty());
  }

  private static WindowResult withSeries(WindowResult window, WindowOrder order) {
    String name = "staging-soak-samples-" + order.from().toString().replace(":", "") + ".json";
    return new WindowResult(
        window.sampledUntil(),
        window.states(),
        window.metrics(),
        window.changes(),
        window.marks(),
        Optional.of(
            new Attachment(name, "application/json", new BlobRef(Sha256.hex(name), 123_456))));
  }

  private static Duration lasted(SoakResult result) {
    return Duration.between(result.samples().started(), result.samples().ended());
  }

  private static String totals(SoakResult result, String metric) {
    MetricSamples samples = samples(result, metric);
    return samples.taken() + " of " + samples.due();
  }

  private static MetricSamples samples(SoakResult result, String metric) {
    return result.samples().metrics().stream()
        .filter(samples -> samples.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }
}
