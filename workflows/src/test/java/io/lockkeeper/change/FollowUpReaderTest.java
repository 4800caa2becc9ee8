package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.json.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowUpReaderTest {
  private static final String TOP =
      """
      change: one-index
      why: x
      probes:
        by_sector: SELECT 1
        only_dev: { sql: SELECT 1, only: [dev] }
      checks: { rows: { sql: SELECT 1 } }
      through: [dev, production]
      """;

  private static final String ALL =
      TOP
          + """
          follow_up:
            - { after: 7d, sql: VACUUM (ANALYZE) stocks }
            - { after: 1d, ask: no customer complains?, role: operations-lead, name: complaints }
            - { after: 1d, check: rows }
            - { after: 7d, probe: [by_sector] }
            - { after: 1d, ask: what was learned?, outcome: rolled_back }
          """;

  private static List<String> findings(String line) {
    return Bundles.findings(TOP + "follow_up:\n  - " + line + "\n");
  }

  @Test
  void followUps_areReadInTheirOrder_withANameARoleAndAnOutcome() {
    assertThat(Bundles.of(ALL).change().followUps())
        .containsExactly(
            new FollowUp(
                "sql-1",
                Duration.ofDays(7),
                new FollowUp.Sql("VACUUM (ANALYZE) stocks"),
                "release-manager",
                Outcome.COMPLETE),
            new FollowUp(
                "complaints",
                Duration.ofDays(1),
                new FollowUp.Ask("no customer complains?"),
                "operations-lead",
                Outcome.COMPLETE),
            new FollowUp(
                "check-3",
                Duration.ofDays(1),
                new FollowUp.OfCheck("rows"),
                "release-manager",
                Outcome.COMPLETE),
            new FollowUp(
                "probe-4",
                Duration.ofDays(7),
                new FollowUp.OfProbes(List.of("by_sector")),
                "release-manager",
                Outcome.COMPLETE),
            new FollowUp(
                "ask-5",
                Duration.ofDays(1),
                new FollowUp.Ask("what was learned?"),
                "release-manager",
                Outcome.ROLLED_BACK));
  }

  @Test
  void changeWithoutThem_hasNoKeyForThemInItsCanonicalForm() {
    Bundle bundle = Bundles.of(TOP);

    assertThat(new String(Json.canonical(bundle.change()), UTF_8)).doesNotContain("follow_up");
    assertThat(bundle.change().followUps()).isEmpty();
  }

  @Test
  void followUps_areReadBackFromTheBundle() {
    Change change = Bundles.of(ALL).change();

    assertThat(Json.read(Json.text(change), Change.class)).isEqualTo(change);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ after: 1d } | 9:5: error missing-key: follow_up[0]: a follow-up has one of sql, ask,"
            + " check and probe",
        "{ after: 1d, ask: x, check: rows } | 9:5: error missing-key: follow_up[0]: a follow-up has"
            + " one of sql, ask, check and probe",
        "{ ask: x } | 9:5: error missing-key: follow_up[0]: the key \"after\" is missing",
        "{ after: soon, ask: x } | 9:14: error not-a-duration: follow_up[0].after: \"soon\" is not a"
            + " duration: write a number with ms, s, m, h or d, such as 24h",
        "{ after: 1d, check: row } | 9:25: error unknown-check: follow_up[0].check: there is no"
            + " check \"row\" (did you mean \"rows\"?)",
        "{ after: 1d, probe: [] } | 9:25: error unknown-probe: follow_up[0].probe: no probe is named:"
            + " name those that are measured again",
        "{ after: 1d, probe: only_dev } | 9:25: error only-elsewhere: follow_up[0].probe:"
            + " \"only_dev\" is not made in production, where it may be followed up: let only say so",
        "{ after: 1d, probe: only_dev, outcome: rolled_back } | 9:25: error only-elsewhere:"
            + " follow_up[0].probe: \"only_dev\" is not made in production, where it may be followed"
            + " up: let only say so",
        "{ after: 1d, ask: x, name: Wiki } | 9:32: error odd-name: follow_up[0].name: \"Wiki\" is no"
            + " name for it: write small letters, digits and -, and not root-cause, which is asked"
            + " for after every rollback",
        "{ after: 1d, ask: x, outcome: aborted } | 9:35: error unknown-value: follow_up[0].outcome:"
            + " \"aborted\" is not one of complete, rolled_back",
        "{ after: 1d, sql: VACUUM; } | none",
        "{ after: 1d, sql: VACUUM FULL stocks } | 9:23: error vacuum-full"
      })
  void whatIsWrong_isToldWithItsPlace(String line, String expected) {
    List<String> findings = findings(line);

    if (expected.equals("none")) {
      assertThat(findings).isEmpty();
    } else {
      assertThat(findings).singleElement().asString().startsWith("change.yaml:" + expected);
    }
  }

  @Test
  void probeThatIsMadeInTheLastEnvironmentAlone_mayNotFollowARollbackThatMayBeElsewhere() {
    assertThat(
            Bundles.findings(
                TOP.replace("only: [dev]", "only: [production]")
                    + "follow_up:\n  - { after: 1d, probe: only_dev, outcome: rolled_back }\n"))
        .containsExactly(
            "change.yaml:9:25: error only-elsewhere: follow_up[0].probe: \"only_dev\" is not made in"
                + " dev, where it may be followed up: let only say so");
  }

  @Test
  void wordsThatAreTooManyForTemporal_areRefused() {
    String asks = "  - { after: 1d, ask: x }\n".repeat(51);

    assertThat(findings("{ after: 1d, ask: " + "x".repeat(401) + " }"))
        .singleElement()
        .asString()
        .startsWith("change.yaml:9:23: error too-long: follow_up[0].ask: 401 characters");
    assertThat(Bundles.findings(TOP + "follow_up:\n" + asks))
        .containsExactly(
            "change.yaml:9:3: error too-many: follow_up: 51 follow-ups, and 50 is the most");
  }

  @Test
  void checkThatIsMadeAtNoMoment_isNamedByAFollowUpOrRefused() {
    String never = TOP.replace("rows: { sql: SELECT 1 }", "rows: { sql: SELECT 1, when: [] }");

    assertThat(Bundles.findings(never + "follow_up: [{ after: 1d, check: rows }]\n")).isEmpty();
    assertThat(Bundles.of(never + "follow_up: [{ after: 1d, check: rows }]\n").change().checks())
        .singleElement()
        .satisfies(check -> assertThat(check.when()).isEmpty());
    assertThat(Bundles.findings(never))
        .containsExactly(
            "change.yaml:6:17: error never-made: checks.rows: when is empty, and nothing names it: it"
                + " would never be made");
  }

  @Test
  void sameNameTwice_isRefused() {
    assertThat(
            Bundles.findings(
                TOP
                    + "follow_up:\n  - { after: 1d, ask: x, name: a }\n"
                    + "  - { after: 1d, ask: y, name: a }\n"))
        .containsExactly(
            "change.yaml:10:5: error duplicate-name: follow_up[1]: \"a\" stands here twice");
  }
}
