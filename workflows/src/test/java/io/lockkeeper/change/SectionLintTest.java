package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.fixture.Bundles;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectionLintTest {
  private static final String CHANGE = "change: one-index\nwhy: One index\nthrough: [dev]\n";

  private static List<String> lint(String sql) {
    return Bundles.findings(CHANGE, "sql/10_a.sql", sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE INDEX CONCURRENTLY i ON t (a) WHERE status = 'open';",
        "CREATE TABLE u (a bigint); CREATE INDEX IF NOT EXISTS i ON u (a);",
        "CREATE INDEX CONCURRENTLY i ON t (date_trunc('day', created_at));",
        "CREATE INDEX CONCURRENTLY i ON t (a) WHERE b = 'now()' AND \"now\" > 5; VACUUM t;",
        "ANALYZE t; -- COMMIT; VACUUM FULL t"
      })
  void sectionThatCanBeAppliedAndTakenBack_hasNoFinding(String sql) {
    assertThat(lint(sql)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a) | 2:1: error if-not-exists: IF NOT"
            + " EXISTS passes over an index that a failed build left INVALID: remove it; the"
            + " ledger makes running again safe",
        "CREATE INDEX CONCURRENTLY i ON t (a) WHERE b > now() | 2:48: error moving-predicate: an"
            + " index predicate must be immutable and NOW is not: the server refuses it. Compare"
            + " with a column or a constant",
        "CREATE INDEX CONCURRENTLY i ON t (a) WHERE b > Current_Date | 2:48: error moving-predicate: an index"
            + " predicate must be immutable and CURRENT_DATE is not: the server refuses it."
            + " Compare with a column or a constant",
        "DROP SEQUENCE s | 2:1: error no-way-back: \"drop sequence s\" has no way back by"
            + " itself: write the script that takes the section back into sql/10_a.down.sql",
        "DROP INDEX CONCURRENTLY i, j | 2:1: error drop-one-by-one: DROP INDEX CONCURRENTLY takes"
            + " one index and the server refuses more: write a statement for each",
        "ALTER TABLE t ALTER a DROP EXPRESSION | 2:1: error no-way-back: \"alter table t\" has no way"
            + " back by itself: write the script that takes the section back into"
            + " sql/10_a.down.sql",
        "BEGIN | 2:1: error transaction-control: BEGIN does not stand in a section: its"
            + " statements commit together by themselves",
        "VACUUM FULL t | 2:1: error vacuum-full: VACUUM FULL rewrites the table and locks"
            + " everybody out: use VACUUM",
        "CALL p() | 2:1: error not-in-a-section: CALL may commit in the middle, and then a crash"
            + " leaves a half: write a function and SELECT it, or the statements themselves",
        "\\i other.sql | 2:1: error meta-command: psql meta-commands do nothing here: put the statements of that file in the place of \\i",
        "CREATE INDEX ON t (a) | 2:1: error index-without-name: an index without a name cannot be"
            + " found again: write CREATE INDEX NAME ON …",
        "SELECT 'a | 2:8: error unterminated: this string does not end: close it",
      })
  void statementThatWouldGoWrong_isFoundAtItsPlace(String sql, String expected) {
    assertThat(lint("ANALYZE t;\n" + sql)).containsExactly("sql/10_a.sql:" + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-- nothing\n", ";;"})
  void sectionWithoutAStatement_isFound(String sql) {
    assertThat(lint(sql))
        .containsExactly("sql/10_a.sql:1:1: error empty-section: the section holds no statement");
  }

  @Test
  void scriptThatTakesASectionBack_isAWayBack() {
    List<String> findings =
        Bundles.findings(
            CHANGE,
            "sql/10_a.sql",
            "ALTER TABLE t ADD COLUMN a int;",
            "sql/10_a.down.sql",
            "ALTER TABLE t DROP COLUMN a;");

    assertThat(findings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-- later\n", ";"})
  void emptyScript_isNoWayBack(String down) {
    List<String> findings =
        Bundles.findings(
            CHANGE, "sql/10_a.sql", "DELETE FROM t WHERE a = 1;", "sql/10_a.down.sql", down);

    assertThat(findings)
        .containsExactly(
            "sql/10_a.down.sql:1:1: error empty-way-back: the script that takes the section back"
                + " holds no statement: write it, or remove the file");
  }

  @Test
  void scriptOfAnotherSection_isNoWayBack() {
    List<String> findings =
        Bundles.findings(
            CHANGE,
            "sql/10_a.sql",
            "DELETE FROM t WHERE a = 1;",
            "sql/20_b.sql",
            "ANALYZE t",
            "sql/20_b.down.sql",
            "ANALYZE t");

    assertThat(findings)
        .singleElement()
        .asString()
        .startsWith("sql/10_a.sql:1:1: error no-way-back: \"delete from t\" has no way back");
  }

  @Test
  void mistakeInTheScriptThatTakesBack_isFoundThere() {
    List<String> findings =
        Bundles.findings(
            CHANGE,
            "sql/10_a.sql",
            "DELETE FROM t WHERE a = 1;",
            "sql/10_a.down.sql",
            "SELECT (1;");

    assertThat(findings)
        .containsExactly(
            "sql/10_a.down.sql:1:8: error unterminated: a parenthesis of this statement is not"
                + " closed");
  }

  @ParameterizedTest
  @CsvSource({"low, false", "medium, true", "high, true"})
  void sectionThatLosesData_isNotOfLowRisk(String risk, boolean accepted) {
    List<String> findings =
        Bundles.findings(
            CHANGE + "risk: " + risk + "\nsections: [{file: sql/10_a.sql, loses_data: true}]\n",
            "sql/10_a.sql",
            "DELETE FROM t WHERE a = 1;",
            "sql/10_a.down.sql",
            "INSERT INTO t SELECT * FROM kept;");

    String refused =
        "change.yaml:1:1: error risk-too-low: a section may lose data, so the risk is not low:"
            + " write risk: medium or high";
    assertThat(findings).isEqualTo(accepted ? List.of() : List.of(refused));
  }

  @Test
  void sectionThatNoEnvironmentApplies_isNotLinted() {
    List<String> findings =
        Bundles.findings(
            CHANGE + "sections: sql/10_a.sql\n",
            "sql/10_a.sql",
            "ANALYZE t;",
            "sql/20_later.sql",
            "BEGIN;");

    assertThat(findings).isEmpty();
  }

  /** An overlong quote, half of a pair, one beyond Unicode: a lenient reader sees other SQL. */
  @ParameterizedTest
  @ValueSource(strings = {"\u00C0\u00A7", "\u00ED\u00A0\u00BE", "\u00F4\u0090\u0080\u0080"})
  void bytesThatAreNoUtf8_areRefused(String bytes) {
    SortedMap<String, byte[]> files = Bundles.files(CHANGE, "sql/10_a.sql", "ANALYZE t;");
    files.put("sql/10_a.sql", ("SELECT '" + bytes + "; --'").getBytes(ISO_8859_1));
    Findings findings = new Findings();

    assertThat(ChangeReader.read(files, findings)).isEmpty();
    assertThat(findings.all()).extracting(Finding::code).containsExactly("not-utf8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sql/10_a.sql", "sql/10_a.down.sql"})
  void sectionThatIsNotUtf8_isRefused(String file) {
    SortedMap<String, byte[]> files =
        Bundles.files(
            CHANGE,
            "sql/10_a.sql",
            "DELETE FROM t WHERE a = 1;",
            "sql/10_a.down.sql",
            "ANALYZE t;");
    files.put(file, "DELETE FROM t WHERE a = 'é';".getBytes(ISO_8859_1));
    Findings findings = new Findings();

    assertThat(ChangeReader.read(files, findings)).isEmpty();
    assertThat(findings.all())
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.text())
                    .isEqualTo(
                        file + ":1:1: error not-utf8: the file is not UTF-8: save it as UTF-8"));
  }

  @Test
  void aScriptThatDropsWhatMayNotBeThereYet_isRefusedForSeveralUnits() {
    String up = "ALTER TABLE t ADD COLUMN c int;\nCREATE INDEX CONCURRENTLY i ON t (c);";

    assertThat(
            Bundles.findings(
                CHANGE,
                "sql/10_a.sql",
                up,
                "sql/10_a.down.sql",
                "DROP INDEX CONCURRENTLY IF EXISTS i;\nALTER TABLE t DROP COLUMN c;"))
        .singleElement()
        .asString()
        .startsWith(
            "sql/10_a.down.sql:2:1: error way-back-half-way: the section has several units");
    assertThat(
            Bundles.findings(
                CHANGE,
                "sql/10_a.sql",
                up,
                "sql/10_a.down.sql",
                "DROP INDEX CONCURRENTLY IF EXISTS i;\nALTER TABLE t DROP COLUMN IF EXISTS c;"))
        .isEmpty();
  }
}
