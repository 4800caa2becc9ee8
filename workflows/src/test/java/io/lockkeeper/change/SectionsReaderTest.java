package io.lockkeeper.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.section.Unit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files are sections, and which options they have, in an environment. */
class SectionsReaderTest {
  private static final String[] FILES = {
    "sql/10_a.sql",
    "CREATE INDEX CONCURRENTLY idx_a ON a (x);",
    "sql/20_b.sql",
    "CREATE INDEX CONCURRENTLY idx_b ON b (x);",
    "sql/20_b.down.sql",
    "DROP INDEX IF EXISTS idx_b;",
    "sql/30_c.sql",
    "CREATE INDEX CONCURRENTLY idx_c ON c (x);",
    "files/back.sql",
    "DROP INDEX IF EXISTS idx_a;"
  };

  private static final String CHECKS = "checks: {rows: {sql: SELECT 1}, page: {http: /}}\n";

  /**
   * @param top the lines of the top, parted by {@code ;}
   * @param environment the options of production
   */
  private static String change(String top, String environment) {
    return "change: some-indexes\nwhy: x\n"
        + CHECKS
        + Optional.ofNullable(top).orElse("").replace(";", "\n")
        + "\nthrough: [{production: {"
        + Optional.ofNullable(environment).orElse("")
        + "}}]\n";
  }

