package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What people see, and what they can do, while sections are applied. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.SECOND)
class WhileSectionsRunTest {
  private static final String REPORT = "SELECT count(*) FROM live_items WHERE name = 'nobody''s'";

  private static Up up;
  private static Sql target;

  @BeforeAll
  static void makeTable() {
    up = Up.second();
    target = up.target("dev");
    target.execute(
        "DROP TABLE IF EXISTS live_items;"
            + "CREATE TABLE live_items (id bigint PRIMARY KEY, name text NOT NULL DEFAULT '')");
  }

  @AfterAll
  static void dropTable() {
    if (target != null) {
      target.execute("DROP TABLE IF EXISTS live_items");
    }
  }

  @Test
  @Tag("C17")
  void whoIsInTheWay_isShownLive_withHisQuery() throws SQLException {
    String id;
    try (Connection reporting = target.connect();
        Statement statement = reporting.createStatement()) {
      statement.execute("SET application_name = 'reporting'");
      reporting.setAutoCommit(false);
      statement.execute(REPORT);

      id = promote("live-blockers", "", "sql/10_state.sql", "ALTER TABLE live_items ADD a int;");
      JsonNode blocker = blocker(id);

      assertThat(blocker.path("pid").asInt()).isEqualTo(pid(statement));
      assertThat(blocker.path("user").asText()).isEqualTo(target.user());
      assertThat(blocker.path("application").asText()).isEqualTo("reporting");
      assertThat(blocker.path("state").asText()).isEqualTo("idle in transaction");
      assertThat(blocker.path("transaction_seconds").asDouble()).isPositive();
      // Masked: a literal of somebody else's query is nobody's business.
      assertThat(blocker.path("query").asText()).doesNotContain("nobody").startsWith("SELECT ");
      reporting.rollback();
    }
    up.until(id, "COMPLETE");

    JsonNode guarded =
        new Journal(up.journal(id)).evidence("dev", "apply-10_state").path("guarded");
    assertThat(guarded.path("highest").has("locks.waiting")).isTrue();
    assertThat(guarded.path("highest").has("sessions.blocked")).isTrue();
  }

  @Test
  @Tag("T41")
  @Tag("T40")
  void thePace_isChangedWhileItRuns_andTheJournalSaysWhoAndWhy() {
    String id =
        promote(
            "live-pace",
            "sections: { 10_one: { pace: 10m } }\n",
            "sql/10_one.sql",
            "CREATE INDEX live_one ON live_items (id, name);",
            "sql/20_two.sql",
            "CREATE INDEX live_two ON live_items (name, id);");
    Await.until(
        "the first section is applied",
        () -> new Journal(up.journal(id)).steps("dev"),
        steps -> steps.contains("apply-10_one"));

    Parts.good(
        up.as("dora", "operations-lead")
            .post(
                "/promotions/" + id + "/extend",
                Map.of("pace", "0s", "reason", "the evening is quiet")));
    up.until(id, "COMPLETE");

    assertThat(up.sentences(id))
        .anyMatch(
            line ->
                line.contains("dora")
                    && line.contains("pace")
                    && line.contains("the evening is quiet"));
  }

  @Test
  @Tag("T55")
  @Tag("T58")
  void whoReportsAnImpact_pausesIt_andTheJournalTellsWhichSectionRan() throws SQLException {
    String id;
    try (Connection holder = target.connect();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute(REPORT);
      id =
          promote(
              "live-impact",
              "",
              "sql/10_one.sql",
              "ALTER TABLE live_items ADD b int;",
              "sql/20_two.sql",
              "ALTER TABLE live_items ADD c int;");
      assertThat(blocker(id).path("state").asText()).isEqualTo("idle in transaction");
      JsonNode paused =
          Parts.good(
              up.as("dora", "operations-lead")
                  .post(
                      "/promotions/" + id + "/pause",
                      Map.of("reason", "impact: guests report slow menus")));
      assertThat(paused.path("status").asText()).isEqualTo("IN_PROGRESS");
      holder.rollback();
    }
    JsonNode promotion = up.until(id, "PAUSED");

    assertThat(promotion.path("cause").asText()).isEqualTo("person");
    assertThat(up.sentences(id))
        .anyMatch(line -> line.contains("dora") && line.contains("guests report slow menus"));
    Journal journal = new Journal(up.journal(id));
    assertThat(journal.steps("dev")).contains("apply-10_one").doesNotContain("apply-20_two");
    JsonNode unit = journal.evidence("dev", "apply-10_one").path("units").path(0);
    assertThat(unit.path("title").asText()).contains("live_items");
    assertThat(journal.evidence("dev", "apply-10_one").path("guarded").path("highest").isEmpty())
        .isFalse();
    assertThat(
            target.list("SELECT attname FROM pg_attribute WHERE attrelid = 'live_items'::regclass"))
        .contains("b")
        .doesNotContain("c");

    Parts.good(
        up.as("dora", "operations-lead")
            .post("/promotions/" + id + "/resume", Map.of("reason", "it was the cache")));
    up.until(id, "COMPLETE");
  }

  private static String promote(String name, String options, String... files) {
    String hash =
        up.push(
            Change.of(
                "change: "
                    + name
                    + "\nwhy: a test\nrisk: low\n"
                    + options
                    + "through: [dev: { rehearse: false }]\n",
                files));
    return up.promote(hash, Map.of());
  }

  /** The one whom the promotion's section waits for, as its progress shows him. */
  private static JsonNode blocker(String id) {
    return Await.until(
            "it is shown who is in the way",
            () -> up.promotion(id).at("/progress/blocking_us"),
            list -> !list.isEmpty())
        .path(0);
  }

  private static int pid(Statement statement) throws SQLException {
    try (var row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
