package io.lockkeeper.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.Measures.ConnectionLimit;
import io.lockkeeper.change.Measures.RoleMeasure;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuresReaderTest {
  private static final String[] FILES = {
    "sql/10_stocks.sql", "CREATE INDEX CONCURRENTLY idx_stocks_sector ON stocks (sector);"
  };

  private static final String TOP = "change: one-index\nwhy: One index\nrisk: low\n";

  private static EnvironmentPlan plan(String... lines) {
    return Bundles.of(TOP + String.join("\n", lines) + "\n", FILES).change().through().get(0);
  }

  @Test
  void allThatCanBeSaid_isRead() {
    EnvironmentPlan plan =
        plan(
            "through:",
            "  - dev:",
            "      measures:",
            "        read_only: true",
            "        drain: 5m",
            "        settings: { maintenance_work_mem: 1GB }",
            "        roles:",
            "          app_user: { connection_limit: 50%, statement_timeout: 120s }",
            "          \"Odd Role\": { connection_limit: 10, lock_timeout: 500ms,"
                + " idle_in_transaction_session_timeout: 0s }");

    assertThat(plan.settings()).isEqualTo(Map.of("maintenance_work_mem", "1GB"));
    assertThat(plan.measures())
        .contains(
            new Measures(
                true,
                Optional.of(Duration.ofMinutes(5)),
                Map.of(
                    "app_user",
                    new RoleMeasure(
                        Optional.of(new ConnectionLimit(0.5, true)),
                        Map.of("statement_timeout", Duration.ofMinutes(2))),
                    "Odd Role",
                    new RoleMeasure(
                        Optional.of(new ConnectionLimit(10, false)),
                        Map.of(
                            "lock_timeout",
                            Duration.ofMillis(500),
                            "idle_in_transaction_session_timeout",
                            Duration.ZERO)))));
  }

  @Test
  void environment_winsOverTheTopByRoleAndKey() {
    EnvironmentPlan plan =
        plan(
            "measures: { read_only: true, drain: 5m, roles: { app: { connection_limit: 50%,"
                + " statement_timeout: 1s }, other: { lock_timeout: 1s } } }",
            "through: [{ dev: { measures: { read_only: false, drain: off, roles: { app: {"
                + " statement_timeout: 2s } } } } }]");

    assertThat(plan.measures())
        .contains(
            new Measures(
                false,
                Optional.empty(),
                Map.of(
                    "app",
                    new RoleMeasure(
                        Optional.of(new ConnectionLimit(0.5, true)),
                        Map.of("statement_timeout", Duration.ofSeconds(2))),
                    "other",
                    new RoleMeasure(
                        Optional.empty(), Map.of("lock_timeout", Duration.ofSeconds(1))))));
  }

  @Test
  void settingsOfOurSessionAlone_areNoMeasuresOnTheTarget() {
    assertThat(plan("measures: { settings: { work_mem: 64MB } }", "through: [dev]").measures())
        .isEmpty();
    assertThat(plan("measures: { read_only: false }", "through: [dev]").measures()).isEmpty();
  }

  /** Absent and not written out: the hash of every change of earlier versions stays. */
  @Test
  void changeWithoutMeasures_hasNoKeyForThemInItsCanonicalForm() throws IOException {
    Bundle bundle = Bundles.of(ChangeReaderTest.resource("every-key.yaml"), EVERY_KEY);

    assertThat(new String(Json.canonical(bundle.change()), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("\"measures\"");
    assertThat(Json.read(Json.text(plan("through: [dev]")), EnvironmentPlan.class).measures())
        .isEmpty();
  }

  private static final String[] EVERY_KEY = {
    "sql/10_stocks.sql",
    FILES[1],
    "sql/20_positions.sql",
    "DELETE FROM positions;",
    "sql/20_positions.down.sql",
    "INSERT INTO positions SELECT * FROM kept;",
    "checks/rows.sql",
    "SELECT count(*) FROM stocks"
  };

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{read_olny: true} | 4:12: error unknown-key: measures: unknown key \"read_olny\" of"
            + " measures (did you mean \"read_only\"?)",
        "{read_only: yes please} | 4:23: error wrong-shape: measures.read_only: expected true or"
            + " false, found \"yes please\"",
        "{drain: 2h} | 4:19: error not-a-duration: measures.drain: \"2h\": people are waited for"
            + " from 1s to 1h, then their session ends",
        "{drain: soon} | 4:19: error not-a-duration: measures.drain: \"soon\" is not a duration:"
            + " write a number with ms, s, m, h or d, such as 24h",
        "{roles: {app: {conection_limit: 5}}} | 4:26: error unknown-key: measures.roles.app:"
            + " unknown key \"conection_limit\" of a role's measures (did you mean"
            + " \"connection_limit\"?)",
        "{roles: {app: {connection_limit: 0}}} | 4:44: error not-a-limit:"
            + " measures.roles.app.connection_limit: \"0\" is neither a number of sessions, at"
            + " least 1, nor a share such as 50%",
        "{roles: {app: {connection_limit: 150%}}} | 4:44: error not-a-limit:"
            + " measures.roles.app.connection_limit: \"150%\" is neither a number of sessions, at"
            + " least 1, nor a share such as 50%",
        "{roles: {app: {statement_timeout: 30d}}} | 4:45: error not-a-duration:"
            + " measures.roles.app.statement_timeout: \"30d\" is longer than the server can keep:"
            + " at most 24d",
        "{roles: {pg_monitor: {lock_timeout: 1s}}} | 4:32: error odd-name:"
            + " measures.roles.pg_monitor: \"pg_monitor\" is not a role of people or applications:"
            + " name one",
        "{roles: {app: {}}} | 4:25: error missing-key: measures.roles.app: say what holds for the"
            + " role: connection_limit, or a time-out",
      })
  void whatIsWrong_isToldWithItsPlace(String measures, String expected) {
    assertThat(Bundles.findings(TOP + "measures: " + measures + "\nthrough: [dev]\n", FILES))
        .containsExactly("change.yaml:" + expected);
  }
}
