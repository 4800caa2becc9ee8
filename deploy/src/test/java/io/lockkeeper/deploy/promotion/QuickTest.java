package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Steps beside the sections, option quick, and a rollback that stops writes, through the API. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.SECOND)
@Order(2)
class QuickTest {
  private static final String INDEX = "SELECT to_regclass('idx_quick') IS NOT NULL";
  private static final String ON = "SELECT string_agg(name, ' ' ORDER BY name) FROM quick_flags";

  private static Up up;
  private static Sql staging;

  @BeforeAll
  static void flags() {
    up = Up.second();
    staging = up.target("staging");
    staging.execute("CREATE TABLE quick_flags (name text)");
  }

  @AfterEach
  void empty() {
    staging.execute("DELETE FROM quick_flags");
  }

  @AfterAll
  static void gone() {
    staging.execute("DROP TABLE quick_flags; DROP INDEX IF EXISTS idx_quick");
  }

  private static String soaking(String change, String rollback) {
    String id =
        up.promote(
            up.push(
                Change.of(
                    """
                    change: %s
                    why: an index, and a flag that lets people use it
                    risk: low
                    checks:
                      paused: { sql: SELECT count(*) FROM quick_flags WHERE name = 'paused', expect: value = 1, when: soak, then: note }
                    through:
                      - staging:
                          before:
                            - { sql: INSERT INTO quick_flags VALUES ('paused'), undo: DELETE FROM quick_flags WHERE name = 'paused' }
                            - check: paused
                          after:
                            - { sql: files/on.sql, undo: DELETE FROM quick_flags WHERE name = 'on' }
                          soak: 1h
                    rollback: %s
                    """
                        .formatted(change, rollback),
                    "files/on.sql",
                    "INSERT INTO quick_flags VALUES ('on');\n",
                    "sql/10_quick.sql",
                    "CREATE INDEX CONCURRENTLY idx_quick ON nfl_games (home);")),
            Map.of());
    up.until(id, "SOAKING");
    return id;
  }

  private static Answer rollback(String id, String option) {
    return up.as("dora", "operations-lead")
        .post(
            "/promotions/" + id + "/rollback",
            Map.of("reason", "it confuses people", "option", option));
  }

  private static List<String> steps(JsonNode promotion) {
    List<String> steps = new ArrayList<>();
    promotion
        .path("stages")
        .forEach(
            stage -> {
              if (stage.path("name").asText().equals("staging")) {
                stage.path("steps").forEach(step -> steps.add(step.path("name").asText()));
              }
            });
    return steps;
  }

  @Test
  void quick_undoesTheStepsAndOptionATheSectionsToo() {
    String id = soaking("quick-flag", "{ quick: { within: 30s } }");
    assertThat(staging.one(ON)).isEqualTo("on paused");
    JsonNode quick = up.promotion(id).path("way_back").path(0);
    assertThat(quick.path("option").asText()).isEqualTo("quick");
    assertThat(quick.path("within_seconds").asDouble()).isEqualTo(30);
    assertThat(quick.path("steps").path(0).asText()).startsWith("undo after-1: ");
    assertThat(quick.path("steps").path(1).asText()).startsWith("undo before-1: ");
    assertThat(quick.has("why_not")).isFalse();

    assertThat(rollback(id, "quick").status()).isEqualTo(202);
    JsonNode paused = up.until(id, "PAUSED", "ROLLED_BACK", "FAILED");

    assertThat(paused.path("status").asText()).isEqualTo("PAUSED");
    assertThat(paused.path("sentence").asText()).startsWith("the steps of staging are undone");
    assertThat(paused.path("carries").path(0).asText()).isEqualTo("staging");
    assertThat(staging.one("SELECT count(*) FROM quick_flags")).isEqualTo("0");
    assertThat(staging.one(INDEX)).isEqualTo("t");
    assertThat(staging.one("SELECT held FROM lockkeeper.lease")).isEqualTo("f");
    assertThat(rollback(id, "quick").json().path("detail").asText())
        .isEqualTo("the steps of staging are undone already");

    assertThat(rollback(id, "A").status()).isEqualTo(202);
    JsonNode ended = up.until(id, "ROLLED_BACK", "FAILED");

    assertThat(ended.path("status").asText()).isEqualTo("ROLLED_BACK");
    assertThat(ended.path("carries")).isEmpty();
    assertThat(staging.one(INDEX)).isEqualTo("f");
    assertThat(up.sentences(id))
        .anyMatch(s -> s.startsWith("rolling staging back (option quick): asked for by dora"))
        .anyMatch(s -> s.startsWith("rollback of staging PASS: the steps of staging are undone"))
        .anyMatch(s -> s.startsWith("rollback of staging PASS: staging is as before, checked"));
  }

  @Test
  @Tag("M92")
  void optionA_stopsWritesWhileItTakesBackAndLetsThemInAgain() {
    String id =
        soaking(
            "quick-writes",
            "{ A: { before: [{ measure: { read_only: true } }], after: [{ sql: INSERT INTO"
                + " quick_flags VALUES ('taken back') }] } }");

    assertThat(rollback(id, "A").status()).isEqualTo(202);
    JsonNode ended = up.until(id, "ROLLED_BACK", "FAILED");

    assertThat(ended.path("status").asText())
        .as(String.join("\n", up.sentences(id)))
        .isEqualTo("ROLLED_BACK");
    assertThat(staging.one(ON)).isEqualTo("taken back");
    assertThat(staging.one(INDEX)).isEqualTo("f");
    assertThat(ended.path("measures")).isEmpty();
    assertThat(
            staging.one(
                "SELECT count(*) FROM pg_db_role_setting WHERE setrole = 0 AND"
                    + " setconfig::text LIKE '%default_transaction_read_only%'"))
        .isEqualTo("0");
    assertThat(steps(ended))
        .containsSubsequence(
            "rollback-before-1",
            "undo-after-1",
            "undo-before-1",
            "revert-analyze-touched-tables",
            "verify-all-reverted",
            "rollback-after-1",
            "measures-back-rollback-before-1");
    assertThat(up.sentences(id)).anyMatch(s -> s.contains("in force: read_only of database"));
  }

  @Test
  void changeWithoutUndos_hasNoOptionQuick() {
    String id =
        up.promote(
            up.push(
                Change.of(
                    """
                    change: quick-none
                    why: an index alone
                    risk: low
                    through:
                      - staging: { soak: 1h }
                    """,
                    "sql/10_quick.sql",
                    "CREATE INDEX CONCURRENTLY idx_quick ON nfl_games (home);")),
            Map.of());
    up.until(id, "SOAKING");

    Answer refused = rollback(id, "quick");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("detail").asText())
        .isEqualTo(
            "there is no option quick in staging: no step of the change has an undo there; option A"
                + " takes the sections back");
    assertThat(up.promotion(id).path("way_back").path(0).path("option").asText()).isEqualTo("A");
    assertThat(rollback(id, "A").status()).isEqualTo(202);
    assertThat(up.until(id, "ROLLED_BACK", "FAILED").path("status").asText())
        .isEqualTo("ROLLED_BACK");
  }
}
