package io.lockkeeper.deploy.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.fixture.Installation;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Promotions;
import io.lockkeeper.deploy.fixture.RealTemporal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data folders as earlier mains left them, each with a promotion whose soak was running. How they
 * were recorded: {@code deploy/src/test/resources/data-folders/README.md}.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
// A cluster's files are as the architecture on which it was made.
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@Order(2)
class EarlierDataFolderTest {
  private static final Path FOLDERS =
      RealTemporal.home().resolve("deploy/src/test/resources/data-folders");

  @TempDir(factory = InMemory.class)
  private Path folder;

  @Test
  void partOnesFolder_opens_andTheSoakThatWasRunningEnds() throws Exception {
    Path data = unpack("part-1.tar.xz");
    try (Installation up = Installation.up(data)) {
      Promotions promotions = up.promotions();

      JsonNode promotion =
          promotions.until("part-one-1", Duration.ofSeconds(120), "COMPLETE", "PAUSED");
      // Its end passed while nobody looked: that it was too short to judge is for a person.
      if (promotion.path("cause").asText().equals("evidence")) {
        Parts.good(
            promotions
                .as("boris", "dba")
                .post("/promotions/part-one-1/acknowledge", Map.of("reason", "nobody looked")));
        promotion = promotions.until("part-one-1", Duration.ofSeconds(120), "COMPLETE");
      }

      assertThat(promotion.path("status").asText()).isEqualTo("COMPLETE");
      List<String> events =
          promotions.journal("part-one-1").stream()
              .map(entry -> entry.path("event").path("type").asText())
              .toList();
      assertThat(events).contains("step_ended", "ended");
      assertThat(Parts.good(promotions.client().get("/audit/verify")).path("intact").asBoolean())
          .isTrue();
      assertThat(up.target("staging").list("SELECT held FROM lockkeeper.lease")).containsOnly("f");
    }
  }

  private Path unpack(String name) throws IOException, InterruptedException {
    Path data = Files.createDirectory(folder.resolve("data"));
    int code =
        new ProcessBuilder("tar", "-xJf", FOLDERS.resolve(name).toString(), "-C", data.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(code).as("unpacking " + name).isZero();
    return data;
  }
}
