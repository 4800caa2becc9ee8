package io.lockkeeper.deploy.promotion;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Up;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** What is left to do after a promotion, as people see it and deal with it. */
record FollowUps(Up up, String id) {
  private static final String STAGE = "follow-up";
  private static final Map<String, String> PEOPLE =
      Map.of(
          "dba", "boris",
          "development-lead", "chen",
          "operations-lead", "dora",
          "product-owner", "emil",
          "release-manager", "emil");

  List<JsonNode> open() {
    return StreamSupport.stream(up.promotion(id).path("open_follow_ups").spliterator(), false)
        .toList();
  }

  /** How one ended for the first time, once it has. */
  JsonNode tried(String name) {
    Await.until(
        name + " was tried",
        () -> new Journal(up.journal(id)).steps(STAGE),
        steps -> steps.contains(name));
    return new Journal(up.journal(id)).ended(STAGE, name);
  }

  Answer acknowledge(String name, String role, String text) {
    return up.as(PEOPLE.get(role), role)
        .post("/promotions/" + id + "/acknowledge", Map.of("reason", text, "follow_up", name));
  }

  /** As whoever is asked would. */
  void confirm(String name, String text) {
    JsonNode asked =
        open().stream()
            .filter(open -> open.path("name").asText().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError(name + " is not open"));
    Parts.good(acknowledge(name, asked.path("role").asText(), text));
  }

  /** Lets nothing run on: what cannot be taken over yet is waited for. */
  void closeAll() {
    Await.until(
        "nothing is left to do",
        () -> {
          for (JsonNode open : open()) {
            acknowledge(open.path("name").asText(), open.path("role").asText(), "the test is over");
          }
          return open();
        },
        List::isEmpty);
  }
}
