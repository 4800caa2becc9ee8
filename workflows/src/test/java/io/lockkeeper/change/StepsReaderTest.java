package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepsReaderTest {
  private static final String[] FILES = {
    "sql/10_stocks.sql",
    "CREATE INDEX CONCURRENTLY idx_stocks_sector ON stocks (sector);",
    "files/on.sql",
    "UPDATE flags\nSET on = true WHERE name = 'screener';\n",
    "files/empty.sql",
    "-- nothing\n"
  };

  private static final String TOP =
      """
      change: one-index
      why: One index
      risk: low
      checks: { page: { http: /x }, same: { sql: SELECT 1, expect: unchanged } }
      """;

  private static final Measures READ_ONLY = new Measures(true, Optional.empty(), Map.of());

  private static EnvironmentPlan plan(String... lines) {
    return Bundles.of(TOP + String.join("\n", lines) + "\n", FILES).change().through().get(0);
  }

  private static List<String> findings(String line) {
    String top = TOP.replace("unchanged }", "unchanged }, there: { http: /y, only: staging }");
    return Bundles.findings(top + line + "\nthrough: [dev, { staging: { soak: 1h } }]\n", FILES);
  }

  private static WrittenStep.Sql sql(String text) {
    return new WrittenStep.Sql(text, Optional.empty(), Optional.empty());
  }

  @Test
  void stepsOfEachList_areReadInTheirOrder() {
    EnvironmentPlan plan =
        plan(
            "through:",
            "  - dev:",
            "      before:",
            "        - { sql: files/on.sql, undo: UPDATE flags SET on = false WHERE id = 1, within: 5s }",
            "        - check: page",
            "        - measure: { read_only: true }",
            "      after:",
            "        - sql: ANALYZE stocks",
            "      rollback:",
            "        quick: { within: 2m }",
            "        A:",
            "          before: [{ measure: { read_only: true } }]",
            "          after: [{ sql: SELECT 1 }, { check: page }]");

    assertThat(plan.written())
        .isEqualTo(
            new WrittenSteps(
                List.of(
                    new WrittenStep.Sql(
                        FILES[3],
                        Optional.of("UPDATE flags SET on = false WHERE id = 1"),
                        Optional.of(Duration.ofSeconds(5))),
                    new WrittenStep.OfCheck("page"),
                    new WrittenStep.OfMeasures(READ_ONLY)),
                List.of(sql("ANALYZE stocks")),
                List.of(new WrittenStep.OfMeasures(READ_ONLY)),
                List.of(sql("SELECT 1"), new WrittenStep.OfCheck("page")),
                Optional.of(Duration.ofMinutes(2))));
  }

  @Test
  void listOfTheEnvironment_replacesThatOfTheTop() {
    assertThat(
            plan(
                    "before: [{ sql: ANALYZE stocks }]",
                    "after: [{ check: page }]",
                    "through: [{ dev: { before: [{ sql: SELECT 2 }], after: [] } }]")
                .written())
        .isEqualTo(
            new WrittenSteps(
                List.of(sql("SELECT 2")), List.of(), List.of(), List.of(), Optional.empty()));
  }

  @Test
  void stepForOtherEnvironments_isNotThere() {
    List<EnvironmentPlan> through =
        Bundles.of(
                TOP
                    + "before: [{ sql: SELECT 1, only: staging }, { sql: SELECT 2 }]\n"
                    + "through: [dev, staging]\n",
                FILES)
            .change()
            .through();

    assertThat(through.get(0).written().before()).containsExactly(sql("SELECT 2"));
    assertThat(through.get(1).written().before()).containsExactly(sql("SELECT 1"), sql("SELECT 2"));
  }

  /** Absent and not written out: the hash of every change of earlier versions stays. */
  @Test
  void changeWithoutSteps_hasNoKeyForThemInItsCanonicalForm() {
    Bundle bundle = Bundles.of(TOP + "through: [dev]\nbefore: []\n", FILES);

    assertThat(new String(Json.canonical(bundle.change()), UTF_8)).doesNotContain("\"steps\"");
    assertThat(Json.read(Json.text(bundle.change()), Change.class)).isEqualTo(bundle.change());
    assertThat(bundle.change().through().get(0).written()).isEqualTo(WrittenSteps.NONE);
  }

  @Test
  void steps_areReadBackFromTheBundle() {
    Change change =
        Bundles.of(
                TOP
                    + "before: [{ sql: SELECT 1, undo: SELECT 2 }, { check: page },"
                    + " { measure: { drain: 5s } }]\nthrough: [dev]\n",
                FILES)
            .change();

    assertThat(Json.read(Json.text(change), Change.class)).isEqualTo(change);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "before: [{within: 5s}] | 5:10: error missing-key: before[0]: a step has one of sql, check"
            + " and measure",
        "before: [{sql: SELECT 1, check: page}] | 5:10: error missing-key: before[0]: a step has"
            + " one of sql, check and measure",
        "before: [{chek: page}] | 5:11: error unknown-key: before[0]: unknown key \"chek\" of a"
            + " step (did you mean \"check\"?)",
        "before: {sql: SELECT 1} | 5:9: error wrong-shape: before: expected a list, found a mapping",
        "before: [{check: pgae}] | 5:18: error unknown-check: before[0].check: there is no check"
            + " \"pgae\" (did you mean \"page\"?)",
        "before: [{check: same}] | 5:18: error misplaced-check: before[0].check: \"same\" compares"
            + " with the baseline, which comes after this step",
        "before: [{check: there}] | 5:18: error only-elsewhere: before[0].check: the check"
            + " \"there\" is not made in dev: let only say so",
        "before: [{sql: SELECT 1, only: prod}] | 5:32: error unknown-environment: before[0].only:"
            + " the change does not go through \"prod\"",
        "before: [{check: page, undo: SELECT 1}] | 5:30: error idle-key: before[0].undo: it belongs"
            + " to a step with sql",
        "before: [{measure: {read_only: true}, within: 5s}] | 5:47: error idle-key:"
            + " before[0].within: it belongs to a step with sql",
        "before: [{measure: {}}] | 5:20: error missing-key: before[0].measure: say what holds from"
            + " here: read_only, drain, or roles",
        "before: [{measure: {read_only: true, settings: {a: b}}}] | 5:48: error idle-key:"
            + " before[0].measure.settings: settings of our own session stand in measures, not in a"
            + " step",
        "before: [{sql: files/no.sql}] | 5:16: error missing-file: before[0].sql: the bundle has no"
            + " file files/no.sql (did you mean \"files/on.sql\"?)",
        "before: [{sql: files/empty.sql}] | 5:16: error empty-step: before[0].sql: it holds no"
            + " statement: write one",
        "before: [{sql: BEGIN}] | 5:16: error transaction-control",
        "before: [{sql: sql/10_stocks.sql}] | 5:16: error step-is-a-section: before[0].sql:"
            + " sql/10_stocks.sql is a section too and would be applied twice: move it to files/,"
            + " or list the files that are sections",
        "before: [{sql: SELECT 1, within: soon}] | 5:34: error not-a-duration",
        "rollback: {A: {before: [{sql: SELECT 1, undo: SELECT 2}]}} | 5:47: error idle-key:"
            + " rollback.A.before[0].undo: a step of a rollback is not undone: leave it out",
        "rollback: {quick: {wihtin: 5s}} | 5:20: error unknown-key: rollback.quick: unknown key"
            + " \"wihtin\" of rollback quick (did you mean \"within\"?)",
        "rollback_if: [{if: deadlocks > 0, then: quick}] | 6:16: error no-quick: through[1]: then:"
            + " quick would do nothing in staging: it runs the undos of the steps of before and"
            + " after, and none there has one. Give them one, or leave it out",
      })
  void whatIsWrong_isToldWithItsPlace(String line, String expected) {
    assertThat(findings(line)).anySatisfy(found -> assertThat(found).contains(expected));
  }

  @Test
  void quickOfAnEnvironmentWithoutUndos_isRefusedAndAtTheTopOnlyALimit() {
    String quick = "rollback: { quick: { within: 2m } }";

    assertThat(Bundles.findings(TOP + "through: [{ dev: { " + quick + " } }]\n", FILES))
        .singleElement()
        .asString()
        .contains("error no-quick: through[0].dev.rollback.quick: option quick would do nothing");
    assertThat(
            Bundles.findings(
                TOP
                    + quick
                    + "\nthrough: [dev, { staging: { before: [{ sql: CREATE TABLE t (x int) }] } }]\n",
                FILES))
        .isEmpty();
  }

  /** Of a statement that has a way back of its own it is derived, as that of a section is. */
  @Test
  void stepThatARollbackWouldLeave_isWarnedOf() {
    assertThat(findings("before: [{ sql: files/on.sql }]"))
        .containsExactly(
            "change.yaml:5:10: warning no-undo: before[0]: \"update flags\" has no way back by"
                + " itself, so a rollback leaves it as it is: give the step an undo, if there is"
                + " something to take back");
    assertThat(
            findings(
                "before: [{ sql: files/on.sql, undo: UPDATE flags SET on = false WHERE id = 1 }]"))
        .isEmpty();
    assertThat(findings("after: [{ sql: CREATE INDEX CONCURRENTLY i ON stocks (sector) }]"))
        .isEmpty();
  }

  /** Found by the same rules as sections, at the place where it is written. */
  @Test
  void statementOfAStep_isLinted() {
    assertThat(findings("before: [{ sql: CREATE INDEX i ON stocks (sector) }]"))
        .singleElement()
        .asString()
        .startsWith("change.yaml:5:17: ");
    assertThat(
            Bundles.findings(
                TOP + "through: [dev]\nbefore: [{ sql: files/i.sql }]\n",
                FILES[0],
                FILES[1],
                "files/i.sql",
                "\nCREATE INDEX i ON stocks (sector);"))
        .singleElement()
        .asString()
        .startsWith("files/i.sql:2:1: ");
  }
}
