package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.fixture.FakeApi;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
  /** Minutes of both, what B loses, and what is not to be had. */
  @Test
  void waysBack_standInTheStatus() {
    List<Map<String, Object>> ways =
        List.of(
            Map.of("option", "A", "environment", "dev", "minutes", "not measured yet"),
            Map.of(
                "option",
                "B",
                "environment",
                "dev",
                "minutes",
                "6.50 s when the backup was verified, at most 10m",
                "backup",
                "dev_backup_1",
                "loses_since",
                "2026-11-21T10:00:00.123Z"),
            Map.of(
                "option",
                "B",
                "environment",
                "staging",
                "minutes",
                "not measured yet",
                "why_not",
                "there is no backup of staging yet"));
    try (FakeApi api =
        FakeApi.of(
            Map.of("id", "x-1", "status", "SOAKING", "sentence", "soaking", "way_back", ways),
            List.of())) {

      String out = Cli.run(api.url(), "t", "status", "x-1").out();

      assertThat(out.lines().filter(line -> line.startsWith("way back")))
          .containsExactly(
              "way back A of dev: not measured yet",
              "way back B of dev: restores dev_backup_1, 6.50 s when the backup was verified, at"
                  + " most 10m; LOSES what was written since 2026-11-21T10:00:00Z",
              "way back B of staging: NOT TO BE HAD, there is no backup of staging yet; not"
                  + " measured yet");
    }
  }
}
