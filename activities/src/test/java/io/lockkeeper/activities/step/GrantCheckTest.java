package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Statements;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.step.GrantCheck.Granted;
import io.lockkeeper.activities.step.GrantCheck.RefusedException;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.signoff.Statement.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GrantCheckTest {
  private static final TargetIdentity HERE = new TargetIdentity("7000000000000000001", 16_384);
  private static final TargetIdentity ELSEWHERE = new TargetIdentity("7000000000000000001", 16_385);
  private static final Instant NOW = Instant.parse("2026-11-20T08:00:00Z");
  private static final String CHANGE = Engine.CHANGE;

  private final Statements statements = new Statements(CHANGE, HERE, NOW.minusSeconds(60));
  private final SignedStatement start = statements.start("dba", "operations-lead");
  private final SignedStatement dba = statements.approval("dba", "boris");
  private final SignedStatement operations = statements.approval("operations-lead", "dora");

  private static EnvironmentSettings dev(boolean sandbox, String... keys) {
    return new EnvironmentSettings(
        "dev", false, sandbox, List.of(), Map.of(), Set.of(), Map.of(), Set.of(keys));
  }

  private static Granted check(Instant now, SignedStatement... signed) throws RefusedException {
    return check(dev(true, Statements.KEY.publicKey()), now, signed);
  }

  private static Granted check(
      EnvironmentSettings environment, Instant now, SignedStatement... signed)
      throws RefusedException {
    return new GrantCheck(environment, HERE, now).check(Engine.PROMOTION, CHANGE, List.of(signed));
  }

  private static void assertRefused(String why, SignedStatement... signed) {
    assertThatThrownBy(() -> check(NOW, signed))
        .isInstanceOf(RefusedException.class)
        .hasMessage(why);
  }

  @Test
  @Tag("M99")
  void startAndEveryRoleByAnotherPerson_isGranted() throws RefusedException {
    Granted granted = check(NOW, start, dba, operations);

    assertThat(granted.signedBy())
        .containsExactly("boris as dba", "dora as operations-lead", "ana who started it");
    assertThat(granted.evidence()).isEqualTo("the evidence");
    assertThat(granted.nonces()).hasSize(3).doesNotHaveDuplicates();
    assertThat(granted.validUntil()).isEqualTo(NOW.minusSeconds(60).plus(Duration.ofDays(7)));
  }

  @Test
  void placeThatAsksForNoRole_isGrantedByTheStartAlone() throws RefusedException {
    assertThat(check(NOW, statements.start()).signedBy()).containsExactly("ana who started it");
  }

  @Test
  void nobodySigned_isRefused() {
    assertRefused("there is no signed start");
  }

  @Test
  void approvalsWithoutStart_areRefused() {
    assertRefused("there is no signed start", dba, operations);
  }

  @Test
  void twoStarts_areRefused() {
    assertRefused("there is no signed start", start, statements.start());
  }

  @Test
  @Tag("M99")
  void missingRole_isRefused() {
    assertRefused("the role operations-lead has not approved", start, dba);
  }

  @Test
  @Tag("M99")
  void refusal_isNoApproval() {
    SignedStatement refused =
        statements.approval("dba", "boris", draft -> draft.withDecision(Decision.REFUSE));

    assertRefused("the role dba has not approved", start, refused, operations);
  }

  @Test
  void approvalForAnotherPlace_isNoApprovalHere() {
    SignedStatement elsewhere =
        statements.approval("dba", "boris", draft -> draft.withEnvironment("production"));

    assertRefused("the role dba has not approved", start, elsewhere, operations);
  }

  @Test
  @Tag("M99")
  void requesterWhoApproves_isRefused() {
    assertRefused(
        "ana asked for it or signed twice: one person, one role",
        start,
        statements.approval("dba", "ana"),
        operations);
  }

  @Test
  @Tag("M99")
  void onePersonInTwoRoles_isRefused() {
    assertRefused(
        "boris asked for it or signed twice: one person, one role",
        start,
        dba,
        statements.approval("operations-lead", "boris"));
  }

  @Test
  @Tag("M99")
  void approvalsOfDifferentEvidence_areRefused() {
    SignedStatement stale =
        statements.approval("operations-lead", "dora", draft -> draft.withEvidence("of before"));

    assertRefused("the approvals are for different evidence", start, dba, stale);
  }

  @Test
  void statementOfAnotherPromotion_isRefused() {
    SignedStatement other =
        statements.approval("dba", "boris", draft -> draft.withPromotion("nine-indexes-2"));

    assertRefused("a statement is about another promotion", start, other, operations);
  }

  @Test
  void statementOfAnotherChange_isRefused() {
    SignedStatement other =
        statements.approval("dba", "boris", draft -> draft.withChange("another hash"));

    assertRefused("a statement is about another change", start, other, operations);
  }

  @Test
  void startThatDoesNotNameThePlace_isRefused() {
    SignedStatement staging = statements.start(draft -> draft.withTarget("staging", HERE, "dba"));

    assertRefused("the start does not name dev", staging, dba);
  }

  /** The worker's file names another database than the person meant. */
  @Test
  @Tag("M15")
  void startForAnotherDatabase_isRefused() {
    SignedStatement other = statements.start(draft -> draft.withTarget("dev", ELSEWHERE));

    assertRefused(
        "the start is for the database 7000000000000000001/16385 and this is"
            + " 7000000000000000001/16384",
        other);
  }

  @Test
  void shortenedTimesOutsideASandbox_areRefused() {
    SignedStatement shortened = statements.start(draft -> draft.withShortenedTimes());

    assertThatThrownBy(() -> check(dev(false, Statements.KEY.publicKey()), NOW, shortened))
        .isInstanceOf(RefusedException.class)
        .hasMessage("times were shortened, and dev is no sandbox by this worker's file");
  }

  @Test
  void expiredStatement_isRefused() {
    assertThatThrownBy(() -> check(NOW.plus(Duration.ofDays(8)), start, dba, operations))
        .isInstanceOf(RefusedException.class)
        .hasMessage("a statement has expired");
  }

  @Test
  void grant_isGoodForSevenDaysFromTheOldestApproval() throws RefusedException {
    Instant issued = NOW.minus(Duration.ofDays(3));
    SignedStatement old =
        statements.approval("operations-lead", "dora", draft -> draft.issuedAt(issued));

    assertThat(check(NOW, start, dba, old).validUntil()).isEqualTo(issued.plus(Duration.ofDays(7)));
  }

  @Test
  void keyThatTheFileDoesNotTrust_isRefused() {
    EnvironmentSettings other = dev(true, SigningKey.parse(SigningKey.generate()).publicKey());

    assertThatThrownBy(() -> check(other, NOW, start, dba, operations))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the statement is signed by a key that is not trusted here");
  }

  @Test
  void unsignedStatement_isRefused() {
    SignedStatement unsigned = new SignedStatement(start.statement(), start.key(), "");

    assertRefused("the statement is not signed", unsigned, dba, operations);
  }

  @Test
  void signatureOfAnotherStatement_isRefused() {
    SignedStatement swapped = new SignedStatement(start.statement(), start.key(), dba.signature());

    assertRefused("the signature does not fit the statement", swapped, dba, operations);
  }
}
