package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A soak's limits are tightened while it runs, and it is begun anew, by a person with a reason. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.SECOND)
class TighterLimitsTest {
  private static Up up;
  private static Sql target;

  @BeforeAll
  static void makeTable() {
    up = Up.second();
    target = up.target("dev");
    target.execute("DROP TABLE IF EXISTS tight; CREATE TABLE tight (id bigint PRIMARY KEY)");
  }

  @AfterAll
  static void dropTable() {
    if (target != null) {
      target.execute("DROP TABLE IF EXISTS tight");
    }
  }

  @Test
  void limits_onlyTighten_andATighterOneStrikesInTheMiddleOfAWindow() {
    String id = soaking("tight-limits");

    Answer looser = extend(id, Map.of("rollback_if", List.of("database.size > 2TB for 2s")));
    Answer unknown = extend(id, Map.of("rollback_if", List.of("probe.nosuch.p95 > 1s")));
    Answer wrongWay = extend(id, Map.of("rollback_if", List.of("deadlocks < 3")));

    assertThat(looser.status()).isEqualTo(409);
    assertThat(looser.json().path("detail").asText())
        .contains("database.size > 2TB for 2s is no tighter than database.size > 1TB for 2s")
        .endsWith("promote a change that has the new limit, and have it signed off");
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.json().path("detail").asText()).contains("nosuch");
    assertThat(wrongWay.json().path("detail").asText()).contains("is the wrong way round");

    Parts.good(extend(id, Map.of("rollback_if", List.of("database.size > 1kB for 2s"))));
    JsonNode ended = up.until(id, "ROLLED_BACK");

    assertThat(ended.path("sentence").asText()).contains("database.size > 1kB for 2s");
    assertThat(up.sentences(id))
        .contains(
            "dev-soak is held against database.size > 1kB for 2s too (dora: it grows too fast)");
    JsonNode samples = new Journal(up.journal(id)).evidence("dev-soak", "samples");
    JsonNode size = Evidence.named(samples.path("metrics"), "metric", "database.size");
    assertThat(size.path("taken").asInt())
        .as("what the window that was cut short had seen counts")
        .isGreaterThan(size.path("due").asInt() / 2);
  }

  @Test
  void soak_isBegunAnewWithAReason() {
    String id = soaking("tight-anew");
    String first = deadline(up.promotion(id));

    Parts.good(extend(id, Map.of("restart", true)));
    JsonNode again =
        Await.until(
            "it soaks anew",
            () -> up.promotion(id),
            promotion -> !deadline(promotion).equals(first));
    Parts.good(
        up.as("dora", "operations-lead")
            .post("/promotions/" + id + "/abort", Map.of("reason", "seen")));

    assertThat(deadline(again)).isGreaterThan(first);
    assertThat(up.sentences(id))
        .anyMatch(line -> line.contains("dev-soak ends") && line.contains("it grows too fast"));
    up.until(id, "ABORTED");
  }

  private static String soaking(String name) {
    String hash =
        up.push(
            Change.of(
                "change: "
                    + name
                    + "\nwhy: a test\nrisk: low\n"
                    + "through: [dev: { rehearse: false, soak: { for: 10m, sample: 1s } }]\n"
                    + "rollback_if: [database.size > 1TB for 2s]\n",
                "sql/10_one.sql",
                "CREATE INDEX " + name.replace('-', '_') + " ON tight (id);"));
    String id = up.promote(hash, Map.of());
    up.until(id, "SOAKING");
    return id;
  }

  private static Answer extend(String id, Map<String, Object> what) {
    Map<String, Object> body = new HashMap<>(what);
    body.put("reason", "it grows too fast");
    return up.as("dora", "operations-lead").post("/promotions/" + id + "/extend", body);
  }

  private static String deadline(JsonNode promotion) {
    for (JsonNode stage : promotion.path("stages")) {
      if (stage.path("name").asText().equals("dev-soak")) {
        return stage.path("deadline").asText();
      }
    }
    return "";
  }
}
