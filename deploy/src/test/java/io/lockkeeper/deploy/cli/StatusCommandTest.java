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

  @Test
  void whatIsStillToDo_standsInTheStatusWithWhomItIsForAndWhatBecameOfIt() {
    List<Map<String, Object>> open =
        List.of(
            Map.of(
                "name", "vacuum",
                "kind", "sql",
                "title", "vacuum analyze stocks",
                "role", "dba",
                "due", "2026-11-21T10:00:00.123Z",
                "standing", "waiting",
                "sentence", ""),
            Map.of(
                "name", "wiki",
                "kind", "ask",
                "title", "Where does it stand?",
                "role", "development-lead",
                "due", "2026-11-20T10:00:00Z",
                "standing", "due",
                "sentence", "development-lead is asked: Where does it stand?"),
            Map.of(
                "name", "errors",
                "kind", "check",
                "title", "check app_errors",
                "role", "dba",
                "due", "2026-11-20T10:00:00Z",
                "standing", "due",
                "sentence", "FAIL, matches 3, limit = 0"),
            Map.of(
                "name", "root-cause",
                "kind", "ask",
                "title", "write what caused the rollback",
                "due", "2026-11-20T10:00:00Z",
                "standing", "due",
                "sentence", ""));
    try (FakeApi api =
        FakeApi.of(
            Map.of("id", "x-1", "status", "COMPLETE", "sentence", "over", "open_follow_ups", open),
            List.of())) {

      String out = Cli.run(api.url(), "t", "status", "x-1").out();

      assertThat(out.lines().filter(line -> line.startsWith("still to do")))
          .containsExactly(
              "still to do: vacuum, for dba, at 2026-11-21T10:00:00Z: vacuum analyze stocks",
              "still to do: wiki, for development-lead: Where does it stand?",
              "still to do: errors, for dba: check app_errors (FAIL, matches 3, limit = 0)",
              "still to do: root-cause: write what caused the rollback");
    }
  }
}
