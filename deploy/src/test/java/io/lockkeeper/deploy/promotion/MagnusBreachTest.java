package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Up;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The example's dashboard becomes slow in production: what was applied is taken back. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.NAME)
@Order(2)
class MagnusBreachTest {
  private static Up up;
  private static String id;
  private static String fingerprintBefore;
  private static Journal journal;
  private static JsonNode report;
  private static ServerClient.Answer again;
  private static JsonNode unexplained;

  @BeforeAll
  static void promoteAndBreak() {
    up = Up.shared();
    Magnus.dropIndexes("production");
    id =
        Parts.good(
                up.as("ana", "release-manager")
                    .post(
                        "/promotions",
                        Map.of(
                            "change",
                            up.magnus(),
                            "reason",
                            "to see it break",
                            "environments",
                            List.of("production"),
                            "overrides",
                            // Of which the recovery's half an hour is a share.
                            Map.of("watch", "5m", "sample", "250ms", "window", "any"))))
            .path("id")
            .asText();
    up.carry(id, "AWAITING_SIGN_OFF");
    up.approve(id);
    up.carry(id, "WATCHING");
    slow(400);
    up.carry(id, "ROLLING_BACK", "ROLLED_BACK");
    slow(0);
    up.carry(id, "ROLLED_BACK");
    journal = new Journal(up.journal(id));
    fingerprintBefore = journal.evidence("production", "baseline").path("fingerprint").asText();
    report = Parts.good(up.client().get("/promotions/" + id + "/report.json"));
    again =
        up.as("ana", "release-manager")
            .post("/promotions", Map.of("change", up.magnus(), "reason", "once more"));
    unexplained = up.promotion(id);
    // Other tests promote the same change.
    explain();
  }

  private static ServerClient.Answer explain() {
    return up.as("ana", "release-manager")
        .post(
            "/promotions/" + id + "/acknowledge",
            Map.of("reason", "the dashboard's own query was slowed by a test"));
  }

  @AfterAll
  static void mend() {
    if (up != null) {
      slow(0);
    }
  }

  @Test
  @Tag("M69")
  void theBreach_isNamedWithItsFigures() {
    assertThat(journal.first("rollback_started").path("because").asText())
        .contains("http.dashboard.p95 > baseline + 20%", "limit > ", "(baseline ");
    assertThat(report.path("sentence").asText()).contains("http.dashboard.p95");
    assertThat(up.client().get("/promotions/" + id + "/report.md").text())
        .contains("http.dashboard.p95 > baseline + 20%");
  }

  /** Those that took something back: a busy machine may breach what is only told, too. */
  private static List<JsonNode> breaches(JsonNode observed) {
    return observed.path("judged").findParents("did").stream()
        .filter(line -> line.path("did").asText().equals("rolled back"))
        .toList();
  }

  @Test
  @Tag("M69")
  void theBreach_isDrawn_withTheStretchInWhichItLasted() {
    // On a busy machine the first stage of the watch may end before it has seen enough.
    JsonNode observed =
        list(report.path("observed")).stream()
            .filter(one -> !breaches(one).isEmpty())
            .findFirst()
            .orElseThrow();
    JsonNode judged = breaches(observed).get(0);
    String picture =
        up.client()
            .get(
                "/promotions/"
                    + id
                    + "/attachments/"
                    + observed.path("stage").asText()
                    + "-http.dashboard.p95.svg")
            .text();

    assertThat(picture).contains(">breached from 20", "-b)\"", "&gt; baseline + 20% for");
    assertThat(judged.path("state").asText()).isEqualTo("BREACH");
    assertThat(judged.path("worst").asDouble()).isGreaterThan(0.3);
    assertThat(judged.path("at").asText()).startsWith("20");
    assertThat(up.client().get("/promotions/" + id + "/report.md").text())
        .contains("| rolled back |");
  }

  @Test
  @Tag("M97")
  void theRecovery_isDrawn() {
    assertThat(up.client().get("/promotions/" + id + "/report.html").text())
        .contains(">http.dashboard.p95 in production-rollback-watch<");
    assertThat(
            up.client()
                .get(
                    "/promotions/"
                        + id
                        + "/attachments/production-rollback-watch-probe.degradation.svg")
                .text())
        .contains("limit probe.degradation &gt; 10% for");
  }

