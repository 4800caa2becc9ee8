package io.lockkeeper.deploy.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.ServerLog.Ran;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL to the parts of an installation, at the moments where it could hurt. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@Order(1)
class PartsDieTest {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_slow ON items (slowly(id));";
  private static final String QUICK = "CREATE INDEX CONCURRENTLY idx_quick ON items (name);";

  @TempDir(factory = InMemory.class)
  private static Path folder;

  private static Parts parts;

  /** How often the log had each build before the test. */
  private final Map<String, Integer> before = new HashMap<>();

  @BeforeAll
  static void startParts() {
    parts = Parts.start(folder);
  }

  @AfterAll
  static void endParts() {
    if (parts != null) {
      parts.close();
    }
  }

  @BeforeEach
  void makeTable() {
    parts
        .target()
        .execute(
            """
            DROP TABLE IF EXISTS items;
            CREATE OR REPLACE FUNCTION slowly(id bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE
              AS $$ BEGIN IF id % 10000 = 0 THEN PERFORM pg_sleep(0.4); END IF; RETURN id; END $$;
            CREATE TABLE items AS
              SELECT i::bigint AS id, md5(i::text) AS name FROM generate_series(1, 50000) i;
            ALTER TABLE items OWNER TO lk_exec;
            """);
    for (String index : List.of("idx_slow", "idx_quick")) {
      before.put(index, parts.log().ran("CREATE INDEX CONCURRENTLY " + index).size());
    }
  }

  @Test
  void theWorkerInTheMiddleOfABuild_theNextOneBuildsItOnce() {
    String id = parts.promote(change("worker-mid-build", "dev: { rehearse: false }"), Map.of());
    building();

    parts.killWorker();
    parts.startWorker();
    parts.until(id, "COMPLETE");

    assertBuiltOnce();
    assertNothingLeft();
  }

  @Test
  void theWorkerBetweenStatementAndAcknowledgement_theIndexIsFoundNotBuiltAgain()
      throws SQLException {
    String id = parts.promote(change("worker-no-ack", "dev: { rehearse: false }"), Map.of());
    building();
    try (Connection connection = parts.target().connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // The build may end, and what it did cannot be written down.
      statement.execute("LOCK TABLE lockkeeper.unit IN SHARE MODE");
      Await.until("the index is valid", this::validIndexes, list -> list.contains("idx_slow"));
      parts.killWorker();
      connection.rollback();
    }
    parts.startWorker();
    parts.until(id, "COMPLETE");

    assertThat(builds("idx_slow")).hasSize(1);
    assertThat(
            parts
                .target()
                .list("SELECT outcome FROM lockkeeper.unit WHERE promotion = '" + id + "'"))
        .contains("found already applied");
    assertBuiltOnce();
    assertNothingLeft();
  }

  @Test
  void theApiDuringASignOff_theSignatureCountsOnce() {
    String id =
        parts.promote(
            change("api-sign-off", "dev: { rehearse: false, sign_off: [dba] }"), Map.of());
    JsonNode waiting = parts.until(id, "AWAITING_SIGN_OFF");
    ServerClient boris = parts.as("boris", "dba");
    Map<String, String> body =
        Map.of(
            "role",
            "dba",
            "decision",
            "approve",
            "comment",
            "read",
            "evidence_hash",
            waiting.path("evidence_hash").asText());
    // With the engine frozen the API has taken the sign-off and has no answer yet.
    parts.worker().freeze();
    CompletableFuture<Integer> answer =
        CompletableFuture.supplyAsync(
            () -> boris.post("/promotions/" + id + "/sign-offs", body).status());
    Await.until(
        "the API waits for the engine",
        () -> parts.client().get("/promotions/" + id).status(),
        status -> status == 200);
    parts.killApi();
    parts.worker().thaw();
    assertThat(answer).failsWithin(Duration.ofSeconds(20));

    parts.startApi();
    Await.until(
        "the sign-off is there",
        () -> {
          boris.post("/promotions/" + id + "/sign-offs", body);
          return parts.journal(id);
        },
        journal -> journal.stream().anyMatch(e -> type(e).equals("signed_off")));
    parts.until(id, "COMPLETE");

    assertThat(parts.journal(id)).filteredOn(e -> type(e).equals("signed_off")).hasSize(1);
    assertThat(Parts.good(parts.client().get("/audit/verify")).path("intact").asBoolean()).isTrue();
    assertNothingLeft();
  }

  @Test
  void theApiWhileABreachFires_theRollbackDoesNotWait() {
    String id =
        parts.promote(
            change(
                "api-breach",
                "dev: { rehearse: false, soak: 24h }",
                """
                checks:
                  errors: { log: app, match: ERROR, when: [soak] }
                rollback_if:
                  - log.errors.matches > 0
                """),
            Map.of("soak", "120s", "sample", "250ms"));
    parts.until(id, "SOAKING");
    sampling(id);
    assertThat(validIndexes()).contains("idx_quick");

    parts.killApi();
    parts.applicationLogs("ERROR: column does not exist");
    Await.until("the indexes are gone", this::validIndexes, List::isEmpty);

    parts.startApi();
    JsonNode ended = parts.until(id, "ROLLED_BACK");
    assertThat(ended.path("sentence").asText()).contains("log.errors.matches");
    assertThat(Parts.good(parts.client().get("/audit/verify")).path("intact").asBoolean()).isTrue();
    assertNothingLeft();
  }

