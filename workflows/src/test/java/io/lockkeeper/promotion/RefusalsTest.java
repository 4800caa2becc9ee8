package io.lockkeeper.promotion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.journal.Status;
import io.lockkeeper.json.Json;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.signoff.Statement;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * At one open gate: each refusal changes nothing, so all of them meet the same promotion. What is
 * taken after all, or journaled, comes last.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RefusalsTest {
  private static final String HOUR = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h");
  private static final SignedStatement NOBODYS = new SignedStatement("", "", "");

  private final SkippedClock clock = SkippedClock.of(Bundles.of(HOUR));

  @BeforeAll
  void openTheGate() {
    clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.signOff("dba", "boris");
    // Until the journal has all that is known.
    clock.until(state -> clock.control().events(Event.SignedOff.class).size() == 1);
  }

  @AfterAll
  void close() {
    clock.close();
  }

  private void refused(Action action, SignedStatement statement, String why) {
    PromotionState before = clock.state();
    List<Entry> journal = clock.control().entries();

    WorkflowUpdateException refusal =
        catchThrowableOfType(WorkflowUpdateException.class, () -> clock.update(action, statement));

    assertThat(refusal.getCause())
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getOriginalMessage()).isEqualTo(why));
    assertThat(clock.state()).isEqualTo(before);
    assertThat(clock.control().entries()).isEqualTo(journal);
  }

  private SignedStatement fresh() {
    return clock.approval("operations-lead", "dora");
  }

  @Test
  void unsignedSignOff_isRefused() {
    SignedStatement signed = fresh();

    refused(
        Action.SIGN_OFF,
        new SignedStatement(signed.statement(), signed.key(), ""),
        "the statement is not signed");
    refused(Action.SIGN_OFF, NOBODYS, "the statement is not signed");
  }

  @Test
  void signOffSignedByAStrangersKey_isRefused() {
    Statement statement =
        Json.read(Base64.getDecoder().decode(fresh().statement()), Statement.class);

    refused(
        Action.SIGN_OFF,
        SigningKey.parse(SigningKey.generate()).sign(statement),
        "the statement is signed by a key that is not trusted here");
  }

  @Test
  void statementChangedAfterItWasSigned_isRefused() {
    SignedStatement signed = fresh();
    String changed =
        new String(Base64.getDecoder().decode(signed.statement()), UTF_8).replace("dora", "emil");

    refused(
        Action.SIGN_OFF,
        new SignedStatement(
            Base64.getEncoder().encodeToString(changed.getBytes(UTF_8)),
            signed.key(),
            signed.signature()),
        "the signature does not fit the statement");
  }

  @Test
  void requesterAndAuthor_cannotSign() {
    refused(
        Action.SIGN_OFF,
        clock.approval("operations-lead", Promotions.REQUESTER),
        "ana asked for this promotion and so cannot sign it off");
    refused(
        Action.SIGN_OFF,
        clock.approval("operations-lead", Promotions.AUTHOR),
        "arthur pushed this change and so cannot sign it off");
  }

  @Test
  void secondRoleOfOnePerson_isRefused() {
    refused(
        Action.SIGN_OFF,
        clock.approval("operations-lead", "boris"),
        "boris has signed for another role: one person, one role");
  }

  @Test
  void roleThatSignedAlreadyOrThatNobodyAskedFor_isRefused() {
    refused(Action.SIGN_OFF, clock.approval("dba", "dora"), "the role dba has signed already");
    refused(
        Action.SIGN_OFF,
        clock.approval("product-owner", "dora"),
        "nobody waits for the role product-owner");
  }

  @Test
  void evidenceThatHasChangedSinceItWasRead_isRefused() {
    refused(
        Action.SIGN_OFF,
        Promotions.approval(Bundles.of(HOUR), "operations-lead", "dora", "stale", clock.now()),
        "the evidence has changed since it was read: read it again");
  }

  @Test
  void statementAboutSomethingElse_isRefused() {
    refused(
        Action.SIGN_OFF,
        clock.statement(Action.PAUSE, "dora", Optional.empty()),
        "the statement is about something else");
    refused(
        Action.SIGN_OFF,
        Promotions.approval(
            Bundles.flight(),
            "operations-lead",
            "dora",
            clock.state().evidenceHash().orElseThrow(),
            clock.now()),
        "the statement is about something else");
  }

  @Test
  void unsignedActs_areRefusedEvenTheSafeOnes() {
    for (Action action :
        List.of(
            Action.ROLLBACK,
            Action.RESUME,
            Action.RETRY,
            Action.ACKNOWLEDGE,
            Action.EXTEND,
            Action.PAUSE,
            Action.ABORT)) {
      refused(action, NOBODYS, "the statement is not signed");
    }
  }

  @Test
  void rollbackOfAnEnvironmentWithoutTheChange_isRefused() {
    refused(
        Action.ROLLBACK,
        clock.statement(Action.ROLLBACK, "dora", Optional.empty()),
        "nothing has been applied in production; name the environment to take back: dev, staging");
  }

  @Test
  void actThatIsNotAllowedNow_isRefusedWithTheReason() {
    refused(
        Action.RETRY,
        clock.statement(Action.RETRY, "dora", Optional.empty()),
        "nothing has failed");
    refused(
        Action.RESUME,
        clock.statement(Action.RESUME, "dora", Optional.empty()),
        "it is not paused");
    refused(
        Action.EXTEND,
        clock.statement(Action.EXTEND, "dora", Optional.empty()),
        "nothing is observed now");
  }

  @Test
  @Order(Order.DEFAULT + 1)
  void unsignedSignalPastTheApi_isJournaledAsRefusedAndChangesNothing() {
    PromotionState before = clock.state();

    clock.promotion().signal("signOff", NOBODYS);
    clock.promotion().signal("rollback", NOBODYS);
    clock.until(state -> clock.control().events(Event.ActRefused.class).size() == 2);

    assertThat(clock.state()).isEqualTo(before);
    assertThat(clock.control().events(Event.ActRefused.class))
        .containsExactly(
            new Event.ActRefused(
                Action.SIGN_OFF,
                "unknown, through Temporal",
                "the statement is not signed",
                Source.TEMPORAL),
            new Event.ActRefused(
                Action.ROLLBACK,
                "unknown, through Temporal",
                "the statement is not signed",
                Source.TEMPORAL));
  }

  @Test
  @Order(Order.DEFAULT + 2)
  void refusedSignalsBeyondTheTwentieth_areNoLongerTold() {
    for (int i = 0; i < 25; i++) {
      clock.promotion().signal("resume", NOBODYS);
    }
    clock.until(state -> clock.control().events(Event.ActRefused.class).size() >= 20);
    clock.sleep(Duration.ofMinutes(1));

    List<Event.ActRefused> told = clock.control().events(Event.ActRefused.class);
    assertThat(told).hasSize(20);
    assertThat(told.get(19).why())
        .isEqualTo("the statement is not signed; further refusals of this promotion are not told");
  }

  @Test
  @Order(Order.DEFAULT + 3)
  void statementUsedTwice_isRefusedTheSecondTime() {
    SignedStatement pause = clock.statement(Action.PAUSE, "dora", Optional.empty());
    clock.update(Action.PAUSE, pause);
    clock.act(Action.RESUME, "dora");
    clock.until(state -> clock.control().events(Event.ActAccepted.class).size() == 2);

    refused(Action.PAUSE, pause, "the statement has been used already");
  }

  @Test
  @Order(Order.DEFAULT + 4)
  void unsignedAbortAsASignal_isObeyedAsTheSafeDirection() {
    clock.promotion().signal("abort", NOBODYS);

    assertThat(clock.result().status()).isEqualTo(Status.ABORTED);
    assertThat(clock.control().events(Event.ActAccepted.class))
        .contains(
            new Event.ActAccepted(
                Action.ABORT,
                "unknown, through Temporal",
                "no reason given",
                Optional.empty(),
                Source.TEMPORAL));
  }
}
