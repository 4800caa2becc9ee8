package io.lockkeeper.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.json.Json;
import io.lockkeeper.promotion.FollowUpOrder;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Writes histories to {@code src/test/resources/histories}. Those that are there stay as they are:
 * they stand for promotions that run somewhere now. To record a flight again, give it a new name.
 *
 * <p>{@code mvn -Pfast -pl workflows test -Dtest=HistoryRecorder -Dlockkeeper.record=true}
 */
@EnabledIfSystemProperty(named = "lockkeeper.record", matches = "true")
class HistoryRecorder {
  private static final Path FOLDER = Path.of("src/test/resources/histories");

  @Test
  void record() throws IOException, InterruptedException {
    for (Map.Entry<String, Flights.Flown> flight : Flights.all().entrySet()) {
      String name = flight.getKey();
      if (!Files.exists(FOLDER.resolve(name + ".json"))) {
        record(name, flight.getValue());
      }
    }
  }

  private static void record(String name, Flights.Flown flight)
      throws IOException, InterruptedException {
    try (SkippedClock clock = SkippedClock.of(Bundles.of(Flights.change(name)))) {
      flight.by(clock);
      boolean soaked = clock.state().stage("staging-soak").orElseThrow().startedAt().isPresent();
      if (soaked) {
        write(name + "-soak", clock.history("staging-soak"));
      }
      if (!clock.input().flight().followUps().isEmpty()) {
        write(name + "-follow-up", clock.history(FollowUpOrder.STAGE));
      }
      write(name, clock.history());
    }
  }

  private static void write(String name, WorkflowExecutionHistory history) throws IOException {
    Files.createDirectories(FOLDER);
    JsonNode compact = Json.read(history.toJson(false), JsonNode.class);
    Files.writeString(FOLDER.resolve(name + ".json"), compact + "\n");
  }
}