  @Test
  void temporalDuringTheSoak_theSoakGoesOnToItsEnd() {
    String id =
        parts.promote(
            change(
                "temporal-soak",
                "dev: { rehearse: false, soak: 24h }",
                "rollback_if: [deadlocks > 0]"),
            Map.of("soak", "12s", "sample", "250ms"));
    parts.until(id, "SOAKING");
    sampling(id);

    parts.killTemporal();
    parts.until(id, "COMPLETE");

    assertThat(validIndexes()).contains("idx_quick", "idx_slow");
    assertNothingLeft();
  }

  /**
   * A superuser's session in the database from before keeps the second of the two renames waiting.
   */
  @Test
  void theWorkerInTheMiddleOfASwapBack_theRestoredOneServesAndThenTheOneFromBefore()
      throws SQLException {
    try (Restored restored = Restored.in(parts)) {
      List<String> both = restored.databases();
      CompletableFuture<Integer> answer;
      try (Connection stays = restored.before().connect()) {
        answer = CompletableFuture.supplyAsync(restored::swapBack);
        Await.until("the live one is renamed", restored::isInTheMiddle, middle -> middle);
        restored.killWorker();

        Await.until("nothing of it goes on", restored::isInTheMiddle, middle -> !middle);
        assertThat(restored.databases()).isEqualTo(both);
        assertThat(restored.target().one(Restored.INDEX)).isEqualTo("f");
        assertThat(stays.isValid(5)).isTrue();
      }

      restored.startWorker();
      assertThat(answer).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(202);
      Await.until(
          "the one from before serves", () -> restored.target().one(Restored.INDEX), "t"::equals);

      assertThat(restored.databases())
          .hasSameSizeAs(both)
          .contains("main_restoring")
          .anyMatch(name -> name.startsWith("main_restoring_restored_"));
      Await.until(
          "the journal tells of it, once",
          () ->
              parts.promotions().sentences(restored.id()).stream()
                  .filter(s -> s.contains(" is the database from before the restore again"))
                  .count(),
          Long.valueOf(1)::equals);
      assertThat(parts.promotion(restored.id()).path("carries").toString())
          .isEqualTo("[\"restoring\"]");
    }
  }

  @Test
  void toldToEnd_eachEndsInOrderAndQuietly() {
    parts.worker().close();
    String worker = parts.worker().output();
    parts.api().close();
    String api = parts.api().output();
    parts.startApi();
    parts.startWorker();

    for (String output : List.of(worker, api)) {
      assertThat(output)
          .contains("ready")
          .doesNotContain("\tat ")
          .doesNotContain("Exception")
          .doesNotContain(" ERROR ");
    }
  }

  @Test
  void everyProcessAtOnce_theChangeArrives() {
    String id = parts.promote(change("all-at-once", "dev: { rehearse: false }"), Map.of());
    building();

    parts.killWorker();
    parts.killApi();
    parts.killTemporal();
    parts.startApi();
    parts.startWorker();
    parts.until(id, "COMPLETE");

    assertBuiltOnce();
    assertNothingLeft();
  }

  private static byte[] change(String name, String stage, String... more) {
    return Change.of(
        "change: "
            + name
            + "\nwhy: a test\nrisk: low\nthrough:\n  - "
            + stage
            + "\n"
            + String.join("\n", more),
        "sql/10_slow.sql",
        BUILD,
        "sql/20_quick.sql",
        QUICK);
  }

  private static void building() {
    Await.until(
        "the server shows the build",
        () ->
            parts
                .target()
                .list(
                    "SELECT phase FROM pg_stat_progress_create_index WHERE phase LIKE 'building%'"),
        list -> !list.isEmpty());
  }

  private static void sampling(String id) {
    Await.until(
        "the first sample is taken",
        () -> parts.promotion(id).path("progress").toString(),
        progress -> progress.contains("figures at"));
  }

  private List<String> validIndexes() {
    return parts
        .target()
        .list(
            """
            SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE relname IN ('idx_slow', 'idx_quick') AND indisvalid ORDER BY 1
            """);
  }

  /** Whatever was begun, one statement for each index has completed, and none began after that. */
  private void assertBuiltOnce() {
    assertThat(validIndexes()).containsExactly("idx_quick", "idx_slow");
    for (String index : List.of("idx_slow", "idx_quick")) {
      List<Ran> builds = builds(index);
      assertThat(builds).filteredOn(Ran::completed).as(index).hasSize(1);
      assertThat(builds.get(builds.size() - 1).completed()).as(index).isTrue();
    }
    assertThat(builds("idx_quick")).hasSize(1);
  }

  private List<Ran> builds(String index) {
    return parts.log().ran("CREATE INDEX CONCURRENTLY " + index).stream()
        .skip(before.get(index))
        .toList();
  }

  private static void assertNothingLeft() {
    assertThat(
            parts
                .target()
                .list("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"))
        .isEmpty();
    assertThat(parts.target().list("SELECT holder FROM lockkeeper.lease WHERE held")).isEmpty();
    Await.until(
        "no session holds a lock on the table",
        () ->
            parts
                .target()
                .list(
                    """
                    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                    WHERE l.locktype IN ('advisory', 'relation') AND l.pid <> pg_backend_pid()
                      AND a.usename = 'lk_exec' AND (l.locktype = 'advisory'
                        OR l.relation IN ('items'::regclass::oid))
                    """),
        List::isEmpty);
  }

  private static String type(JsonNode content) {
    return content.path("event").path("type").asText();
  }
}
