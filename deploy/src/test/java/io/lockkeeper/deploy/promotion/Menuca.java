package io.lockkeeper.deploy.promotion;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.fixture.ExampleTables;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Up;
import java.util.List;
import java.util.Map;

/** The tickets 06 to 08 of Menu.ca in an installation, on a tenth of their rows. */
record Menuca(Up up) {
  /** Primary keys were there before. */
  static final String INDEXES =
      "SELECT indexname FROM pg_indexes WHERE schemaname = 'menuca_v3'"
          + " AND indexname LIKE 'idx\\_%' ORDER BY indexname";

  /**
   * A promotion that has gone through.
   *
   * @param gate how it stood when it asked for sign-offs
   */
  record Carried(String id, JsonNode gate) {}

  static Menuca load(Up up) {
    ExampleTables tables = new ExampleTables(up, "menuca").load(0.1);
    List.of("menuca-06-backup", "menuca", "menuca-08-rls").forEach(tables::push);
    return new Menuca(up);
  }

  void drop() {
    new ExampleTables(up, "menuca").drop("DROP SCHEMA IF EXISTS menuca_v3 CASCADE");
  }

  Answer start(String change, String environment) {
    return up.as("ana", "release-manager")
        .post(
            "/promotions",
            Map.of("change", change, "reason", "a test", "environments", List.of(environment)));
  }

  /** With everybody's word. */
  Carried carry(String change, Map<String, String> overrides) {
    String promotion = up.promote(change, overrides);
    JsonNode gate = up.carry(promotion, "AWAITING_SIGN_OFF");
    up.approve(promotion);
    if (up.carry(promotion, "WATCHING", "COMPLETE").path("status").asText().equals("WATCHING")) {
      Parts.good(
          up.as("dora", "operations-lead")
              .post("/promotions/" + promotion + "/acknowledge", Map.of("reason", "none")));
    }
    up.carry(promotion, "COMPLETE");
    return new Carried(promotion, gate);
  }

  Journal journal(String promotion) {
    return new Journal(up.journal(promotion));
  }

  String executionLog(String promotion, String environment) {
    return block(promotion, "execution-log&environment=" + environment);
  }

  /** A block of the report that a template asks for. */
  String block(String promotion, String template) {
    Answer answer = up.client().get("/promotions/" + promotion + "/report.md?template=" + template);
    if (answer.status() != 200) {
      throw new AssertionError(answer.text());
    }
    return answer.text();
  }
}