  @Test
  @Tag("M93")
  void theSections_areTakenBackInReverse() {
    List<String> steps = journal.steps("production");
    List<String> reverts =
        steps.subList(steps.indexOf("apply-90_vacuum"), steps.size()).stream()
            .filter(step -> step.startsWith("revert-"))
            .toList();

    assertThat(reverts)
        .containsExactly(
            "revert-90_vacuum",
            "revert-50_nfl_games",
            "revert-40_kalshi_markets",
            "revert-30_positions",
            "revert-20_options_chains",
            "revert-10_stocks");
    JsonNode stocks = journal.evidence("production", "revert-10_stocks").path("units");
    assertThat(stocks.get(0).path("unit").asInt()).isEqualTo(3);
    assertThat(stocks.get(2).path("unit").asInt()).isEqualTo(1);
  }

  @Test
  @Tag("M94")
  void noneOfTheNine_isLeft_andTheFingerprintIsEqual() {
    assertThat(Magnus.validIndexes("production")).isEmpty();
    JsonNode compared = journal.evidence("production", "verify-reverted");
    assertThat(compared.path("now").asText()).isEqualTo(fingerprintBefore);
    assertThat(compared.path("differences")).isEmpty();
  }

  @Test
  @Tag("M96")
  void theApplication_worksAfterTheRollback() {
    JsonNode checks = journal.evidence("production", "verify-rolled-back").path("checks");

    assertThat(checks).hasSize(6);
    assertThat(checks).allMatch(check -> check.path("verdict").asText().equals("PASS"));
  }

  @Test
  @Tag("M95")
  void theTables_areVacuumedAndAnalyzed_betweenTheRevertAndTheChecks() {
    assertThat(journal.ended("production", "vacuum-analyze").path("sentence").asText())
        .matches("5 tables in \\d+\\.\\d s");
    assertThat(journal.place("production", "vacuum-analyze"))
        .isGreaterThan(journal.place("production", "verify-reverted"))
        .isLessThan(journal.place("production", "verify-rolled-back"));
  }

  @Test
  @Tag("M97")
  void theRecovery_isWatchedAgainstTheBaseline() {
    JsonNode samples = journal.evidence("production-rollback-watch", "samples");

    // On a busy machine a figure may be missing, and then it is not called good.
    assertThat(journal.ended("production-rollback-watch", "samples").path("verdict").asText())
        .isIn("PASS", "INCONCLUSIVE");
    JsonNode degradation = Evidence.named(samples.path("metrics"), "metric", "probe.degradation");
    List<JsonNode> recovered =
        list(samples.path("triggers")).stream()
            .filter(one -> one.path("trigger").asText().startsWith("probe.degradation > 10% for"))
            .toList();
    assertThat(degradation.path("taken").asInt()).isPositive();
    assertThat(recovered)
        .singleElement()
        .satisfies(
            within -> {
              assertThat(within.path("phase").asText()).isNotEqualTo("NOT_APPLICABLE");
              assertThat(within.path("sentence").asText()).contains("probe.degradation");
              assertThat(within.at("/rule/because").asText())
                  .isEqualTo("recovery: probes within 10 % of the baseline");
            });
  }

  @Test
  @Tag("M98")
  void theSameChange_waitsUntilSomebodyHasWrittenTheCause() {
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text()).contains("root-cause-open", "nobody has written why", id);
    assertThat(unexplained.path("open_follow_ups").toString()).contains("what caused the rollback");

    assertThat(up.promotion(id).path("open_follow_ups")).isEmpty();
    assertThat(up.sentences(id))
        .contains(
            "what caused the rollback, by ana: the dashboard's own query was slowed by a test");
    assertThat(Parts.good(explain()).path("id").asText()).isEqualTo(id);
    assertThat(
            up.as("boris", "dba")
                .post("/promotions/" + id + "/acknowledge", Map.of("reason", "something else"))
                .status())
        .isEqualTo(409);
  }

  @Test
  @Tag("M101")
  void theStatus_isRolledBack() {
    assertThat(report.path("status").asText()).isEqualTo("ROLLED_BACK");
    assertThat(report.path("rollbacks")).isNotEmpty();
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static void slow(int milliseconds) {
    for (JsonNode target : up.connections().path("targets")) {
      if (target.path("environment").asText().equals("production")) {
        String app = target.path("variables").path("app").asText();
        Await.until(
            "the switch answers",
            () -> post(app + "/scenario/slow?ms=" + milliseconds),
            status -> status == 200);
      }
    }
  }

  private static int post(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.noBody()).build(),
            BodyHandlers.discarding())
        .statusCode();
  }
}
