package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activity.Payloads;
import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.ClockJump;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.RecordingControl;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.plan.FollowUpPlan;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.promotion.FollowUpState.Standing;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.activity.Activity;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is left to do once a promotion is over, in a workflow of its own. */
class FollowUpsTest {
  private static final String CHANGE =
      """
      change: nine-indexes
      why: Two indexes for the screener
      probes: { by_sector: SELECT 1 }
      checks: { rows: { sql: SELECT 1 } }
      through: [{ staging: { watch: 2h } }]
      rollback_if: [deadlocks > 0]
      follow_up:
        - { after: 7d, sql: VACUUM (ANALYZE) stocks, name: vacuum }
        - { after: 1d, ask: do customers complain?, role: operations-lead, name: complaints }
        - { after: 1d, check: rows, name: rows }
        - { after: 7d, probe: [by_sector], name: week }
        - { after: 1d, ask: what was learned?, outcome: rolled_back, name: lessons }
      """;

  private static SkippedClock clock() {
    return SkippedClock.of(Bundles.of(CHANGE));
  }

  /** In steps: to wait for the result itself would let the clock skip on to what follows. */
  private static PromotionState ended(SkippedClock clock) {
    return clock.until(state -> state.status().ended());
  }

  private static WorkflowStub followUp(SkippedClock clock) {
    return clock
        .temporal()
        .getWorkflowClient()
        .newUntypedWorkflowStub(FollowUpOrder.workflow(Promotions.ID));
  }

  private static ActReply acknowledge(SkippedClock clock, String name, String role) {
    return followUp(clock)
        .update(
            "acknowledge",
            ActReply.class,
            Promotions.acknowledging(clock.bundle(), name, role, "dora", clock.now()));
  }

  /** What the journal adds up to, the promotion's end and what follows it included. */
  private static PromotionState journaled(SkippedClock clock) {
    PromotionState state =
        PromotionFold.start(clock.input().requested(), clock.input().requestedAt());
    for (var entry : clock.control().entries()) {
      state = PromotionFold.next(state, entry);
    }
    return state;
  }

  private static List<String> open(SkippedClock clock) {
    return journaled(clock).openFollowUps().stream().map(FollowUpState::name).toList();
  }

