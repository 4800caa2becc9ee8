package io.lockkeeper.deploy.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.fixture.Parts;
import java.nio.file.Path;
import java.time.Duration;
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
  @TempDir(factory = InMemory.class)
  private static Path folder;

  private static Parts parts;

  private TwoIndexes two;

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
    two = TwoIndexes.on(parts);
  }

  @Test
  void theApiDuringASignOff_theSignatureCountsOnce() {
    String id =
        parts.promote(
            TwoIndexes.change("api-sign-off", "dev: { rehearse: false, sign_off: [dba] }"),
            Map.of());
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
        journal -> journal.stream().anyMatch(e -> TwoIndexes.type(e).equals("signed_off")));
    parts.until(id, "COMPLETE");

    assertThat(parts.journal(id))
        .filteredOn(e -> TwoIndexes.type(e).equals("signed_off"))
        .hasSize(1);
    assertThat(Parts.good(parts.client().get("/audit/verify")).path("intact").asBoolean()).isTrue();
    two.assertNothingLeft();
  }

  @Test
  void theApiWhileABreachFires_theRollbackDoesNotWait() {
    String id =
        parts.promote(
            TwoIndexes.change(
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
    two.sampling(id);
    assertThat(two.validIndexes()).contains("idx_quick");

    parts.killApi();
    parts.applicationLogs("ERROR: column does not exist");
    Await.until("the indexes are gone", two::validIndexes, List::isEmpty);

    parts.startApi();
    JsonNode ended = parts.until(id, "ROLLED_BACK");
    assertThat(ended.path("sentence").asText()).contains("log.errors.matches");
    assertThat(Parts.good(parts.client().get("/audit/verify")).path("intact").asBoolean()).isTrue();
    two.assertNothingLeft();
  }

  @Test
  void temporalDuringTheSoak_theSoakGoesOnToItsEnd() {
    String id =
        parts.promote(
            TwoIndexes.change(
                "temporal-soak",
                "dev: { rehearse: false, soak: 24h }",
                "rollback_if: [deadlocks > 0]"),
            Map.of("soak", "12s", "sample", "250ms"));
    parts.until(id, "SOAKING");
    two.sampling(id);

    parts.killTemporal();
    parts.until(id, "COMPLETE");

    assertThat(two.validIndexes()).contains("idx_quick", "idx_slow");
    two.assertNothingLeft();
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
    String id =
        parts.promote(TwoIndexes.change("all-at-once", "dev: { rehearse: false }"), Map.of());
    two.building();

    parts.killWorker();
    parts.killApi();
    parts.killTemporal();
    parts.startApi();
    parts.startWorker();
    parts.until(id, "COMPLETE");

    two.assertBuiltOnce();
    two.assertNothingLeft();
  }
}
