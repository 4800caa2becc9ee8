package io.lockkeeper.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format's own example, and every key of its tables that this version does not do. */
class FormatExampleTest {
  private static final String[] FILES = {
    "sql/10_stocks.sql",
    "CREATE INDEX CONCURRENTLY idx_stocks_sector_market_cap ON stocks (sector, market_cap DESC);",
    "sql/20_positions.sql",
    "CREATE INDEX CONCURRENTLY idx_positions_user_status ON positions (user_id, status);",
    "load/dashboard.js",
    "export default function () {}"
  };

  private static String example() throws IOException {
    return ChangeReaderTest.resource("format-example.yaml");
  }

  @Test
  void example_isRefusedForWhatIsNotSupportedYetAndNothingElse() throws IOException {
    assertThat(Bundles.findings(example(), FILES))
        .containsExactly(
            "change.yaml:19:11: error not-supported-yet: through[1].staging.after[0]: \"load\" is not"
                + " supported yet: leave it out",
            "change.yaml:22:36: error bad-limit: through[2].production.precheck[1]: \"forecast\" is"
                + " not supported yet: write a size",
            "change.yaml:24:7: error not-supported-yet: through[2].production: \"window\" is not"
                + " supported yet: leave it out");
  }

  @Test
  void exampleWithoutThat_isAccepted() throws IOException {
    String supported =
        example()
            .lines()
            .map(line -> line.replace("disk.free > forecast * 2, ", ""))
            .filter(line -> !line.matches("      after:|        - load: .*|      window: .*"))
            .collect(Collectors.joining("\n"));

    assertThat(Bundles.findings(supported, FILES)).isEmpty();
  }

  /** At the top, where they hold for all environments, and in one of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "notify | [{at: paused, to: war-room}]",
        "window | tue-thu 02:00-05:00 America/New_York",
      })
  void keyOfBothLevels_isRefusedByName(String key, String value) {
    String refused = "\"" + key + "\" is not supported yet: leave it out";

    assertThat(findings(key + ": " + value, "[dev]"))
        .containsExactly("change.yaml:3:1: error not-supported-yet: " + refused);
    assertThat(findings("risk: low", "[{dev: {" + key + ": " + value + "}}]"))
        .containsExactly("change.yaml:4:18: error not-supported-yet: through[0].dev: " + refused);
  }

  @ParameterizedTest
  @CsvSource({"actions, '{warm: {steps: []}}'"})
  void keyOfTheTop_isRefusedByName(String key, String value) {
    assertThat(findings(key + ": " + value, "[dev]"))
        .containsExactly(
            "change.yaml:3:1: error not-supported-yet: \""
                + key
                + "\" is not supported yet: leave it out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sections: [{file: sql/10_stocks.sql, %s: x}] | sections[0] | target",
        "sections: {10_stocks: {%s: x}} | sections.10_stocks | target",
        "checks: {a: {http: /, %s: x}} | checks.a | every",
        "checks: {a: {%s: x}} | checks.a | command redis",
        "sign_off: {roles: [dba], %s: x} | sign_off | remind escalate",
        "soak: {for: 1h, %s: x} | soak | ask role",
        "watch: {for: 1h, %s: x} | watch | ask role",
        "rollback_if: [{if: deadlocks > 0, %s: x}] | rollback_if[0] | offer only",
        "before: [{%s: x}] | before[0] | ask run write http log redis load notify",
        "after: [{%s: x}] | after[0] | ask run write http log redis load notify",
        "follow_up: [{%s: x}] | follow_up[0] | every run load",
        "rollback: {A: {before: [{%s: x}]}} | rollback.A.before[0] | ask run write http log redis load notify",
      })
  void keyOfALongForm_isRefusedByName(String line, String path, String keys) {
    for (String key : keys.split(" ")) {
      int column = line.indexOf("%s") + 1;

      assertThat(findings(String.format(line, key), "[dev]"))
          .containsExactly(
              "change.yaml:3:"
                  + column
                  + ": error not-supported-yet: "
                  + path
                  + ": \""
                  + key
                  + "\" is not supported yet: leave it out");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "engine: sqlite | 3:9: error not-supported-yet: engine: engine sqlite",
        "target: [a, b] | 3:9: error not-supported-yet: target: a list of targets",
      })
  void formOfALaterVersion_isRefusedByName(String line, String expected) {
    assertThat(findings(line, "[dev]"))
        .containsExactly("change.yaml:" + expected + " is not supported yet: leave it out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "database.size < forecast * 2 | \"forecast\" is not supported yet: write a size",
        "database.size within 0.5..2 of production | \"production\" is not baseline; a limit on"
            + " another environment's figure is not supported yet",
        "disk.free > 20% of table contacts | \"20% of table contacts\" is neither a number with a"
            + " unit nor baseline",
      })
  void limitOfALaterVersion_isRefusedByName(String limit, String expected) {
    assertThat(findings("precheck: ['" + limit + "']", "[dev]"))
        .containsExactly("change.yaml:3:12: error bad-limit: precheck[0]: " + expected);
  }

  private static List<String> findings(String line, String through) {
    return Bundles.findings(
        "change: one-index\nwhy: One index\n" + line + "\nthrough: " + through + "\n", FILES);
  }
}
