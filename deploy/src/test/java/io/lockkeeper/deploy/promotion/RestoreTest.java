package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.RealTemporal;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A promotion that is rolled back by option B, through the API, while rows are written. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.THIRD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(2)
class RestoreTest {
  private static final String ROWS = "SELECT count(*) FROM nfl_games";
  private static final String INDEX = "SELECT to_regclass('idx_restored') IS NOT NULL";

  private static Up up;
  private static Sql staging;
  private static String id;
  private static long rows;

  @BeforeAll
  static void soak() {
    up = Up.third();
    staging = up.target("staging");
    staging.execute("INSERT INTO nfl_games VALUES (0, 'final', now(), 'Team 0', 'Team 1')");
    rows = Long.parseLong(staging.one(ROWS));
    id =
        up.promote(
            up.push(
                Change.of(
                    """
                    change: restored
                    why: its backup is brought back
                    risk: low
                    checks:
                      still_there: { sql: SELECT count(*) FROM nfl_games, when: rolled_back, expect: value > 0 }
                      intact: { sql: SELECT count(*) FROM nfl_games, when: soak, expect: value >= %d }
                      index_space: { sql: checks/index_space.sql, when: [after, soak], expect: value <= 200 }
                    rollback: { A: { within: 5m }, B: { within: 15m } }
                    through:
                      - staging: { backup: verified, soak: 1h }
                    """
                        .formatted(rows),
                    "sql/10_restored.sql",
                    "CREATE INDEX CONCURRENTLY idx_restored ON nfl_games (home);",
                    "checks/index_space.sql",
                    indexSpace())),
            Map.of("sample", "250ms"));
    up.until(id, "SOAKING");
    staging.execute("CREATE TABLE written_since (n int); INSERT INTO written_since VALUES (1)");
  }

  @AfterAll
  static void dropTheOldOne() {
    if (id != null) {
      if (!up.promotion(id).has("ended_at")) {
        up.as("ana", "release-manager")
            .post("/promotions/" + id + "/abort", Map.of("reason", "the test is over"));
        up.until(id, "ABORTED", "FAILED", "ROLLED_BACK");
      }
      for (String old :
          staging.list(
              "SELECT datname FROM pg_database WHERE datname LIKE '%\\_before\\_%'"
                  + " OR datname LIKE '%\\_restored\\_restored\\_%'")) {
        staging.execute("DROP DATABASE \"" + old + "\"");
      }
      // What was swapped back has the change.
      staging.execute(
          "DROP INDEX IF EXISTS idx_restored, idx_after; DROP TABLE IF EXISTS written_since;"
              + " DELETE FROM nfl_games WHERE id = 0");
      String database =
          staging.one("SELECT oid FROM pg_database WHERE datname = current_database()");
      Await.until(
          "the worker has told which database stands there now",
          () -> told("staging"),
          identity -> identity.contains("\"database_oid\":" + database + ","));
    }
  }

  private static String told(String environment) {
    for (JsonNode item : up.client().get("/environments").json().path("items")) {
      if (item.path("facts").path("name").asText().equals(environment)) {
        return item.path("facts").path("targets").path(0).path("identity").toString();
      }
    }
    return "";
  }

