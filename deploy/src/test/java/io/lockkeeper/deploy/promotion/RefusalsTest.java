package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Rogue;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.promotion.ActReply;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.temporal.TemporalConnection;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What nobody has signed changes nothing, by whichever way it comes; and who tried is in the
 * journal. One promotion waits for two signatures in dev while they try.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.NAME)
class RefusalsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final SignedStatement UNSIGNED = new SignedStatement("", "", "");

  private static Up up;
  private static TemporalConnection temporal;
  private static Rogue rogue;
  private static String id;
  private static String change;

  @BeforeAll
  static void waitForSignatures() {
    up = Up.shared();
    temporal =
        TemporalConnection.of(
            up.connections().path("temporal").path("address").asText(), PATIENCE, PATIENCE);
    rogue = Rogue.start(temporal.client());
    change =
        up.push(
            Change.of(
                """
                change: refusals
                why: nobody gets this in unsigned
                risk: low
                through:
                  - dev: { sign_off: [dba, release-manager] }
                  - production
                """,
                "sql/10_stray.sql",
                "CREATE INDEX CONCURRENTLY idx_stray ON nfl_games (home);"));
    id = up.promote(change, Map.of());
    up.until(id, "AWAITING_SIGN_OFF");
  }

  @AfterAll
  static void end() {
    if (id != null) {
      up.as("ana", "release-manager")
          .post("/promotions/" + id + "/abort", Map.of("reason", "the test is over"));
      up.until(id, "ABORTED");
    }
    if (temporal != null) {
      rogue.close();
      temporal.close();
    }
  }

  @Test
  void aSignOffWithoutASignature_isRefusedAsAnUpdate() {
    assertThatThrownBy(() -> promotion().update("signOff", ActReply.class, UNSIGNED))
        .isInstanceOf(WorkflowUpdateException.class)
        .rootCause()
        .hasMessageContaining("is not signed");
    assertThat(waiting()).containsExactly("dba", "release-manager");
  }

  @Test
  void aSignOffWithoutASignature_isRefusedAndJournaledAsASignal() {
    long before = refusals("signOff", "temporal");

    promotion().signal("signOff", UNSIGNED);

    JsonNode told = refused("signOff", "temporal", before);
    assertThat(told.path("person").asText()).isEqualTo("unknown, through Temporal");
    assertThat(told.path("why").asText()).contains("is not signed");
    assertThat(waiting()).containsExactly("dba", "release-manager");
  }

  @Test
  void aSignatureByAKeyOfOnesOwn_isRefusedAndJournaled() {
    long before = refusals("signOff", "temporal");
    SigningKey own = SigningKey.parse(SigningKey.generate());

    promotion().signal("signOff", own.sign(approval("boris", "dba")));

    assertThat(refused("signOff", "temporal", before).path("why").asText()).contains("key");
    assertThat(waiting()).containsExactly("dba", "release-manager");
  }

  @Test
  void theRequestersOwnSignOff_isRefusedAndJournaled() {
    long before = refusals("signOff", "api");

    Answer answer =
        up.as("ana", "release-manager")
            .post(
                "/promotions/" + id + "/sign-offs",
                Up.approval(up.promotion(id), "release-manager"));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("code").asText()).isEqualTo("not-allowed");
    assertThat(answer.json().path("detail").asText())
        .isEqualTo("ana asked for this promotion and so cannot sign it off");
    assertThat(refused("signOff", "api", before).path("person").asText()).isEqualTo("ana");
    assertThat(waiting()).containsExactly("dba", "release-manager");
  }

  @Test
  void aRoleThatThePersonDoesNotHave_isRefusedAndJournaled() {
    long before = refusals("signOff", "api");

    Answer answer =
        up.as("boris", "release-manager")
            .post(
                "/promotions/" + id + "/sign-offs",
                Up.approval(up.promotion(id), "release-manager"));

    assertThat(answer.status()).isEqualTo(403);
    refused("signOff", "api", before);
    assertThat(waiting()).containsExactly("dba", "release-manager");
  }

  @Test
  void staleEvidence_isRefusedAndJournaled() {
    long before = refusals("signOff", "api");
    Map<String, Object> body = new HashMap<>(Up.approval(up.promotion(id), "dba"));
    body.put("evidence_hash", "0".repeat(64));

    Answer answer = up.as("boris", "dba").post("/promotions/" + id + "/sign-offs", body);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("detail").asText())
        .isEqualTo("the evidence has changed since it was read: read it again");
    assertThat(refused("signOff", "api", before).path("person").asText()).isEqualTo("boris");
    assertThat(waiting()).containsExactly("dba", "release-manager");
  }

  /** A promotion of its own, because one signature counts here. */
  @Test
  void theSecondRoleOfOnePerson_isRefusedAndJournaled() {
    String own =
        up.promote(
            up.push(
                Change.of(
                    """
                    change: two-roles
                    why: nobody gets this in by himself
                    risk: low
                    through:
                      - staging: { sign_off: [dba, release-manager] }
                    """,
                    "sql/10_stray.sql",
                    "CREATE INDEX CONCURRENTLY idx_stray ON nfl_games (home);")),
            Map.of());
    JsonNode open = up.until(own, "AWAITING_SIGN_OFF");
    WorkflowStub workflow = temporal.client().newUntypedWorkflowStub(own);
    SigningKey installations = installationsKey();
    String evidence = open.path("evidence_hash").asText();
    String hash = open.path("change").path("hash").asText();
    workflow.update(
        "signOff",
        ActReply.class,
        installations.sign(approval(own, hash, "staging", evidence, "boris", "dba")));

    SignedStatement second =
        installations.sign(approval(own, hash, "staging", evidence, "boris", "release-manager"));

    assertThatThrownBy(() -> workflow.update("signOff", ActReply.class, second))
        .rootCause()
        .hasMessageContaining("boris has signed for another role: one person, one role");
    workflow.signal("signOff", second);
    Await.until(
        "the refusal is journaled",
        () -> up.sentences(own),
        all -> all.stream().anyMatch(s -> s.contains("one person, one role")));
    assertThat(up.promotion(own).path("pending")).hasSize(1);
    up.as("ana", "release-manager")
        .post("/promotions/" + own + "/abort", Map.of("reason", "the test is over"));
    up.until(own, "ABORTED");
  }

  @Test
  void anUnsignedRollback_isRefusedAndJournaled() {
    long before = refusals("rollback", "temporal");

    promotion().signal("rollback", UNSIGNED);

    refused("rollback", "temporal", before);
    assertThatThrownBy(() -> promotion().update("rollback", ActReply.class, UNSIGNED))
        .isInstanceOf(WorkflowUpdateException.class);
    assertThat(up.promotion(id).path("status").asText()).isEqualTo("AWAITING_SIGN_OFF");
  }

  @Test
  void anApplyStraightOnTheQueueOfProduction_changesNothingThereAndIsJournaled() {
    List<String> before = everythingIn("production");
    long told = refusals("promote", "worker");

    String answer =
        rogue.call(
            Queues.environment("production"),
            "ApplySection",
            new StepOrder(production(id), new Step.Apply("10_stray", Pass.DEPLOY), List.of()));

    assertThat(answer).contains("LK-GRANT-REFUSED");
    assertThat(everythingIn("production")).isEqualTo(before);
    JsonNode refused = refused("promote", "worker", told);
    assertThat(refused.path("person").asText()).isEqualTo("unknown, through Temporal");
    assertThat(refused.path("why").asText()).startsWith("production: LK-GRANT-REFUSED");
  }

  @Test
  void aGrantSignedByAKeyOfOnesOwn_letsNothingIn() {
    List<String> before = everythingIn("production");
    long told = refusals("promote", "worker");
    SignedStatement start = SigningKey.parse(SigningKey.generate()).sign(start());

    String held =
        rogue.call(
            Queues.environment("production"),
            "Hold",
            new StepOrder(production(id), new Step.Hold(), List.of(start)));
    String applied =
        rogue.call(
            Queues.environment("production"),
            "ApplySection",
            new StepOrder(production(id), new Step.Apply("10_stray", Pass.DEPLOY), List.of(start)));

    assertThat(held).contains("LK-GRANT-REFUSED");
    assertThat(applied).contains("LK-GRANT-REFUSED");
    assertThat(everythingIn("production")).isEqualTo(before);
    refused("promote", "worker", told + 1);
  }

  @Test
  void anApplyForAPromotionThatDoesNotExist_changesNothing() {
    List<String> before = everythingIn("production");

    String answer =
        rogue.call(
            Queues.environment("production"),
            "ApplySection",
            new StepOrder(
                production("nobody-1"), new Step.Apply("10_stray", Pass.DEPLOY), List.of()));

    assertThat(answer).contains("LK-GRANT-REFUSED");
    assertThat(everythingIn("production")).isEqualTo(before);
  }

  private static WorkflowStub promotion() {
    return temporal.client().newUntypedWorkflowStub(id);
  }

  private static WorkOrder production(String promotion) {
    return new WorkOrder(promotion, change, "production", "magnus", "production");
  }

  private static List<String> waiting() {
    return up.promotion(id).path("pending").findValuesAsText("role");
  }

  private static long refusals(String action, String source) {
    return up.journal(id).stream().filter(entry -> refuses(entry, action, source)).count();
  }

  /** The refusal that follows those that were there before. */
  private static JsonNode refused(String action, String source, long before) {
    List<JsonNode> all =
        Await.until(
            "the refused " + action + " is journaled",
            () -> up.journal(id).stream().filter(entry -> refuses(entry, action, source)).toList(),
            list -> list.size() > before);
    return all.get((int) before).path("event");
  }

  private static boolean refuses(JsonNode entry, String action, String source) {
    JsonNode event = entry.path("event");
    return event.path("type").asText().equals("act_refused")
        && event.path("action").asText().equals(action)
        && event.path("source").asText().equals(source);
  }

  private static SigningKey installationsKey() {
    try {
      return SigningKey.parse(Files.readString(up.folder().resolve("secrets/signing.key")).strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Statement approval(String person, String role) {
    String evidence = up.promotion(id).path("evidence_hash").asText();
    return approval(id, change, "dev", evidence, person, role);
  }

  private static Statement approval(
      String promotion,
      String hash,
      String environment,
      String evidence,
      String person,
      String role) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return new Statement(
        Action.SIGN_OFF,
        promotion,
        hash,
        List.of(),
        Optional.of(environment),
        Optional.of(evidence),
        Optional.of(role),
        person,
        Optional.of(Decision.APPROVE),
        "",
        Optional.empty(),
        Optional.empty(),
        false,
        now,
        now.plusSeconds(600),
        UUID.randomUUID().toString(),
        Adjustment.NONE);
  }

  private static Statement start() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Sql target = up.target("production");
    TargetIdentity identity =
        new TargetIdentity(
            target.one("SELECT system_identifier FROM pg_control_system()"),
            Long.parseLong(
                target.one("SELECT oid FROM pg_database WHERE datname = current_database()")));
    return new Statement(
        Action.PROMOTE,
        id,
        change,
        List.of(new TargetGrant("production", "magnus", identity, List.of())),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "mallory",
        Optional.empty(),
        "let me in",
        Optional.empty(),
        Optional.empty(),
        false,
        now,
        now.plusSeconds(600),
        UUID.randomUUID().toString(),
        Adjustment.NONE);
  }

  /** The catalog, and each table of the ledger with all that it holds. */
  private static List<String> everythingIn(String environment) {
    Sql target = up.target(environment);
    List<String> all =
        target.list(
            """
            SELECT n.nspname || '.' || c.relname || ' ' || c.relkind::text || ' ' || c.oid::text || ' '
              || coalesce(pg_get_indexdef(i.indexrelid), '')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
            """);
    for (String table :
        target.list("SELECT tablename FROM pg_tables WHERE schemaname = 'lockkeeper' ORDER BY 1")) {
      all.addAll(
          target.list(
              "SELECT '" + table + " ' || t::text FROM lockkeeper.\"" + table + "\" t ORDER BY 1"));
    }
    return all;
  }
}
