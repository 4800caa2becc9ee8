package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.Samples;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Event.GateOutcome;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.journal.Status;
import io.lockkeeper.json.Json;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The flight of {@link Bundles#FLIGHT}, an event a second. */
class PromotionFoldTest {
  private static final Instant START = Promotions.START;
  private static final SignedStatement SIGNED = new SignedStatement("", "", "");
  private static final Event.Requested REQUESTED = Promotions.input(Bundles.flight()).requested();

  private PromotionState state = PromotionFold.start(REQUESTED, START);
  private Instant at = START;

  private PromotionFoldTest after(Event... events) {
    for (Event event : events) {
      at = at.plusSeconds(1);
      state = PromotionFold.next(state, new Entry("workflow", 1, at, event));
    }
    return this;
  }

  private static Event stageStarted(String stage) {
    return new Event.StageStarted(stage);
  }

  private static Event stageEnded(String stage) {
    return new Event.StageEnded(stage, Verdict.PASS, "all passed");
  }

  private static Event started(String stage, String step, StepKind kind, int attempt) {
    return new Event.StepStarted(stage, step, kind, "do " + step, attempt);
  }

  private static Event ended(
      String stage, String step, StepKind kind, Verdict verdict, Attachment... files) {
    return new Event.StepEnded(
        stage, step, kind, 1, verdict, "found", Optional.empty(), List.of(files));
  }

  private static Event applied(String stage) {
    return started(stage, "apply-10_stocks", StepKind.APPLY, 1);
  }

  private static Event gateOpened() {
    return new Event.GateOpened(
        "production-sign-off",
        "production",
        List.of("dba", "operations-lead"),
        List.of(),
        "hash",
        START.plus(Duration.ofDays(3)));
  }

  private static Event signedOff(String role, String person, Decision decision) {
    return new Event.SignedOff(
        "production-sign-off", role, person, decision, "seen", "hash", Source.API, SIGNED);
  }

  private static Event gateClosed(GateOutcome outcome) {
    return new Event.GateClosed("production-sign-off", outcome, "the gate is closed");
  }

  private static Event paused(Cause cause) {
    return new Event.Paused(cause, "it stands still");
  }

  private static Event accepted(Action action) {
    return new Event.ActAccepted(action, "ana", "for a test", Optional.empty(), Source.API);
  }

  private static Event rollbackStarted(String environment) {
    return new Event.RollbackStarted(environment, "A", "the probe was slow", List.of("revert-10"));
  }

  private static Event rollbackEnded(String environment, Verdict verdict, String... left) {
    return new Event.RollbackEnded(environment, verdict, "taken back", List.of(left), 1.5);
  }

  @Test
  void swapBackAfterTheEnd_bringsTheChangeBackAndIsTold() {
    after(
        applied("staging"),
        rollbackStarted("staging"),
        rollbackEnded("staging", Verdict.PASS),
        new Event.Ended(Status.ROLLED_BACK, "staging rolled back", List.of()));

    after(
        started("staging", "swap-back", StepKind.RESTORE, 1),
        new Event.StepEnded(
            "staging",
            "swap-back",
            StepKind.RESTORE,
            1,
            Verdict.PASS,
            "shop is the one from before again",
            Optional.of(new Evidence.SwappedBack(START, "shop_restored_x_1", "DROP", 1, 2)),
            List.of()));

    assertThat(state.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(state.begun()).containsExactly("staging");
    assertThat(state.sentence())
        .isEqualTo("staging has the change again: shop is the one from before again");
  }

  @Test
  void request_laysOutTheStages() {
    assertThat(state.status()).isEqualTo(Status.NOT_STARTED);
    assertThat(state.sentence()).isEqualTo("asked for by ana: for a test");
    assertThat(state.changeName()).isEqualTo("nine-indexes");
    assertThat(state.startedAt()).isEqualTo(START);
    assertThat(state.shortened()).isFalse();
    assertThat(state.environment()).isEmpty();
    assertThat(state.stages())
        .extracting(StageState::name)
        .containsExactly(
            "dev",
            "staging",
            "staging-soak",
            "production-sign-off",
            "production",
            "production-watch-2h",
            "production-watch-24h");
    assertThat(state.stages())
        .allSatisfy(stage -> assertThat(stage.status()).isEqualTo(StageStatus.NOT_STARTED));
    assertThat(state.stage("staging-soak").orElseThrow().steps()).isEmpty();
    assertThat(state.stage("dev").orElseThrow().steps())
        .hasSize(14)
        .first()
        .isEqualTo(
            new StepState(
                "precheck",
                StepKind.PRECHECK,
                "check what must hold before anything is done",
                0,
                Optional.empty(),
                "",
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void stage_beginsAndEnds() {
    after(stageStarted("dev"));

    assertThat(state.status()).isEqualTo(Status.IN_PROGRESS);
    assertThat(state.stage()).isEqualTo("dev");
    assertThat(state.environment()).isEqualTo("dev");
    assertThat(state.sentence()).isEqualTo("dev has begun");

    after(stageEnded("dev"));

    StageState dev = state.stage("dev").orElseThrow();
    assertThat(dev.status()).isEqualTo(StageStatus.ENDED);
    assertThat(dev.verdict()).isEqualTo(Optional.of(Verdict.PASS));
    assertThat(dev.sentence()).isEqualTo("all passed");
    assertThat(dev.startedAt()).isEqualTo(Optional.of(START.plusSeconds(1)));
    assertThat(dev.endedAt()).isEqualTo(Optional.of(START.plusSeconds(2)));
  }

  @Test
  void step_beginsEndsAndIsTriedAgain() {
    after(stageStarted("dev"), started("dev", "baseline", StepKind.BASELINE, 1));
    assertThat(step("dev", "baseline"))
        .isEqualTo(
            new StepState(
                "baseline",
                StepKind.BASELINE,
                "measure before the change",
                1,
                Optional.empty(),
                "",
                Optional.of(at),
                Optional.empty()));
    assertThat(state.sentence()).isEqualTo("dev: do baseline");

    after(ended("dev", "baseline", StepKind.BASELINE, Verdict.FAIL));
    assertThat(step("dev", "baseline").verdict()).isEqualTo(Optional.of(Verdict.FAIL));
    assertThat(step("dev", "baseline").sentence()).isEqualTo("found");

    after(started("dev", "baseline", StepKind.BASELINE, 2));
    assertThat(step("dev", "baseline").attempt()).isEqualTo(2);
    assertThat(step("dev", "baseline").verdict()).isEmpty();
    assertThat(step("dev", "baseline").endedAt()).isEmpty();
  }

  private StepState step(String stage, String name) {
    return state.stage(stage).orElseThrow().steps().stream()
        .filter(step -> step.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void stepThatWasNotLaidOut_isAddedAtTheEnd() {
    int before = state.stage("staging").orElseThrow().steps().size();

    after(stageStarted("staging"), started("staging", "revert-10", StepKind.REVERT, 1));

    List<StepState> steps = state.stage("staging").orElseThrow().steps();
    assertThat(steps).hasSize(before + 1);
    assertThat(steps.get(before).title()).isEqualTo("do revert-10");
  }

  @Test
  void environmentInWhichSomethingWasApplied_hasBegun() {
    after(stageStarted("dev"), started("dev", "backup", StepKind.BACKUP, 1));
    assertThat(state.begun()).isEmpty();

    after(applied("dev"), applied("dev"), stageStarted("staging"), applied("staging"));
    assertThat(state.begun()).containsExactly("dev", "staging");
  }

  @ParameterizedTest
  @CsvSource({"PASS, false", "FAIL, true", "INCONCLUSIVE, true", "ERROR, true"})
  void rehearsal_leavesNothingOnlyWhereItsRevertWasVerified(Verdict verdict, boolean begun) {
    after(
        stageStarted("dev"),
        started("dev", "rehearse-10_stocks", StepKind.APPLY, 1),
        ended("dev", "verify-reverted", StepKind.VERIFY, verdict));

    assertThat(state.begun()).isEqualTo(begun ? List.of("dev") : List.of());
  }

  @Test
  void anotherVerification_takesNothingBack() {
    after(
        stageStarted("dev"),
        applied("dev"),
        ended("dev", "verify-objects", StepKind.VERIFY, Verdict.PASS));

    assertThat(state.begun()).containsExactly("dev");
  }

  @Test
  void attachment_isReplacedByALaterOneOfItsName() {
    Attachment first = new Attachment("a.txt", "text/plain", BlobRef.of(new byte[1]));
    Attachment other = new Attachment("b.txt", "text/plain", BlobRef.of(new byte[2]));
    Attachment again = new Attachment("a.txt", "text/plain", BlobRef.of(new byte[3]));

    after(
        ended("dev", "baseline", StepKind.BASELINE, Verdict.PASS, first, other),
        ended("dev", "baseline", StepKind.BASELINE, Verdict.PASS, again));

    assertThat(state.attachments()).containsExactly(other, again);
  }

  @Test
  void openGate_awaitsItsRolesWithTheEvidence() {
    after(stageStarted("production-sign-off"), gateOpened());

    Instant expires = START.plus(Duration.ofDays(3));
    assertThat(state.status()).isEqualTo(Status.AWAITING_SIGN_OFF);
    assertThat(state.evidenceHash()).isEqualTo(Optional.of("hash"));
    assertThat(state.pending())
        .containsExactly(
            new Pending("dba", at, expires), new Pending("operations-lead", at, expires));
    assertThat(state.sentence()).isEqualTo("production-sign-off: waiting for dba, operations-lead");
  }

  @Test
  void signOff_leavesTheOthersAwaited() {
    after(
        stageStarted("production-sign-off"),
        gateOpened(),
        signedOff("dba", "boris", Decision.APPROVE));

    assertThat(state.status()).isEqualTo(Status.AWAITING_SIGN_OFF);
    assertThat(state.pending()).extracting(Pending::role).containsExactly("operations-lead");
    assertThat(state.signed())
        .containsExactly(
            new Signed("production-sign-off", "dba", "boris", Decision.APPROVE, "seen", at));
    assertThat(state.sentence()).isEqualTo("production-sign-off: waiting for operations-lead");
  }

  @ParameterizedTest
  @EnumSource
  void closedGate_awaitsNobody(GateOutcome outcome) {
    after(stageStarted("production-sign-off"), gateOpened(), gateClosed(outcome));

    assertThat(state.status()).isEqualTo(Status.IN_PROGRESS);
    assertThat(state.pending()).isEmpty();
    assertThat(state.evidenceHash()).isEmpty();
    assertThat(state.sentence()).isEqualTo("the gate is closed");
  }

  @Test
  void gateOpenedAgain_voidsWhatWasSigned() {
    after(
        stageStarted("production-sign-off"),
        gateOpened(),
        signedOff("dba", "boris", Decision.APPROVE),
        gateClosed(GateOutcome.EXPIRED),
        gateOpened());

    assertThat(state.signed()).isEmpty();
    assertThat(state.pending()).hasSize(2);
  }

  @Test
  void soak_isSoakingUntilItsDeadline() {
    Instant deadline = START.plus(Duration.ofHours(24));

    after(
        stageStarted("staging-soak"),
        new Event.DeadlineSet("staging-soak", deadline, "observed until then"));

    assertThat(state.status()).isEqualTo(Status.SOAKING);
    assertThat(state.stage("staging-soak").orElseThrow().deadline())
        .isEqualTo(Optional.of(deadline));
    assertThat(state.sentence()).isEqualTo("observed until then");
  }

  @Test
  void watchAlone_isWatching() {
    after(stageStarted("production-watch-2h"));

    assertThat(state.status()).isEqualTo(Status.WATCHING);
    assertThat(state.stage()).isEqualTo("production-watch-2h");
  }

  @Test
  void watchBesideAnotherStage_staysInTheBackground() {
    after(stageStarted("production"), stageStarted("production-watch-2h"));

    assertThat(state.status()).isEqualTo(Status.IN_PROGRESS);
    assertThat(state.stage()).isEqualTo("production");
    assertThat(state.sentence()).isEqualTo("production has begun");
  }

  @ParameterizedTest
  @CsvSource({
    "dev, IN_PROGRESS",
    "staging-soak, SOAKING",
    "production-watch-2h, WATCHING",
  })
  void pausedPromotion_goesOnWithWhatItDid(String stage, Status status) {
    after(stageStarted(stage), paused(Cause.HEALTH));
    assertThat(state.status()).isEqualTo(Status.PAUSED);
    assertThat(state.cause()).isEqualTo(Optional.of(Cause.HEALTH));
    assertThat(state.sentence()).isEqualTo("it stands still");

    after(new Event.Resumed("goes on"));
    assertThat(state.status()).isEqualTo(status);
    assertThat(state.cause()).isEmpty();
    assertThat(state.sentence()).isEqualTo("goes on");
  }

  @Test
  void pausedAtAnOpenGate_awaitsSignOffsAgain() {
    after(
        stageStarted("production-sign-off"),
        gateOpened(),
        paused(Cause.PERSON),
        new Event.Resumed("goes on"));

    assertThat(state.status()).isEqualTo(Status.AWAITING_SIGN_OFF);
  }

  @Test
  void parkedPromotion_hasNoCause() {
    after(stageStarted("dev"), new Event.Parked("the window is closed"));

    assertThat(state.status()).isEqualTo(Status.PARKED);
    assertThat(state.cause()).isEmpty();
    assertThat(state.sentence()).isEqualTo("the window is closed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"paused", "parked", "rolling back", "ended"})
  void newsOfAStage_doNotChangeAPromotionThatStandsStill(String how) {
    after(
        stageStarted("dev"),
        switch (how) {
          case "paused" -> paused(Cause.PERSON);
          case "parked" -> new Event.Parked("waiting");
          case "rolling back" -> rollbackStarted("dev");
          default -> new Event.Ended(Status.ABORTED, "stopped", List.of());
        });
    Status status = state.status();
    String sentence = state.sentence();

    after(
        stageStarted("production-watch-2h"),
        new Event.DeadlineSet("production-watch-2h", START, "until then"),
        started("dev", "baseline", StepKind.BASELINE, 1),
        ended("dev", "baseline", StepKind.BASELINE, Verdict.PASS),
        stageEnded("production-watch-2h"));

    assertThat(state.status()).isEqualTo(status);
    assertThat(state.sentence()).isEqualTo(sentence);
  }

  @Test
  void pauseThatWasAskedFor_isRememberedUntilItComes() {
    after(stageStarted("dev"), accepted(Action.PAUSE));
    assertThat(state.pauseRequested()).isTrue();
    assertThat(state.status()).isEqualTo(Status.IN_PROGRESS);
    assertThat(state.sentence())
        .isEqualTo("dev has begun; pauses at the next safe point, asked for by ana");

    after(paused(Cause.PERSON));
    assertThat(state.pauseRequested()).isFalse();
  }

  @Test
  void pauseThatWasTakenBack_isForgotten() {
    after(stageStarted("dev"), accepted(Action.PAUSE), accepted(Action.RESUME));

    assertThat(state.pauseRequested()).isFalse();
  }

  @Test
  void rollback_leavesNothingOfItsEnvironment() {
    after(
        stageStarted("dev"),
        applied("dev"),
        stageStarted("staging"),
        applied("staging"),
        paused(Cause.FAILURE),
        rollbackStarted("staging"));
    assertThat(state.status()).isEqualTo(Status.ROLLING_BACK);
    assertThat(state.cause()).isEmpty();
    assertThat(state.sentence()).isEqualTo("rolling staging back: the probe was slow");

    after(rollbackEnded("staging", Verdict.PASS));
    assertThat(state.status()).isEqualTo(Status.ROLLING_BACK);
    assertThat(state.begun()).containsExactly("dev");
    assertThat(state.left()).isEmpty();
  }

  @Test
  void stuckRollback_saysWhatIsLeftUntilItIsTriedAgain() {
    after(
        stageStarted("dev"),
        applied("dev"),
        rollbackStarted("dev"),
        rollbackEnded("dev", Verdict.FAIL, "take back section 10"));
    assertThat(state.begun()).containsExactly("dev");
    assertThat(state.left()).containsExactly("take back section 10");

    after(rollbackStarted("dev"));
    assertThat(state.left()).isEmpty();
  }

  @Test
  void rollbackAtAnOpenGate_closesIt() {
    after(stageStarted("production-sign-off"), gateOpened(), rollbackStarted("staging"));

    assertThat(state.pending()).isEmpty();
    assertThat(state.evidenceHash()).isEmpty();
    assertThat(state.status()).isEqualTo(Status.ROLLING_BACK);
  }

  @Test
  void revertVerifiedInARollback_doesNotCountAsTheRehearsals() {
    after(
        stageStarted("dev"),
        applied("dev"),
        rollbackStarted("dev"),
        ended("dev", "verify-reverted", StepKind.VERIFY, Verdict.PASS));

    assertThat(state.begun()).containsExactly("dev");
  }

  @Test
  void endedPromotion_carriesWhatItSays() {
    after(
        stageStarted("dev"),
        applied("dev"),
        gateOpened(),
        accepted(Action.PAUSE),
        new Event.Ended(Status.COMPLETE, "the last watch has passed", List.of("dev", "staging")));

    assertThat(state.status()).isEqualTo(Status.COMPLETE);
    assertThat(state.sentence()).isEqualTo("the last watch has passed");
    assertThat(state.begun()).containsExactly("dev", "staging");
    assertThat(state.pending()).isEmpty();
    assertThat(state.evidenceHash()).isEmpty();
    assertThat(state.pauseRequested()).isFalse();
    assertThat(state.endedAt()).isEqualTo(Optional.of(at));
  }

  @Test
  void whatWasRolledBack_waitsForItsCause() {
    after(
        stageStarted("dev"),
        applied("dev"),
        new Event.Ended(Status.ROLLED_BACK, "dev rolled back", List.of()));
    assertThat(state.rootCauseOpen()).isTrue();
    assertThat(AllowedAction.of(state, Action.ACKNOWLEDGE).allowed()).isTrue();

    after(new Event.RootCause("ana", "a lock was held too long"));

    assertThat(state.rootCauseOpen()).isFalse();
    assertThat(state.rootCause()).contains("a lock was held too long");
    assertThat(AllowedAction.of(state, Action.ACKNOWLEDGE).allowed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Event.ActRefused.class,
        Event.StatementIssued.class,
        Event.TriggerChanged.class,
        Event.HistoryExported.class
      })
  void eventThatIsOnlyTold_changesNothing(Class<? extends Event> kind) {
    after(stageStarted("dev"));
    PromotionState before = state;

    after(Samples.of(kind, 1));

    assertThat(state).isEqualTo(before);
  }

  @Test
  void state_readsBackFromJson() {
    after(
        stageStarted("dev"),
        started("dev", "baseline", StepKind.BASELINE, 1),
        gateOpened(),
        signedOff("dba", "boris", Decision.REFUSE),
        paused(Cause.EVIDENCE));

    assertThat(Json.read(Json.text(state), PromotionState.class)).isEqualTo(state);
  }

  @Test
  void watchOfAnEnvironment_outlivesTheNextStages() {
    after(
        stageStarted("staging-soak"),
        stageEnded("staging-soak"),
        stageStarted("production-watch-2h"),
        stageEnded("production-watch-2h"),
        stageStarted("production-watch-24h"));

    assertThat(state.stages())
        .filteredOn(stage -> stage.status() != StageStatus.NOT_STARTED)
        .extracting(StageState::name, StageState::status)
        .containsExactly(
            tuple("staging-soak", StageStatus.ENDED),
            tuple("production-watch-2h", StageStatus.ENDED),
            tuple("production-watch-24h", StageStatus.IN_PROGRESS));
    assertThat(state.status()).isEqualTo(Status.WATCHING);
  }
}