  private static FollowUpState state(SkippedClock clock, String name) {
    return journaled(clock).followUps().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void completePromotion_leavesThemBesideIt_eachWithItsTimeFromTheEndOfApply() {
    try (SkippedClock clock = clock().start()) {
      PromotionState ended = ended(clock);

      Instant applied = clock.state().stage("staging").flatMap(StageState::endedAt).orElseThrow();
      assertThat(ended.status()).isEqualTo(Status.COMPLETE);
      assertThat(journaled(clock).status()).isEqualTo(Status.COMPLETE);
      assertThat(journaled(clock).openFollowUps())
          .extracting(f -> f.name() + " " + f.role() + " " + f.due() + " " + f.standing())
          .containsExactly(
              "vacuum release-manager " + applied.plus(Duration.ofDays(7)) + " WAITING",
              "complaints operations-lead " + applied.plus(Duration.ofDays(1)) + " WAITING",
              "rows release-manager " + applied.plus(Duration.ofDays(1)) + " WAITING",
              "week release-manager " + applied.plus(Duration.ofDays(7)) + " WAITING");
      assertThat(clock.environment().calls()).doesNotContain("staging follow-up-1");
    }
  }

  @Test
  void grant_isClosedWithWhatMayFollowIt() {
    List<Step> closings = new ArrayList<>();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging close",
              order -> {
                closings.add(order.step());
                return StepResult.pass("closed");
              });

      ended(clock.start());

      assertThat(closings).containsExactly(new Step.Release(true, Optional.of("complete")));
    }
  }

  @Test
  void grantThatCouldNotBeClosedAtTheEnd_isClosedOnceBeforeTheFirstStatements() {
    AtomicInteger tries = new AtomicInteger();
    List<Step> closings = new ArrayList<>();
    try (SkippedClock clock =
        clock(
            "  - { after: 1d, sql: VACUUM (ANALYZE) stocks, name: vacuum }\n"
                + "  - { after: 5d, sql: ANALYZE stocks, name: analyze }\n")) {
      clock
          .environment()
          .answer(
              "staging close",
              order -> {
                closings.add(order.step());
                return tries.incrementAndGet() <= 2
                    ? StepResult.of(Verdict.ERROR, "another promotion holds the target")
                    : StepResult.pass("closed");
              });
      ended(clock.start());

      followUp(clock).getResult(Void.class);

      assertThat(closings).hasSize(3).containsOnly(new Step.Release(true, Optional.of("complete")));
      assertThat(clock.environment().calls("staging"))
          .endsWith("close", "close", "close", "follow-up-1", "follow-up-2");
      assertThat(clock.control().events(Event.StepEnded.class))
          .filteredOn(ended -> ended.stage().equals("follow-up"))
          .extracting(ended -> ended.step() + " " + ended.verdict() + ", " + ended.sentence())
          .containsExactly(
              "vacuum ERROR, nothing was run, because the grant could not be closed: another"
                  + " promotion holds the target",
              "vacuum PASS, done",
              "analyze PASS, done");
    }
  }

  @Test
  void atTheirTimes_statementsRunOnce_checksAndProbesAreJournaled_andItEndsWithTheLast() {
    try (SkippedClock clock = clock().start()) {
      ended(clock);
      clock.sleep(Duration.ofDays(1));
      acknowledge(clock, "complaints", "operations-lead");

      followUp(clock).getResult(Void.class);

      Instant applied = clock.state().stage("staging").flatMap(StageState::endedAt).orElseThrow();
      assertThat(clock.now()).isAfterOrEqualTo(applied.plus(Duration.ofDays(7)));
      assertThat(clock.environment().calls("staging"))
          .endsWith("follow-up-3", "follow-up-1", "follow-up-4");
      assertThat(clock.control().events(Event.StepEnded.class))
          .filteredOn(ended -> ended.stage().equals("follow-up"))
          .extracting(ended -> ended.step() + " " + ended.kind() + " " + ended.verdict())
          .containsExactly("rows CHECK PASS", "vacuum SQL PASS", "week COMPARE PASS");
      assertThat(open(clock)).isEmpty();
      assertThat(state(clock, "complaints").sentence())
          .isEqualTo("dora as operations-lead: for a test");
      assertThat(clock.control().events(Event.HistoryExported.class))
          .extracting(Event.HistoryExported::workflow)
          .contains(FollowUpOrder.workflow(Promotions.ID));
    }
  }

  @Test
  void whatIsAsked_isAskedAgainEachDayUntilSomebodyOfTheRoleConfirmsIt() {
    try (SkippedClock clock = clock().start()) {
      ended(clock);
      clock.sleep(Duration.ofDays(4).plusHours(1));

      assertThat(clock.control().events(Event.FollowUpAsked.class))
          .filteredOn(asked -> asked.name().equals("complaints"))
          .extracting(Event.FollowUpAsked::sentence)
          .startsWith(
              "operations-lead is asked: do customers complain?",
              "operations-lead is asked: do customers complain? (asked 2 times)",
              "operations-lead is asked: do customers complain? (asked 3 times)");
      assertThat(state(clock, "complaints").standing()).isEqualTo(Standing.DUE);
      assertThatThrownBy(() -> acknowledge(clock, "complaints", "dba"))
          .rootCause()
          .hasMessageContaining("complaints is for the role operations-lead");
      assertThatThrownBy(() -> acknowledge(clock, "complaint", "operations-lead"))
          .rootCause()
          .hasMessageContaining("no follow-up of that name is open");
      assertThatThrownBy(() -> acknowledge(clock, "vacuum", "release-manager"))
          .rootCause()
          .hasMessageContaining("vacuum is done by itself, at ");

      acknowledge(clock, "complaints", "operations-lead");
      clock.sleep(Duration.ofSeconds(1));

      assertThat(open(clock)).containsExactly("vacuum", "week");
    }
  }

  @Test
  void checkThatFails_staysOpen_isMadeAgain_andMayBeTakenOver() {
    AtomicInteger times = new AtomicInteger();
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answer(
              "staging follow-up-3",
              order -> {
                times.incrementAndGet();
                return StepResult.of(Verdict.FAIL, "rows 0, limit > 0");
              });
      ended(clock.start());
      clock.sleep(Duration.ofDays(3).plusHours(1));

      assertThat(times).hasValueGreaterThanOrEqualTo(2);
      assertThat(state(clock, "rows").sentence()).isEqualTo("FAIL, rows 0, limit > 0");

      acknowledge(clock, "rows", "release-manager");
      clock.sleep(Duration.ofSeconds(1));

      assertThat(open(clock)).doesNotContain("rows");
    }
  }

  @Test
  void rolledBack_leavesOnlyWhatFollowsThat() {
    try (SkippedClock clock = clock()) {
      clock
          .environment()
          .answerWindows(
              order -> RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0"));

      PromotionState ended = ended(clock.start());

      assertThat(ended.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(open(clock)).containsExactly("lessons");
    }
  }

  @Test
  void aborted_leavesNothing() {
    try (SkippedClock clock = clock().start()) {
      clock.until(state -> state.status() == Status.WATCHING);
      clock.act(Action.ABORT, "dora");

      assertThat(ended(clock).status()).isEqualTo(Status.ABORTED);
      assertThat(clock.control().events(Event.FollowUpsOpened.class)).isEmpty();
      assertThat(clock.history().getEvents())
          .noneMatch(
              event ->
                  event.hasStartChildWorkflowExecutionInitiatedEventAttributes()
                      && id(event).endsWith("/follow-up"));
    }
  }

  @Test
  void signalWithoutASignature_changesNothingAndIsJournaled() {
    try (SkippedClock clock = clock().start()) {
      ended(clock);
      followUp(clock).signal("acknowledge", (Object) null);
      clock.sleep(Duration.ofMinutes(1));

      assertThat(clock.control().events(Event.ActRefused.class)).hasSize(1);
      assertThat(open(clock)).hasSize(4);
    }
  }

  private static SkippedClock clock(String followUps) {
    String without = CHANGE.substring(0, CHANGE.indexOf("follow_up:"));
    return SkippedClock.of(Bundles.of(without + "follow_up:\n" + followUps));
  }

  private static SkippedClock vacuum() {
    return clock("  - { after: 1d, sql: VACUUM (ANALYZE) stocks, name: vacuum }\n");
  }

  /** Until its time has come, and not on. */
  private static void sleepUntilItIsDue(SkippedClock clock, String name) {
    clock.sleep(Duration.between(clock.now(), state(clock, name).due()));
  }

  @Test
  void statementsWhoseWorkerDies_areTakenUpByTheNextAttempt_andEndOnce() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    try (SkippedClock clock = vacuum()) {
      clock
          .environment()
          .answer(
              "staging follow-up-1",
              order -> {
                if (attempts.incrementAndGet() == 1) {
                  Activity.getExecutionContext().doNotCompleteOnReturn();
                  begun.countDown();
                }
                return StepResult.pass("done");
              });
      ended(clock.start());
      sleepUntilItIsDue(clock, "vacuum");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      clock.sleepUnanswered(Duration.ofSeconds(8));

      followUp(clock).getResult(Void.class);

      assertThat(attempts).hasValue(2);
      assertThat(clock.control().events(Event.StepEnded.class))
          .filteredOn(ended -> ended.stage().equals("follow-up"))
          .extracting(ended -> ended.step() + " " + ended.verdict())
          .containsExactly("vacuum PASS");
    }
  }

  @Test
  void statements_areNotRunBeforeTheJournalHasTheirIntent() {
    try (SkippedClock clock = vacuum().start()) {
      ended(clock);
      clock.control().away(true);
      sleepUntilItIsDue(clock, "vacuum");
      clock.sleep(Duration.ofMinutes(1));
      assertThat(clock.environment().calls("staging")).doesNotContain("follow-up-1");

      clock.control().away(false);
      followUp(clock).getResult(Void.class);

      assertThat(clock.environment().calls("staging")).endsWith("follow-up-1");
      assertThat(open(clock)).isEmpty();
    }
  }

  @Test
  void stepThatNoWorkerTakes_keepsTheOthersWaitingForAnHourAndNoLonger() {
    RecordingControl control = new RecordingControl();
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance(converting())) {
      temporal
          .newWorker(Queues.PROMOTIONS)
          .registerWorkflowImplementationTypes(FollowUpWorkflowImpl.class);
      temporal.newWorker(Queues.CONTROL).registerActivitiesImplementations(control);
      temporal.start();
      FollowUpWorkflow workflow =
          temporal
              .getWorkflowClient()
              .newWorkflowStub(
                  FollowUpWorkflow.class,
                  WorkflowOptions.newBuilder().setTaskQueue(Queues.PROMOTIONS).build());
      Instant from = Instant.ofEpochMilli(temporal.currentTimeMillis());
      WorkflowClient.start(
          workflow::run,
          FollowUpOrder.fresh(
              new WorkOrder(Promotions.ID, "hash", "staging", "magnus", FollowUpOrder.STAGE),
              Promotions.input(Bundles.of(CHANGE), Overrides.NONE)
                  .flight()
                  .followUps(Outcome.COMPLETE)
                  .stream()
                  .filter(plan -> plan.after().equals(Duration.ofDays(1)))
                  .sorted(Comparator.comparing(FollowUpPlan::kind).reversed())
                  .toList(),
              from,
              Set.of(),
              Optional.empty()));

      temporal.sleep(Duration.ofDays(1));
      WorkflowStub stub = WorkflowStub.fromTyped(workflow);
      while (!isWaitingForStaging(temporal, stub.getExecution().getWorkflowId())) {
        temporal.sleep(Duration.ofMillis(10));
      }
      ClockJump.of(temporal, Duration.ofMinutes(61));
      while (control.events(Event.FollowUpAsked.class).isEmpty()) {
        temporal.sleep(Duration.ofMillis(10));
      }

      assertThat(control.events(Event.StepEnded.class))
          .singleElement()
          .extracting(ended -> ended.step() + " " + ended.verdict() + ", " + ended.sentence())
          .isEqualTo(
              "rows ERROR, LK-TARGET-UNREACHABLE: no worker of the environment took the step in"
                  + " time. Nothing more was done. Start one");
    }
  }

  private static boolean isWaitingForStaging(TestWorkflowEnvironment temporal, String workflow) {
    return temporal.getWorkflowClient().fetchHistory(workflow).getEvents().stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .map(event -> event.getActivityTaskScheduledEventAttributes().getTaskQueue().getName())
        .anyMatch(Queues.environment("staging")::equals);
  }

  private static TestEnvironmentOptions converting() {
    return TestEnvironmentOptions.newBuilder()
        .setWorkflowClientOptions(
            WorkflowClientOptions.newBuilder().setDataConverter(Payloads.converter()).build())
        .build();
  }

  @Test
  void workflowThatGoesOnAsANewOne_forgetsNothing() {
    String asks =
        IntStream.rangeClosed(1, 8)
            .mapToObj(hour -> "  - { after: " + hour + "h, ask: x, name: ask" + hour + " }\n")
            .collect(Collectors.joining());
    try (SkippedClock clock = clock(asks).start()) {
      ended(clock);
      SignedStatement early =
          Promotions.acknowledging(clock.bundle(), "ask1", "release-manager", "dora", clock.now());
      followUp(clock).update("acknowledge", ActReply.class, early);

      clock.sleep(Duration.ofDays(200));

      HistoryEvent first = clock.history("follow-up").getEvents().get(0);
      assertThat(first.getWorkflowExecutionStartedEventAttributes().getContinuedExecutionRunId())
          .isNotEmpty();
      assertThat(open(clock)).hasSize(7).doesNotContain("ask1");
      assertThat(clock.control().entries())
          .filteredOn(entry -> entry.writer().equals("follow-up"))
          .extracting(Entry::sequence)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, written(clock)).boxed().toList());
      assertThat(state(clock, "ask8").sentence())
          .isEqualTo("release-manager is asked: x (asked " + asked(clock, "ask8") + " times)");
      assertThatThrownBy(() -> followUp(clock).update("acknowledge", ActReply.class, early))
          .rootCause()
          .hasMessageContaining("the statement has been used already");
      acknowledge(clock, "ask8", "release-manager");
      clock.sleep(Duration.ofSeconds(1));
      assertThat(open(clock)).hasSize(6);
    }
  }

  private static long written(SkippedClock clock) {
    return clock.control().entries().stream().filter(e -> e.writer().equals("follow-up")).count();
  }

  private static long asked(SkippedClock clock, String name) {
    return clock.control().events(Event.FollowUpAsked.class).stream()
        .filter(asked -> asked.name().equals(name))
        .count();
  }

  @Test
  void workflowThatIsCancelledInTemporal_doesNothingMoreAndTellsSo() {
    try (SkippedClock clock = clock().start()) {
      ended(clock);
      followUp(clock).cancel();

      assertThatThrownBy(() -> followUp(clock).getResult(Void.class))
          .hasMessageContaining("was cancelled");
      assertThat(clock.control().events(Event.FollowUpsCalledOff.class))
          .containsExactly(
              new Event.FollowUpsCalledOff(
                  "unknown, through Temporal", List.of("vacuum", "complaints", "rows", "week")));
      assertThat(open(clock)).isEmpty();
      assertThat(clock.environment().calls("staging")).noneMatch(c -> c.startsWith("follow-up"));
      assertThat(clock.control().events(Event.FollowUpAsked.class)).isEmpty();
      assertThat(clock.control().events(Event.HistoryExported.class))
          .extracting(Event.HistoryExported::workflow)
          .contains(FollowUpOrder.workflow(Promotions.ID));
    }
  }

  private static String id(HistoryEvent event) {
    return event.getStartChildWorkflowExecutionInitiatedEventAttributes().getWorkflowId();
  }
}