  /** The example's, for the one index here. */
  private static String indexSpace() {
    try {
      return Files.readString(
              RealTemporal.home().resolve("deploy/examples/magnus/checks/index_space.sql"))
          .replace("idx_nfl_games_status_time", "idx_restored");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer restore(String person, String role) {
    return up.as(person, role)
        .post(
            "/promotions/" + id + "/rollback",
            Map.of("reason", "the rows are wrong", "option", "B"));
  }

  private static Answer swapBack(String person, String role) {
    return up.as(person, role)
        .post(
            "/promotions/" + id + "/rollback",
            Map.of(
                "reason",
                "it was the wrong one",
                "option",
                "B",
                "back",
                true,
                "environment",
                "staging"));
  }

  private static JsonNode wayBack(String option) {
    return StreamSupport.stream(up.promotion(id).path("way_back").spliterator(), false)
        .filter(way -> way.path("option").asText().equals(option))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(1)
  void thePromotion_showsWhatOptionBLoses() {
    JsonNode way = wayBack("B");

    assertThat(way.path("environment").asText()).isEqualTo("staging");
    assertThat(way.path("loses_data").asBoolean()).isTrue();
    assertThat(way.path("backup").asText()).startsWith("staging_backup_");
    assertThat(way.path("loses_since").asText()).endsWith("Z");
    assertThat(way.has("why_not")).isFalse();
  }

  /** The alert is told, and a person is asked; what helps here is no rollback. */
  @Test
  @Order(2)
  @Tag("M90")
  void indexesThatTakeMoreThanTwiceTheForecast_pauseAndAskAPerson() {
    for (int i = 0; i < 4; i++) {
      staging.execute("UPDATE nfl_games SET home = home || '" + i + "'");
    }

    JsonNode paused = up.until(id, "PAUSED");

    assertThat(paused.path("cause").asText()).isEqualTo("health");
    assertThat(paused.path("sentence").asText())
        .contains("staging-soak", "check.index_space.failed");
    assertThat(wayBack("A").has("why_not")).isFalse();

    staging.execute("REINDEX INDEX CONCURRENTLY idx_restored");
    Parts.good(
        up.as("dora", "operations-lead")
            .post("/promotions/" + id + "/resume", Map.of("reason", "built anew")));
    assertThat(up.until(id, "SOAKING", "PAUSED").path("status").asText()).isEqualTo("SOAKING");
  }

  /** A row is gone that nobody may delete. Nothing is restored by itself. */
  @Test
  @Order(3)
  @Tag("M89")
  void corruptedData_pausesAndOffersTheBackup() {
    staging.execute("DELETE FROM nfl_games WHERE id = 0");

    JsonNode paused = up.until(id, "PAUSED");

    assertThat(paused.path("cause").asText()).isEqualTo("health");
    assertThat(paused.path("sentence").asText()).contains("staging-soak", "check.intact.failed");
    assertThat(wayBack("B").has("why_not")).isFalse();
    assertThat(wayBack("B").path("minutes").asText()).contains("when the backup was verified");
    assertThat(wayBack("B").path("loses_since").asText()).endsWith("Z");
    assertThat(paused.path("allowed_actions"))
        .anyMatch(
            action ->
                action.path("action").asText().equals("rollback")
                    && action.path("allowed").asBoolean());
    assertThat(staging.one(INDEX)).isEqualTo("t");
  }

  /** What the verification's own restore took, beside what the change allows. */
  @Test
  @Order(1)
  void minutesOfOptionB_standBesideThoseOfA() {
    JsonNode way = wayBack("B");

    assertThat(way.path("seconds").asDouble()).isPositive();
    assertThat(way.path("within_seconds").asDouble()).isEqualTo(900);
    assertThat(way.path("minutes").asText())
        .matches(".* m?s when the backup was verified, at most 15m");
    assertThat(wayBack("A").path("minutes").asText())
        .matches(".* in the rehearsal of \\w+, at most 5m");
  }

  @Test
  @Order(1)
  void promotionThatIsNotOver_isNotSwappedBack() {
    Answer answer = swapBack("boris", "dba");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("detail").asText()).isEqualTo("the promotion is not over");
  }

  @Test
  @Order(4)
  @Tag("T64")
  void whoIsNoDbaOrGivesNoReason_isRefused() {
    Answer silent =
        up.as("boris", "dba").post("/promotions/" + id + "/rollback", Map.of("option", "B"));
    assertThat(silent.status()).isEqualTo(422);
    assertThat(silent.json().path("code").asText()).isEqualTo("missing-reason");

    Answer answer = restore("dora", "operations-lead");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.json().path("detail").asText())
        .isEqualTo(
            "option B loses later writes, so it is asked for by dba, and dora has no such role");
    assertThat(up.sentences(id)).last().asString().startsWith("rollback by dora refused: option B");
    assertThat(up.promotion(id).path("status").asText()).isEqualTo("PAUSED");
  }

  @Test
  @Order(5)
  @Tag("M89")
  @Tag("T63")
  void theBackup_isRestoredBesideAndSwappedIn() {
    String before = staging.one("SELECT oid FROM pg_database WHERE datname = current_database()");
    assertThat(staging.one(INDEX)).isEqualTo("t");

    Answer answer = restore("boris", "dba");

    assertThat(answer.status()).isEqualTo(202);
    JsonNode ended = up.until(id, "ROLLED_BACK", "FAILED");
    assertThat(ended.path("status").asText()).isEqualTo("ROLLED_BACK");
    assertThat(ended.path("carries")).isEmpty();
    assertThat(staging.one(INDEX)).isEqualTo("f");
    assertThat(staging.one(ROWS)).isEqualTo(Long.toString(rows));
    assertThat(staging.one("SELECT to_regclass('written_since') IS NULL")).isEqualTo("t");
    assertThat(staging.one("SELECT oid FROM pg_database WHERE datname = current_database()"))
        .isNotEqualTo(before);
    assertThat(staging.list("SELECT datname FROM pg_database WHERE oid = " + before))
        .singleElement()
        .asString()
        .matches(".*_staging_before_restored_[0-9]+");
  }

  @Test
  @Order(6)
  @Tag("T63")
  void theJournal_tellsWhatWasLostAndWhereItIs() {
    List<String> sentences = up.sentences(id);

    assertThat(sentences)
        .anyMatch(
            s ->
                s.matches(
                    "rolling staging back \\(option B\\): asked for by boris: the rows are wrong;"
                        + " loses the writes of .*, all since .*Z"))
        .anyMatch(
            s -> s.contains("was restored beside, compared (") && s.contains("DROP DATABASE"));
    assertThat(sentences).contains("rollback of staging PASS: staging is as before, checked");
    assertThat(new Journal(up.journal(id)).first("rollback_ended").path("seconds").asDouble())
        .as("its minutes, and fifteen are allowed")
        .isPositive()
        .isLessThan(15 * 60);
  }

  /** The next promotion is signed for the database that is live now. */
  @Test
  @Order(7)
  void theNextPromotion_goesIntoTheRestoredDatabase() {
    String change =
        up.push(
            Change.of(
                """
                change: after-restored
                why: it goes on
                risk: low
                through:
                  - staging: { soak: 1h }
                """,
                "sql/10_after.sql",
                "CREATE INDEX CONCURRENTLY idx_after ON nfl_games (home);"));
    String live = staging.one("SELECT oid FROM pg_database WHERE datname = current_database()");
    Await.until(
        "the worker has announced the new database",
        () -> up.client().get("/environments").text(),
        announced -> announced.contains(live));

    String next = up.promote(change, Map.of());

    assertThat(up.until(next, "SOAKING", "PAUSED").path("status").asText()).isEqualTo("SOAKING");
    Answer refused = swapBack("boris", "dba");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("since the restore " + next + " applied its own change");

    up.as("boris", "dba")
        .post("/promotions/" + next + "/rollback", Map.of("reason", "it was a test"));
    assertThat(up.until(next, "ROLLED_BACK").path("status").asText()).isEqualTo("ROLLED_BACK");
  }

  /** What was signed for the restored one does not go on; what was written there is kept beside. */
  @Test
  @Order(8)
  void theDatabaseFromBefore_isSwappedInAgain() {
    assertThat(swapBack("dora", "operations-lead").status()).isEqualTo(403);

    Answer answer = swapBack("boris", "dba");

    assertThat(answer.text()).contains("staging has the change again");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("status").asText()).isEqualTo("ROLLED_BACK");
    assertThat(answer.json().path("carries").toString()).isEqualTo("[\"staging\"]");
    assertThat(staging.one(INDEX)).isEqualTo("t");
    assertThat(staging.one("SELECT to_regclass('written_since') IS NOT NULL")).isEqualTo("t");
    assertThat(up.sentences(id))
        .anyMatch(s -> s.equals("boris: swap-back of staging, because it was the wrong one"))
        .anyMatch(s -> s.contains(" is the database from before the restore again"));
    assertThat(swapBack("boris", "dba").status()).isEqualTo(202);
  }
}