  private static EnvironmentPlan production(String top, String environment) {
    return Bundles.of(change(top, environment), FILES)
        .change()
        .environment("production")
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | | 10_a 20_b 30_c",
        "sections: sql/[12]0*.sql | | 10_a 20_b",
        "sections: [sql/30_c.sql, {file: sql/10_a.sql, name: first}] | | 30_c first",
        "sections: [sql/30_c.sql] | 'sections: [sql/10_a.sql, sql/20_b.sql]' | 10_a 20_b",
        "sections: {20_b: {name: second}} | | 10_a second 30_c",
        "sections: {} | | 10_a 20_b 30_c",
        "sections: {20_b: {name: second}} | 'sections: sql/20*.sql' | 20_b",
        "sections: [sql/30_c.sql, sql/20_b.sql] | 'sections: {20_b: {name: second}}' | 30_c second",
        "sections: sql/20*.sql | 'sections: {20_b: {each: 5s}}' | 20_b",
        "sections: {20_b: {name: second}} | 'sections: {20_b: {each: 5s}}' | 10_a second 30_c",
        "sections: {20_b: {name: second}} | 'sections: {20_b: {name: third}}' | 10_a third 30_c",
      })
  void filesOfTheTopAndOfAnEnvironment_areChosenInOrder(
      String top, String environment, String expected) {
    assertThat(production(top, environment).sections().stream().map(Section::name))
        .containsExactly(expected.split(" "));
  }

  /** Of one file, the options of both levels hold, and the environment's win. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sections: {20_b: {each: 5s, within: 1m}} | 'sections: {20_b: {each: 9s}}' | each 9s,"
            + " within 1m",
        "sections: {20_b: {checks: [rows]}} | 'sections: {20_b: {checks: [page]}}' | checks page",
        "sections: {20_b: {checks: rows}} | 'sections: {20_b: {checks: []}}' | usual",
        "sections: {20_b: {pace: 1s}} | 'sections: {20_b: {pace: 0s}}' | usual",
        "sections: {20_b: {existing: adopt}} | 'sections: {20_b: {existing: stop}}' | usual",
        "sections: [{file: sql/20_b.sql, existing: adopt}] | 'sections: {20_b: {pace: 1s}}' | pace"
            + " 1s, existing adopt",
        "resume: person | | resume person",
        "resume: person | resume: auto | usual",
        "end_blockers: {idle_in_transaction: 5m} | | ends 5m",
        "end_blockers: {idle_in_transaction: 5m} | 'end_blockers: {}' | ends 5m",
        "end_blockers: {idle_in_transaction: 5m} | 'end_blockers: {idle_in_transaction: 10s}' |"
            + " ends 10s",
        "end_blockers: {idle_in_transaction: 5m} | 'end_blockers: {idle_in_transaction: off}' |"
            + " usual",
      })
  void optionsOfTheTopAndOfAnEnvironment_mergeByName(
      String top, String environment, String expected) {
    assertThat(options(section(top, environment).rules())).isEqualTo(expected);
  }

  private static Section section(String top, String environment) {
    return production(top, environment).sections().stream()
        .filter(section -> section.file().equals("sql/20_b.sql"))
        .findFirst()
        .orElseThrow();
  }

  private static String options(SectionRules rules) {
    SectionRules usual = SectionRules.USUAL;
    StringBuilder text = new StringBuilder();
    rules.checks().forEach(check -> text.append(", checks ").append(check));
    rules.each().map(Durations::print).ifPresent(each -> text.append(", each ").append(each));
    rules.within().map(Durations::print).ifPresent(w -> text.append(", within ").append(w));
    if (!rules.pace().isZero()) {
      text.append(", pace ").append(Durations.print(rules.pace()));
    }
    if (rules.existing() != usual.existing()) {
      text.append(", existing ").append(rules.existing().name().toLowerCase(Locale.ROOT));
    }
    if (rules.resume() != usual.resume()) {
      text.append(", resume ").append(rules.resume().name().toLowerCase(Locale.ROOT));
    }
    rules.endIdleBlockers().map(Durations::print).ifPresent(d -> text.append(", ends ").append(d));
    return text.isEmpty() ? "usual" : text.substring(2);
  }

  /** Usual, top, environment, section of the top, section of the environment. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "guard: locks.waiting <= 5 | | locks.caused_wait < 500ms, locks.blocked_by_us < 3,"
            + " replication.lag < 10s, locks.waiting <= 5",
        "guard: locks.waiting <= 5 | guard: locks.waiting <= 7 | locks.caused_wait < 500ms,"
            + " locks.blocked_by_us < 3, replication.lag < 10s, locks.waiting <= 7",
        "guard: locks.waiting <= 5;sections: {20_b: {guard: locks.waiting <= 6}} | guard:"
            + " locks.waiting <= 7 | locks.caused_wait < 500ms, locks.blocked_by_us < 3,"
            + " replication.lag < 10s, locks.waiting <= 6",
        "guard: locks.waiting <= 5;sections: {20_b: {guard: locks.waiting <= 6}} |"
            + " 'sections: {20_b: {guard: [locks.waiting = off, deadlocks < 1]}}' |"
            + " locks.caused_wait < 500ms, locks.blocked_by_us < 3, replication.lag < 10s,"
            + " deadlocks < 1",
        "guard: [replication.lag = off, {limit: locks.caused_wait < 2s, then: pause}] |"
            + " 'guard: {limit: transactions.oldest < 5m for 30s, then: note}' |"
            + " locks.blocked_by_us < 3, locks.waiting <= 10, locks.caused_wait < 2s pause,"
            + " transactions.oldest < 5m for 30s note",
      })
  void guards_mergeByMetric(String top, String environment, String expected) {
    assertThat(
            section(top, environment).rules().guard().stream()
                .map(SectionsReaderTest::line)
                .collect(Collectors.joining(", ")))
        .isEqualTo(expected);
  }

  private static String line(GuardRule rule) {
    return rule.then() == GuardRule.Then.BY_CAUSE
        ? rule.limit().text()
        : rule.limit().text() + " " + rule.then().name().toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "health: [sessions.active = off, replication.lag < 5s] | | locks.waiting <= 10,"
            + " replication.lag < 5s",
        "health: sessions.active < 50 | health: sessions.active < 20 | locks.waiting <= 10,"
            + " sessions.active < 20",
        "health: sessions.active < 50 | 'sections: {20_b: {health: sessions.active < 9}}' |"
            + " locks.waiting <= 10, sessions.active < 9",
      })
  void health_mergesByMetric(String top, String environment, String expected) {
    assertThat(
            section(top, environment).rules().health().stream()
                .map(Limit::text)
                .collect(Collectors.joining(", ")))
        .isEqualTo(expected);
  }

  @Test
  void wayBackOfASection_isTheFileNamedElseTheOneBesideElseNone() {
    Optional<String> beside = Optional.of("sql/20_b.down.sql");

    assertThat(section("", "").down()).isEqualTo(beside);
    assertThat(section("sections: {20_b: {rollback: files/back.sql}}", "").down())
        .isEqualTo(Optional.of("files/back.sql"));
    assertThat(section("", "").rules().keep()).isFalse();
    assertThat(section("sections: {20_b: {rollback: keep}}", "").down()).isEmpty();
    assertThat(section("sections: {20_b: {rollback: keep}}", "").rules().keep()).isTrue();
    assertThat(
            section(
                    "sections: {20_b: {rollback: keep}}",
                    "sections: {20_b: {rollback: sql/20_b.down.sql}}")
                .down())
        .isEqualTo(beside);
  }

  @Test
  void planOfTheFirstVersion_leavesNothingAndRequiresNothing() {
    String written =
        """
        {"environment": "dev", "sections": [], "precheck": [], "backup": "NONE", "settings": {},
         "soak": [], "watch": [], "rollback_if": [], "on_failure": "PAUSE"}
        """;

    EnvironmentPlan plan = Json.read(written, EnvironmentPlan.class);

    assertThat(plan.leaves()).isEmpty();
    assertThat(plan.requires()).isEmpty();
    assertThat(plan.forwardOnly()).isEmpty();
    assertThat(
            Json.read(
                    "{\"name\": \"a\", \"why\": \"b\", \"risk\": \"LOW\", \"engine\":"
                        + " \"POSTGRESQL\", \"labels\": {}, \"probes\": [], \"checks\": [],"
                        + " \"through\": ["
                        + written
                        + "]}",
                    Change.class)
                .next())
        .isEmpty();
  }

  /** Rules as main had them before idle blockers could be ended. */
  @Test
  void rulesWithoutIdleBlockers_endNone() {
    String written = Json.text(SectionRules.USUAL);

    assertThat(written).doesNotContain("end_idle_blockers");
    assertThat(Json.read(written, SectionRules.class)).isEqualTo(SectionRules.USUAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sections: {20_bb: {pace: 1s}} | 19: error unknown-section: sections.20_bb: no section has"
            + " the file \"20_bb.sql\" (did you mean \"20_b\"?)",
        "sections: {20_b.sql: {pace: 1s}} | 22: error unknown-section: sections.20_b.sql: no section"
            + " has the file \"20_b.sql.sql\"",
        "sections: {20_b: {file: sql/20_b.sql}} | 19: error unknown-key: sections.20_b: unknown key"
            + " \"file\" of a section",
        "sections: {20_b: {pcae: 1s}} | 19: error unknown-key: sections.20_b: unknown key \"pcae\" of"
            + " a section (did you mean \"pace\"?)",
        "sections: {20_b: 1s} | 18: error wrong-shape: sections.20_b: expected a mapping, found a"
            + " text",
        "sections: {20_b: {name: 10_a}} | 11: error duplicate-name: sections: two sections are"
            + " called \"10_a\"",
        "sections: {20_b: {rollback: kep}} | 29: error missing-file: sections.20_b.rollback: the"
            + " bundle has no file kep that ends in .sql: name the script that takes the section"
            + " back, or write keep",
        "sections: {20_b: {rollback: files/bak.sql}} | 29: error missing-file:"
            + " sections.20_b.rollback: the bundle has no file files/bak.sql that ends in .sql (did"
            + " you mean \"files/back.sql\"?): name the script that takes the section back, or write"
            + " keep",
        "sections: {20_b: {rollback: sql/30_c.sql}} | 11: error way-back-is-a-section: sections:"
            + " sql/30_c.sql takes 20_b back and would be applied as a section too: let its name end"
            + " in .down.sql, or list the files that are sections",
        "sections: {20_b: {checks: [row]}} | 28: error unknown-check: sections.20_b.checks[0]: the"
            + " change has no check \"row\" (did you mean \"rows\"?)",
        "sections: {20_b: {within: 0s}} | 27: error not-a-duration: sections.20_b.within: \"0s\" lets"
            + " nothing be done",
        "sections: {20_b: {each: soon}} | 25: error not-a-duration: sections.20_b.each: \"soon\" is"
            + " not a duration: write a number with ms, s, m, h or d, such as 24h",
        "sections: {20_b: {existing: adpot}} | 29: error unknown-value: sections.20_b.existing:"
            + " \"adpot\" is not one of stop, adopt (did you mean \"adopt\"?)",
        "sections: {20_b: {batches: yes}} | 28: error wrong-shape: sections.20_b.batches: expected"
            + " true or false, found \"yes\"",
        "pace: 1s | 1: error unknown-key: unknown key \"pace\" of a change",
        "resume: later | 9: error unknown-value: resume: \"later\" is not one of auto, person",
        "guard: [locks.blockd_by_us < 3] | 9: error bad-limit: guard[0]: unknown metric"
            + " \"locks.blockd_by_us\" (did you mean \"locks.blocked_by_us\"?)",
        "guard: [locks.waiting] | 9: error bad-limit: guard[0]: \"locks.waiting\" is not a limit:"
            + " write METRIC OPERATOR LIMIT, such as deadlocks > 0",
        "guard: [locks.caused_wait < 5] | 9: error bad-limit: guard[0]: \"5\" does not fit"
            + " locks.caused_wait: write a time such as 500ms",
        "guard: [locks.* < 5] | 9: error bad-limit: guard[0]: the metrics that match \"locks.*\" have"
            + " different units",
        "guard: [sessions.* < 5] | 9: error bad-limit: guard[0]: \"sessions.*\": a pattern is not"
            + " supported in a guard: name one metric",
        "guard: [database.size < baseline + 1GB] | 9: error bad-limit: guard[0]: \"database.size <"
            + " baseline + 1GB\": there is no baseline while a section runs: write a number, or the"
            + " limit under rollback_if",
        "guard: [database.size < +1GB in 10m] | 9: error bad-limit: guard[0]: \"database.size < +1GB"
            + " in 10m\": growth needs several readings and here each counts alone: write a number",
        "guard: [probe.degradation < 20%] | 9: error bad-limit: guard[0]: \"probe.degradation\" is"
            + " measured over a soak or watch only: write the limit under rollback_if",
        "guard: [http.page.p95 < 1s] | 9: error bad-limit: guard[0]: \"http.page.p95\" is measured"
            + " over a soak or watch only: write the limit under rollback_if",
        "guard: [backup.age < 1d] | 9: error bad-limit: guard[0]: \"backup.age\" is read before a"
            + " change only: write the limit under precheck",
        "guard: [load.rate < 1/s] | 9: error bad-limit: guard[0]: \"load.rate\" is measured inside a"
            + " load step only, and this version has no load steps: leave the limit out",
        "guard: [deadlocks = off] | 9: error nothing-to-drop: guard[0]: it drops the limit on"
            + " deadlocks from above, and there is none: leave it out",
        "guard: [{then: note}] | 9: error missing-key: guard[0]: the key \"limit\" is missing",
        "guard: [{limit: deadlocks < 1, then: rollback}] | 38: error unknown-value: guard[0].then:"
            + " \"rollback\" is not one of cancel, pause, note",
        "health: [locks.blocked_by_us < 3] | 10: error bad-limit: health[0]: \"locks.blocked_by_us\""
            + " is measured while a section runs only: write the limit under guard",
        "health: [deadlocks < 3] | 10: error bad-limit: health[0]: \"deadlocks\" is measured over a"
            + " soak or watch only: write the limit under rollback_if",
        "health: [sessions.active < 30 for 10s] | 10: error bad-limit: health[0]: \"sessions.active"
            + " < 30 for 10s\": \"for\" needs several readings and here is one: leave it out",
        "health: [{limit: sessions.active < 30, then: cancel}] | 10: error wrong-shape: health[0]:"
            + " what crosses a limit of health always pauses: write the limit alone",
        "end_blockers: {idle_in_transaction: 5s} | 37: error not-a-duration:"
            + " end_blockers.idle_in_transaction: \"5s\" is too short to end somebody's transaction:"
            + " at least 10s",
        "end_blockers: {active: 5m} | 16: error unknown-key: end_blockers: unknown key \"active\" of"
            + " end_blockers",
        "requires: [Other] | 12: error change-name: requires[0]: \"Other\" is not the name of a"
            + " change",
        "requires: some-indexes | 11: error itself: requires: \"some-indexes\" is this change itself:"
            + " leave it out",
        "next: [more-indexes, more-indexes] | 22: error duplicate-name: next[1]: \"more-indexes\""
            + " stands here twice",
        "next: {a b: then} | 13: error change-name: next.a b: \"a b\" is not the name of a change",
        "rollback: {forward_only: ' '} | 26: error missing-reason: rollback.forward_only: say why"
            + " there is no way back, for those who sign",
        "rollback: {A: {leaves: [a.b.c.d]}} | 25: error odd-name: rollback.A.leaves[0]: \"a.b.c.d\" is"
            + " neither TABLE.COLUMN nor the name of an object: write it as the server prints it, a"
            + " schema other than public before it",
      })
  void mistake_isOneFindingAtItsPlace(String line, String expected) {
    assertThat(Bundles.findings(change(line, ""), FILES))
        .containsExactly("change.yaml:4:" + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM b WHERE id IN (SELECT id FROM b LIMIT 10) |",
        "UPDATE b SET x = 1 WHERE x IS NULL |",
        "WITH t AS (SELECT 1) UPDATE b SET x = 1 WHERE x IS NULL |",
        "INSERT INTO b SELECT * FROM a WHERE a.id NOT IN (SELECT id FROM b) LIMIT 10 |",
        "INSERT INTO b VALUES (1) ON CONFLICT DO NOTHING |",
        "DELETE FROM b; DELETE FROM a | 1:16: error not-a-batch: a section in batches runs its one"
            + " statement again and again, and this is a second one: give it a section of its own",
        "CREATE INDEX idx_b ON b (x) | 1:1: error not-a-batch: a section in batches ends when its"
            + " statement changes no row, and this one changes no rows: write INSERT, UPDATE, DELETE"
            + " or MERGE, or leave batches out",
        "WITH t AS (DELETE FROM b RETURNING 1) SELECT * FROM t FOR UPDATE | 1:1: error not-a-batch: a"
            + " section in batches ends when its statement changes no row, and this one changes no"
            + " rows: write INSERT, UPDATE, DELETE or MERGE, or leave batches out",
        "UPDATE b SET x = (SELECT 1 FROM a WHERE id = 1) | 1:1: error not-a-batch: each batch of this"
            + " UPDATE changes the same rows again, so it never ends: choose rows that are not done"
            + " yet, such as WHERE id IN (SELECT id … LIMIT 1000)",
        "INSERT INTO b VALUES (1) | 1:1: error not-a-batch: each batch of this INSERT changes the"
            + " same rows again, so it never ends: choose rows that are not done yet, such as WHERE id"
            + " IN (SELECT id … LIMIT 1000)",
      })
  void sectionInBatches_isOneStatementThatChangesRowsAndEnds(String sql, String expected) {
    List<String> found =
        Bundles.findings(
            change("sections: {20_b: {batches: true, rollback: keep}}", ""), "sql/20_b.sql", sql);

    assertThat(found).isEqualTo(expected == null ? List.of() : List.of("sql/20_b.sql:" + expected));
  }

  @Test
  void statementWithoutWayBack_isAnErrorUnlessItIsKeptOrForwardOnly() {
    String[] update = {"sql/20_b.sql", "UPDATE b SET x = 1 WHERE x = 2;"};
    String title = Unit.read(update[1]).get(0).statements().get(0).meaning().title();
    String message = "\"" + title + "\" has no way back by itself: ";

    assertThat(Bundles.findings(change("", ""), update))
        .containsExactly(
            "sql/20_b.sql:1:1: error no-way-back: "
                + message
                + "write the script that takes the section back into sql/20_b.down.sql");
    assertThat(Bundles.findings(change("sections: {20_b: {rollback: keep}}", ""), update))
        .isEmpty();
    assertThat(Bundles.findings(change("rollback: {forward_only: no copy is kept}", ""), update))
        .containsExactly(
            "sql/20_b.sql:1:1: warning no-way-back: "
                + message
                + "the change is forward-only, because no copy is kept");
  }

  @Test
  void forwardOnlyInOneEnvironment_isAnErrorInTheOther() {
    assertThat(
            Bundles.findings(
                "change: one-update\nwhy: x\nthrough: [dev, {production: {rollback: {forward_only:"
                    + " no copy}}}]\n",
                "sql/20_b.sql",
                "UPDATE b SET x = 1 WHERE x = 2;"))
        .anyMatch(finding -> finding.startsWith("sql/20_b.sql:1:1: error no-way-back: "))
        .hasSize(2);
  }

  @Test
  void durationsOfASection_areKeptExactly() {
    SectionRules rules =
        section("sections: {20_b: {within: 1h30m, each: 500ms, pace: 2s}}", "").rules();

    assertThat(rules.within()).isEqualTo(Optional.of(Duration.ofMinutes(90)));
    assertThat(rules.each()).isEqualTo(Optional.of(Duration.ofMillis(500)));
    assertThat(rules.pace()).isEqualTo(Duration.ofSeconds(2));
  }
}
