package io.lockkeeper.deploy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.demo.Demo.Scenario;
import io.lockkeeper.deploy.fixture.FakeApi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class DemoTest {
  @TempDir private Path data;

  @ParameterizedTest
  @CsvSource({"PAUSED, paused", "PARKED, parked"})
  void whatStandsStillForAPerson_endsTheDemoWithTheReason(String status, String event) {
    Map<String, Object> promotion =
        Map.of("id", "magnus-1", "status", status, "sentence", "dev, compare: INCONCLUSIVE");
    try (FakeApi api = FakeApi.of(promotion, List.of(Map.of("type", event)))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();

      boolean reached =
          new Demo(api.url(), "none", "t", data, new PrintStream(out, true, UTF_8), (r, p) -> true)
              .run(Scenario.clean);

      assertThat(reached).isFalse();
      assertThat(out.toString(UTF_8))
          .contains("magnus-1 is " + status + ": dev, compare: INCONCLUSIVE");
    }
  }

  @Test
  void whatIsStuckRollingBack_endsTheDemoWithTheReason() {
    Map<String, Object> promotion =
        Map.of(
            "id",
            "magnus-1",
            "status",
            "ROLLING_BACK",
            "sentence",
            "section 10 is left",
            "left",
            List.of("section 10"));
    Map<String, Object> stuck = Map.of("type", "rollback_ended", "left", List.of("section 10"));
    try (FakeApi api = FakeApi.of(promotion, List.of(stuck))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();

      boolean reached =
          new Demo(api.url(), "none", "t", data, new PrintStream(out, true, UTF_8), (r, p) -> true)
              .run(Scenario.clean);

      assertThat(reached).isFalse();
      assertThat(out.toString(UTF_8)).contains("magnus-1 is ROLLING_BACK: section 10 is left");
    }
  }
}
