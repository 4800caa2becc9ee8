package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** People look at a soak while it runs. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.SECOND)
class SoFarTest {
  private static Up up;
  private static Sql target;

  @BeforeAll
  static void makeTable() {
    up = Up.second();
    target = up.target("dev");
    target.execute("DROP TABLE IF EXISTS watched; CREATE TABLE watched (id bigint PRIMARY KEY)");
  }

  @AfterAll
  static void dropTable() {
    if (target != null) {
      target.execute("DROP TABLE IF EXISTS watched");
    }
  }

  @Test
  void soakThatRuns_showsItsChartsAndSeriesSoFar_untilItsEndIsJournaled() {
    String hash =
        up.push(
            Change.of(
                "change: so-far\nwhy: a test\nrisk: low\n"
                    + "through: [dev: { rehearse: false, soak: 1h }]\n"
                    + "rollback_if: [sessions.total > 5000]\n",
                "sql/10_one.sql",
                "CREATE INDEX so_far ON watched (id);"));
    // A fiftieth of ten seconds: windows of 18 seconds.
    String id = up.promote(hash, Map.of("sample", "200ms"));
    up.until(id, "SOAKING");

    Answer series =
        Await.until(
            "a window has ended",
            () -> up.client().get("/promotions/" + id + "/metrics?metric=sessions.total"),
            answer -> answer.json().path("sessions.total").has("dev-soak"));
    String report = view(id, "/report.md");
    JsonNode json = Parts.good(up.client().get("/promotions/" + id + "/report.json"));

    JsonNode observing = json.path("observing").path(0);
    assertThat(series.soFar()).singleElement().asString().startsWith("dev-soak 20");
    assertThat(series.json().path("sessions.total").path("dev-soak")).isNotEmpty();
    assertThat(json.path("observed")).isEmpty();
    assertThat(observing.path("stage").asText()).isEqualTo("dev-soak");
    assertThat(report)
        .contains("## dev-soak: so far")
        .contains("(attachments/dev-soak-sessions.total.svg)");
    assertThat(view(id, "/attachments/dev-soak-sessions.total.svg"))
        .contains("sessions.total in dev-soak, so far");
    assertThat(view(id, "/report.html")).contains("<svg ", "dev-soak: so far");

    Parts.good(
        up.as("dora", "operations-lead")
            .post("/promotions/" + id + "/abort", Map.of("reason", "seen")));
    up.until(id, "ABORTED");

    assertThat(view(id, "/report.md"))
        .contains("## dev-soak: ERROR")
        .doesNotContain("so far")
        .contains("(attachments/dev-soak-sessions.total.svg)");
    assertThat(up.client().get("/promotions/" + id + "/metrics").soFar()).isEmpty();
  }

  private static String view(String id, String path) {
    Answer answer = up.client().get("/promotions/" + id + path);
    assertThat(answer.status()).as(path).isEqualTo(200);
    return answer.text();
  }
}
