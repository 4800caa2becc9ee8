package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Up;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a rehearsal on staging tells those who sign for production, through the API. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.THIRD)
class RehearsedOnStagingTest {
  private static final String DROP = "DROP INDEX IF EXISTS idx_rehearsed";

  private static Up up;

  @BeforeAll
  static void start() {
    up = Up.third();
  }

  @AfterAll
  static void gone() {
    for (String environment : new String[] {"dev", "staging", "production"}) {
      up.target(environment).execute(DROP);
    }
  }

  @Test
  void whoSignsForProduction_seesTimesOfStaging_andTheReportTheirError() {
    String hash =
        up.push(
            Change.of(
                """
                change: rehearsed-twice
                why: an index that staging rehearses too
                risk: low
                through:
                  - dev: { rehearse: false }
                  - staging: { rehearse: true }
                  - production: { sign_off: [dba] }
                rollback: { A: { within: 5m } }
                """,
                "sql/10_rehearsed.sql",
                "CREATE INDEX CONCURRENTLY idx_rehearsed ON nfl_games (home);"));
    String id = up.promote(hash, Map.of());

    JsonNode asked = up.until(id, "AWAITING_SIGN_OFF");

    JsonNode outlook = asked.path("outlooks").path(1);
    assertThat(outlook.path("environment").asText()).isEqualTo("production");
    assertThat(outlook.path("from").asText()).isEqualTo("staging");
    assertThat(outlook.path("verdict").asText()).isEqualTo("PASS");
    assertThat(outlook.path("sections").path(0).path("source").asText())
        .matches("[0-9.]+ m?s in staging, its tables are small here");
    JsonNode ahead = asked.path("way_back").path(asked.path("way_back").size() - 1);
    assertThat(ahead.path("environment").asText()).isEqualTo("production");
    assertThat(ahead.path("ahead").asBoolean()).isTrue();
    assertThat(ahead.path("minutes").asText())
        .matches(
            "[0-9.]+ m?s for 1 unit in the rehearsal of staging, estimated [0-9.]+ m?s here,"
                + " at most 5m");

    up.approve(id);
    up.until(id, "COMPLETE");

    JsonNode row = up.promotion(id).path("outlooks").path(1).path("sections").path(0);
    assertThat(row.path("measured").asDouble()).isPositive();
    assertThat(row.has("error")).isTrue();
    assertThat(up.client().get("/promotions/" + id + "/report.md").text())
        .contains("## Forecast for production from staging")
        .contains("Representativeness of staging: PASS.")
        .contains("| table nfl_games | PASS |");
    JsonNode plan = up.client().get("/changes/" + hash + "/plan").json();
    JsonNode production = plan.path("environments").path(2);
    assertThat(production.path("forecast").path(0).asText())
        .startsWith("section 10_rehearsed estimated ");
    assertThat(production.has("rehearsal")).isFalse();
  }
}
