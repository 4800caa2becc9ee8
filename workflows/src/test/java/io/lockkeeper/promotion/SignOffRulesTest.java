package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Decision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At a gate that awaits a dba and an owner; ana asked for the promotion, arthur pushed it. */
class SignOffRulesTest {
  private static final Instant NOW = Promotions.START;
  private static final SignedStatement SIGNED = new SignedStatement("", "", "");

  private PromotionState state;
  private String person = "boris";
  private Optional<String> role = Optional.of("dba");
  private Optional<String> evidence = Optional.of("hash");
  private Optional<Decision> decision = Optional.of(Decision.APPROVE);
  private String reason = "seen";
  private Instant expires = NOW.plusSeconds(60);

  @BeforeEach
  void openGate() {
    state = PromotionFold.start(Promotions.input(Bundles.flight()).requested(), NOW);
    add(
        new Event.GateOpened(
            "production-sign-off",
            "production",
            List.of("dba", "owner"),
            List.of(),
            "hash",
            NOW.plusSeconds(3600)));
  }

  private void add(Event event) {
    state = PromotionFold.next(state, new Entry("workflow", 1, NOW, event));
  }

  private void signedBefore(String signedRole, String signedBy) {
    add(
        new Event.SignedOff(
            "production-sign-off",
            signedRole,
            signedBy,
            Decision.APPROVE,
            "seen",
            "hash",
            Source.API,
            SIGNED));
  }

  private Optional<String> whyNot() {
    Statement statement =
        new Statement(
            Action.SIGN_OFF,
            Promotions.ID,
            "change",
            List.of(),
            Optional.of("production"),
            evidence,
            role,
            person,
            decision,
            reason,
            Optional.empty(),
            Optional.empty(),
            false,
            NOW.minusSeconds(60),
            expires,
            "nonce",
            Adjustment.NONE);
    return SignOffRules.whyNot(state, Promotions.AUTHOR, statement, NOW);
  }

  @Test
  void approvalOfAnAwaitedRole_counts() {
    assertThat(whyNot()).isEmpty();
  }

  @Test
  void approvalWithoutAReason_counts() {
    reason = "";

    assertThat(whyNot()).isEmpty();
  }

  @Test
  void refusalWithAReason_counts() {
    decision = Optional.of(Decision.REFUSE);

    assertThat(whyNot()).isEmpty();
  }

  @Test
  void secondPersonInASecondRole_counts() {
    signedBefore("owner", "chen");

    assertThat(whyNot()).isEmpty();
  }

  @Test
  void requester_cannotSign() {
    person = Promotions.REQUESTER;

    assertThat(whyNot()).hasValue("ana asked for this promotion and so cannot sign it off");
  }

  @Test
  void author_cannotSign() {
    person = Promotions.AUTHOR;

    assertThat(whyNot()).hasValue("arthur pushed this change and so cannot sign it off");
  }

  @Test
  void onePersonInASecondRole_cannotSign() {
    signedBefore("owner", "boris");

    assertThat(whyNot()).hasValue("boris has signed for another role: one person, one role");
  }

  @Test
  void roleThatHasSigned_isNotAwaited() {
    signedBefore("dba", "chen");

    assertThat(whyNot()).hasValue("the role dba has signed already");
  }

  @Test
  void roleThatIsNotAwaited_cannotSign() {
    role = Optional.of("release-manager");

    assertThat(whyNot()).hasValue("nobody waits for the role release-manager");
  }

  @Test
  void statementWithoutARole_isRefused() {
    role = Optional.empty();

    assertThat(whyNot()).hasValue("nobody waits for the role (none given)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"older", ""})
  void otherEvidence_isStale(String seen) {
    evidence = Optional.of(seen).filter(text -> !text.isEmpty());

    assertThat(whyNot()).hasValue("the evidence has changed since it was read: read it again");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 3600})
  void expiredStatement_isRefused(long secondsAgo) {
    expires = NOW.minusSeconds(secondsAgo);

    assertThat(whyNot()).hasValue("the statement expired at " + expires);
  }

  @Test
  void statementWithoutADecision_isRefused() {
    decision = Optional.empty();

    assertThat(whyNot()).hasValue("the statement holds no decision");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n"})
  void refusalWithoutAReason_isRefused(String given) {
    decision = Optional.of(Decision.REFUSE);
    reason = given;

    assertThat(whyNot()).hasValue("a refusal needs a reason");
  }
}
