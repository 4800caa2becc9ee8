package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.ExampleTables;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Step 5 of the contacts example's rollback: the columns that it left go, by a change of their own.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.THIRD)
class DropColumnsTest {
  private static Up up;
  private static ExampleTables tables;
  private static Sql production;

  @BeforeAll
  static void afterTheRollback() {
    up = Up.third();
    tables = new ExampleTables(up, "contacts").load(0.002);
    production = up.target("production");
    production.execute(
        "ALTER TABLE contacts ADD COLUMN analytics_enabled boolean,"
            + " ADD COLUMN last_analytics_update timestamptz");
  }

  @AfterAll
  static void drop() {
    if (tables != null) {
      tables.drop(ContactsTest.DROP);
    }
  }

  @Test
  @Tag("C54")
  void theColumns_goAfterAVerifiedBackup_withTheWordOfDbaAndProductOwner() {
    String id = start();
    JsonNode waiting = up.until(id, "AWAITING_SIGN_OFF");
    assertThat(waiting.path("pending"))
        .extracting(pending -> pending.path("role").asText())
        .containsExactlyInAnyOrder("dba", "product-owner");

    sign(id, "boris", "dba");
    assertThat(up.promotion(id).path("status").asText()).isEqualTo("AWAITING_SIGN_OFF");
    assertThat(columns()).isEqualTo("2");
    sign(id, "emil", "product-owner");
    up.until(id, "COMPLETE");

    Journal journal = new Journal(up.journal(id));
    assertThat(columns()).isEqualTo("0");
    assertThat(journal.evidence("production", "backup").path("verified_at").asText()).isNotEmpty();
    assertThat(journal.place("production", "backup"))
        .isLessThan(journal.place("production", "apply-10_drop_columns"));
    assertThat(up.client().get("/promotions/" + id + "/report.md").text())
        .contains("| dba | boris | approve |", "| product-owner | emil | approve |");
    assertThat(up.sentences(id)).anyMatch(line -> line.contains("nobody reads them"));
  }

  private static String start() {
    return Parts.good(
            up.as("ana", "release-manager")
                .post(
                    "/promotions",
                    Map.of(
                        "change",
                        tables.push("contacts-drop-columns"),
                        "reason",
                        "nobody reads them",
                        "environments",
                        List.of("production"))))
        .path("id")
        .asText();
  }

  private static String columns() {
    return production.one(
        "SELECT count(*) FROM information_schema.columns WHERE table_name = 'contacts'"
            + " AND column_name IN ('analytics_enabled', 'last_analytics_update')");
  }

  private static void sign(String id, String person, String role) {
    Parts.good(
        up.as(person, role)
            .post("/promotions/" + id + "/sign-offs", Up.approval(up.promotion(id), role)));
  }
}
