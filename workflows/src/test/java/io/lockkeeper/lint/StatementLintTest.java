package io.lockkeeper.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.fixture.Bundles;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementLintTest {
  private static final String CHANGE =
      "change: one-act\nwhy: One act\nrisk: high\nrollback: { forward_only: a case }\n"
          + "through: [dev]\n";

  private static List<Finding> lint(String change, String... sections) {
    String[] files = new String[sections.length * 2];
    for (int i = 0; i < sections.length; i++) {
      files[2 * i] = "sql/" + (i + 1) + "0_a.sql";
      files[2 * i + 1] = sections[i];
    }
    Findings findings = new Findings();
    ChangeReader.read(Bundles.files(change, files), findings);
    return findings.all().stream().filter(f -> !f.code().equals("no-way-back")).toList();
  }

  private static List<String> places(String... sections) {
    return lint(CHANGE, sections).stream()
        .map(f -> f.file().substring(4, 6) + ":" + f.line() + ":" + f.column() + " " + f.code())
        .toList();
  }

  private static String fix(String sql) {
    return lint(CHANGE, sql).stream()
        .flatMap(finding -> finding.fix().stream())
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE public.n (a text); CREATE INDEX i ON n (a);",
        "CREATE TABLE n (a text); CREATE INDEX i ON public.n (a);",
        "CREATE TEMP TABLE n (a text); CREATE INDEX i ON pg_temp.n (a);",
        "CREATE TABLE n AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON n (a);",
        "CREATE UNLOGGED TABLE n (a text); ALTER TABLE n ALTER a SET NOT NULL, ADD CHECK (a > '');",
        "CREATE TABLE n (a text); ALTER TABLE n RENAME TO m;",
        "CREATE TABLE n (a bigint); TRUNCATE n; DELETE FROM n; LOCK TABLE n;",
        "CREATE TABLE \"N\".n (a text) PARTITION BY LIST (a); CREATE INDEX i ON \"N\".n (a);",
        "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a; REFRESH MATERIALIZED VIEW v;",
      })
  void tableThatTheChangeMade_isNobodysYet(String sql) {
    assertThat(places(sql)).isEmpty();
  }

  @Test
  void tableThatIsMadeLater_isInUseBefore() {
    assertThat(places("CREATE INDEX i ON n (a);", "CREATE TABLE n (a text);"))
        .containsExactly("10:1:1 plain-index-build");
    assertThat(places("CREATE TABLE app.n (a text);", "CREATE INDEX i ON n (a);"))
        .containsExactly("20:1:1 plain-index-build");
  }

  @Test
  void findingOfAnAction_standsAtTheAction() {
    assertThat(
            places(
                "ALTER TABLE IF EXISTS ONLY public.t\n"
                    + "  ADD COLUMN a numeric(8, 2) DEFAULT round(1.5, 1),\n"
                    + "  DROP COLUMN b,\n"
                    + "  ADD COLUMN c uuid DEFAULT gen_random_uuid(), ALTER d SET NOT NULL;"))
        .containsExactly("10:3:3 drop-column", "10:4:3 volatile-default", "10:4:48 not-null-scan");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CHECK (email IS NOT NULL) NOT VALID | ALTER TABLE u VALIDATE CONSTRAINT c | true",
        "CHECK (\"email\" IS NOT NULL) NOT VALID | ALTER TABLE public.u VALIDATE CONSTRAINT c |"
            + " true",
        "CHECK (email IS NOT NULL) NOT VALID | ANALYZE u | false",
        "CHECK (email IS NOT NULL OR a > 1) NOT VALID | ALTER TABLE u VALIDATE CONSTRAINT c |"
            + " false",
        "CHECK (phone IS NOT NULL AND email IS NOT NULL) NOT VALID | ALTER TABLE u VALIDATE"
            + " CONSTRAINT c | true",
        "CHECK (NOT (email IS NOT NULL)) NOT VALID | ALTER TABLE u VALIDATE CONSTRAINT c | false",
        "CHECK (coalesce(email, '') IS NOT NULL) NOT VALID | ALTER TABLE u VALIDATE CONSTRAINT c |"
            + " false",
        "CHECK (email > '') | ALTER TABLE u ADD COLUMN IF NOT EXISTS email text NOT NULL DEFAULT"
            + " '' | false",
        "CHECK (phone IS NOT NULL) NOT VALID | ALTER TABLE u VALIDATE CONSTRAINT c | false",
        "CHECK (email IS NOT NULL) NOT VALID | ALTER TABLE v VALIDATE CONSTRAINT c | false",
        "CHECK (email IS NOT NULL) NOT VALID | ALTER TABLE u VALIDATE CONSTRAINT c, DROP"
            + " CONSTRAINT c | false",
      })
  void setNotNull_needsNoScanOnlyWhereAValidatedCheckProvesIt(
      String check, String then, boolean proven) {
    List<String> places =
        places(
            "ALTER TABLE u ADD CONSTRAINT c " + check,
            then,
            "ALTER TABLE u ALTER COLUMN email SET NOT NULL");

    assertThat(places.contains("30:1:15 not-null-scan")).isEqualTo(!proven);
  }

  @Test
  void fix_isTheStatementInItsSafeForm() {
    assertThat(fix("CREATE /* INDEX */ UNIQUE INDEX IF NOT EXISTS \"I\"\n ON \"order\" (a)"))
        .isEqualTo("CREATE /* INDEX */ UNIQUE INDEX CONCURRENTLY \"I\"\n ON \"order\" (a);");
    assertThat(fix("ALTER TABLE app.\"Order\" ALTER \"user\" SET NOT NULL"))
        .isEqualTo(
            """
            ALTER TABLE app."Order" ADD CONSTRAINT "Order_user_not_null" CHECK ("user" IS NOT NULL) NOT VALID;
            -- in a section of its own:
            ALTER TABLE app."Order" VALIDATE CONSTRAINT "Order_user_not_null";
            -- in a section of its own:
            ALTER TABLE app."Order" ALTER COLUMN "user" SET NOT NULL;
            ALTER TABLE app."Order" DROP CONSTRAINT "Order_user_not_null";""");
    assertThat(
            fix(
                "ALTER TABLE t ADD COLUMN z int, ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p"
                    + " (x, y) ON DELETE CASCADE, ADD COLUMN y int"))
        .isEqualTo(
            """
            ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (x, y) ON DELETE CASCADE NOT VALID;
            -- in a section of its own:
            ALTER TABLE t VALIDATE CONSTRAINT f;""");
    assertThat(fix("ALTER TABLE t ADD PRIMARY KEY (a, b)"))
        .isEqualTo(
            "CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON t (a, b);\n"
                + "ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;");
    assertThat(fix("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a, b) WHERE c > 1"))
        .isEqualTo("SELECT a, b, count(*) FROM t WHERE c > 1 GROUP BY a, b HAVING count(*) > 1;");
    assertThat(
            fix(
                "CREATE FUNCTION app.f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql"
                    + " SECURITY DEFINER AS $$SELECT 1$$"))
        .isEqualTo(
            "ALTER FUNCTION \"app\".\"f\"(int, text) SET search_path = pg_catalog, public,"
                + " pg_temp;");
  }

  @Test
  void longQueryInAProbe_standsAtTheProbeAndIsAnErrorBesideABuild() {
    String change =
        CHANGE
            + "probes:\n  fine: SELECT 'pg_sleep(1)' AS \"monitor_x\"\n"
            + "  slow: SELECT * FROM app.monitor_migration_performance(1800, 10)\n";

    List<Finding> beside = lint(change, "CREATE INDEX CONCURRENTLY i ON t (a)");
    List<Finding> alone = lint(change, "ANALYZE t");

    assertThat(beside)
        .singleElement()
        .satisfies(
            f ->
                assertThat(f.text())
                    .isEqualTo(
                        "change.yaml:8:9: error long-query: probes.slow calls"
                            + " monitor_migration_performance, which takes as long as it is told"));
    assertThat(alone)
        .singleElement()
        .satisfies(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING));
  }

  @Test
  void functionThatSleeps_isKnownByWhatItsBodyCalls() {
    String function =
        "CREATE FUNCTION wait_a_bit() RETURNS void LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_sleep(60); END $$";

    assertThat(places(function, "CREATE INDEX CONCURRENTLY i ON t (a)", "SELECT wait_a_bit()"))
        .containsExactly("30:1:1 long-query");
    assertThat(places(function, "CREATE INDEX CONCURRENTLY i ON t (a)")).isEmpty();
    assertThat(
            places(
                "DO $$ BEGIN PERFORM 'pg_sleep(1)'; /* pg_sleep(1) */ END $$;",
                "DO $x$ BEGIN PERFORM pg_sleep(1); END $x$;"))
        .containsExactly("10:1:1 do-block", "20:1:1 do-block", "20:1:1 sleep");
  }

  @Test
  void acceptedWarning_isANoteWithTheReasonForThatStatementAlone() {
    List<Finding> found =
        lint(
            CHANGE,
            "-- accept truncate:  nobody reads it \r\n-- more words\nTRUNCATE a;\nTRUNCATE b;\n"
                + "SELECT '\n-- accept truncate: a text\n'; TRUNCATE c;\n"
                + "-- accept truncate:\nTRUNCATE d;");

    assertThat(found)
        .filteredOn(f -> f.code().equals("truncate"))
        .extracting(f -> f.line() + " " + f.severity())
        .containsExactly("3 NOTE", "4 WARNING", "7 WARNING", "9 WARNING");
    assertThat(found.get(0).message()).endsWith("(accepted: nobody reads it)");
  }

  @Test
  void error_cannotBeAccepted() {
    assertThat(
            lint(
                CHANGE,
                "-- accept if-not-exists: why not\n"
                    + "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);"))
        .singleElement()
        .satisfies(f -> assertThat(f.severity()).isEqualTo(Severity.ERROR));
  }

  @Test
  void strongLocksOnSeveralTables_areToldOnceAtTheSecond() {
    assertThat(
            places(
                "ALTER TABLE a ADD COLUMN x int;\nANALYZE c;\nALTER TABLE a ADD COLUMN y int;\n"
                    + "ALTER TABLE b ADD COLUMN x int;\nALTER TABLE c ADD COLUMN x int;"))
        .containsExactly("10:4:1 lock-order");
    assertThat(places("INSERT INTO a SELECT 1; INSERT INTO b SELECT 1; ANALYZE a; ANALYZE b;"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WITH x AS (SELECT id FROM t WHERE a) DELETE FROM t",
        "UPDATE t SET a = (SELECT max(b) FROM u WHERE c)",
        "DELETE FROM t USING u",
      })
  void whereOfASubquery_choosesNoRows(String sql) {
    assertThat(places(sql)).containsExactly("10:1:1 all-rows");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM t WHERE CURRENT_DATE > a",
        "INSERT INTO t SELECT 1 ON CONFLICT (a) DO UPDATE SET a = 1",
        "UPDATE t SET a = 1 FROM u WHERE u.id = t.id",
        "SELECT 1 FROM t FOR UPDATE",
        "CREATE INDEX CONCURRENTLY i ON t (\"now\") WHERE \"random\" > 1 AND now > 2",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$DELETE FROM t; SELECT 1$$",
        "CREATE INDEX i ON ONLY t (a)",
        "ALTER INDEX i RENAME TO j",
        "ALTER TABLE t RENAME CONSTRAINT a TO b",
        "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i",
        "SET CONSTRAINTS ALL DEFERRED",
      })
  void whatIsHarmless_isNotToldOf(String sql) {
    assertThat(places(sql)).isEmpty();
  }
}
