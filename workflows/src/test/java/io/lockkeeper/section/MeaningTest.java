package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.ObjectChange.CreateRoutine;
import io.lockkeeper.section.ObjectChange.Privileges;
import io.lockkeeper.section.ObjectChange.StoredSetting;
import io.lockkeeper.section.RowChange.Write;
import io.lockkeeper.section.TableAction.AddColumn;
import io.lockkeeper.section.TableAction.AddConstraint;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeaningTest {

  private static Meaning read(String sql) {
    return StatementReader.read(Script.split(sql).get(0));
  }

  private static String locks(Meaning meaning) {
    return meaning.locks().stream().map(LockUse::text).collect(Collectors.joining(", "));
  }

  private static TableAction action(String sql) {
    return ((AlterTable) read(sql)).actions().get(0);
  }

  /** The table of the model: one row a form, with all that lint, plan and guard ask. */
  @ParameterizedTest
  @CsvFileSource(resources = "/statements.csv", delimiter = '|', numLinesToSkip = 1)
  void statement_tellsLocksCostAndLoss(
      String sql, String title, String locks, Effect effect, boolean loses, UnitKind kind) {
    Meaning meaning = read(sql);

    assertThat(meaning.title()).isEqualTo(title);
    assertThat(locks(meaning)).isEqualTo(locks == null ? "" : locks);
    assertThat(meaning.effect()).isEqualTo(effect);
    assertThat(meaning.losesData()).isEqualTo(loses);
    assertThat(meaning.kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX INDEX CONCURRENTLY i",
        "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
        "REINDEX SCHEMA app",
        "VACUUM t",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
      })
  void statementThatRunsInNoTransaction_isAUnitOfItsOwn(String sql) {
    Unit unit = Unit.read("SELECT 1;" + sql).get(1);

    assertThat(unit.transactional()).isFalse();
    assertThat(unit.statements()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "REINDEX TABLE t",
        "CLUSTER t USING i",
        "ALTER TABLE t DETACH PARTITION p",
        "ALTER TABLE t DETACH PARTITION p FINALIZE",
        "CREATE VIEW concurrently AS SELECT 1",
      })
  void statementThatRunsInATransaction_sharesIt(String sql) {
    assertThat(Unit.read("SELECT 1;" + sql + ";SELECT 2")).hasSize(1);
  }

  @Test
  void valueOfAType_commitsBeforeItIsUsed() {
    List<Unit> units =
        Unit.read(
            "INSERT INTO t VALUES (1);ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';"
                + "UPDATE t SET m = 'ok'");

    assertThat(units).hasSize(3).allMatch(Unit::transactional);
  }

  @Test
  void wordsInStringsNamesAndComments_meanNothing() {
    assertThat(read("SELECT 'DROP TABLE t', $$ DELETE FROM t $$ /* TRUNCATE t */").effect())
        .isEqualTo(Effect.SCANS);
    assertThat(read("COMMENT ON TABLE t IS 'ALTER TABLE t DROP COLUMN a'").losesData()).isFalse();
    assertThat(read("ALTER TABLE \"drop\" ADD \"concurrently\" int DEFAULT 1").title())
        .isEqualTo("alter table drop");
    assertThat(read("UPDATE t SET a = 'x' /* DELETE FROM u */").losesData()).isFalse();
  }

  @Test
  void addedColumn_isUnderstoodInFull() {
    assertThat(
            action(
                "ALTER TABLE contacts ADD COLUMN IF NOT EXISTS price numeric(10, 2) NOT NULL"
                    + " DEFAULT round(1.5, 1) REFERENCES app.prices (id)"))
        .isEqualTo(
            new AddColumn(
                "price",
                "numeric(10, 2)",
                Optional.of("round(1.5, 1)"),
                true,
                true,
                Optional.of(QualifiedName.of("app", "prices")),
                false,
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a timestamptz NOT NULL DEFAULT now()           | CATALOG",
        "a boolean NOT NULL DEFAULT true                | CATALOG",
        "a int                                          | CATALOG",
        "a int NOT NULL                                 | SCANS",
        "a int CHECK (a > 0)                            | SCANS",
        "a uuid DEFAULT gen_random_uuid()               | REWRITES",
        "a timestamptz DEFAULT clock_timestamp()        | REWRITES",
        "a int DEFAULT nextval('s')                     | REWRITES",
        "a int DEFAULT app.next_one()                   | REWRITES",
        "a bigserial                                    | REWRITES",
        "a bigint GENERATED ALWAYS AS IDENTITY          | REWRITES",
        "a int GENERATED ALWAYS AS (b + 1) STORED       | REWRITES",
        "a text DEFAULT 'random()'                      | CATALOG",
        "a text COLLATE \"C\" DEFAULT lower('A') NOT NULL | CATALOG",
        "a int[] DEFAULT ARRAY[1, 2]                    | CATALOG",
      })
  void addedColumn_costsWhatItsDefaultDoes(String column, Effect effect) {
    assertThat(read("ALTER TABLE t ADD COLUMN " + column).effect()).isEqualTo(effect);
  }

  @Test
  void actions_areSplitAtTheirOwnCommas() {
    AlterTable alter =
        (AlterTable)
            read(
                "ALTER TABLE t ADD a numeric(1, 2) DEFAULT greatest(1, 2), DROP COLUMN IF EXISTS b"
                    + " CASCADE, ADD CONSTRAINT c CHECK (a IN (1, 2)) NOT VALID, ALTER d TYPE int"
                    + " USING coalesce(d, '1, 2')::int");

    assertThat(alter.actions())
        .extracting(TableAction::title)
        .containsExactly("add column a", "drop column b", "add check c", "change type of d");
  }

  @Test
  void foreignKey_namesWhatItRefersTo() {
    assertThat(
            action(
                "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES app.u (a, b)"
                    + " ON DELETE CASCADE NOT VALID"))
        .isEqualTo(
            new AddConstraint(
                TableAction.ConstraintKind.FOREIGN_KEY,
                Optional.of("f"),
                true,
                Optional.empty(),
                Optional.of(QualifiedName.of("app", "u"))));
  }

  @Test
  void function_isUnderstoodInFull() {
    CreateRoutine function =
        (CreateRoutine)
            read(
                """
                CREATE OR REPLACE FUNCTION app.may_see(_org uuid, since timestamp with time zone
                    DEFAULT now(), double precision = 1, OUT seen boolean, VARIADIC tags text[])
                  RETURNS boolean LANGUAGE 'plpgsql' STABLE SECURITY DEFINER
                  SET search_path = pg_catalog, app AS $$ BEGIN RETURN true; END $$""");

    assertThat(function.signature().sql())
        .isEqualTo(
            "\"app\".\"may_see\"(_org uuid, since timestamp with time zone, double precision, OUT"
                + " seen boolean, VARIADIC tags text[])");
    assertThat(function.signature().identity())
        .isEqualTo("\"app\".\"may_see\"(uuid, timestamp with time zone, double precision, text[])");
    assertThat(function.language()).isEqualTo("plpgsql");
    assertThat(function.securityDefiner()).isTrue();
    assertThat(function.searchPath()).contains("pg_catalog, app");
    assertThat(function.volatility()).isEqualTo("stable");
    assertThat(function.orReplace()).isTrue();
  }

  @Test
  void functionWithABodyOfStatements_isReadUpToItsBody() {
    CreateRoutine function =
        (CreateRoutine)
            read(
                "CREATE FUNCTION f() RETURNS int IMMUTABLE BEGIN ATOMIC SELECT 1 AS security; END");

    assertThat(function.volatility()).isEqualTo("immutable");
    assertThat(function.securityDefiner()).isFalse();
  }

  @Test
  void privileges_areUnderstoodWhereTheirOppositeIsExact() {
    assertThat(read("GRANT SELECT, INSERT ON public.contacts TO app_user, \"Other\""))
        .isEqualTo(
            new Privileges(
                true,
                List.of("SELECT", "INSERT"),
                Optional.of(ObjectKind.TABLE),
                List.of("public.contacts"),
                List.of("\"public\".\"contacts\""),
                List.of("app_user", "\"Other\""),
                false,
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GRANT SELECT (a), UPDATE (b) ON t TO r                | TABLE    | \"t\"  | false",
        "GRANT SELECT ON ALL TABLES IN SCHEMA s TO r           | TABLE    | \"s\"  | true",
        "REVOKE ALL ON ALL ROUTINES IN SCHEMA s FROM r CASCADE | ROUTINE  | \"s\"  | true",
        "GRANT SELECT ON t TO r WITH GRANT OPTION              | TABLE    | \"t\"  | false",
        "REVOKE GRANT OPTION FOR SELECT ON t FROM r            | TABLE    | \"t\"  | false",
        "GRANT CONNECT ON DATABASE d TO r                      | DATABASE | \"d\"  | false",
      })
  void privileges_tellWhatTheyAreOn(String sql, ObjectKind of, String identity, boolean ofAll) {
    Privileges privileges = (Privileges) read(sql);

    assertThat(privileges.plain()).isTrue();
    assertThat(privileges.of()).contains(of);
    assertThat(privileges.identities()).containsExactly(identity);
    assertThat(privileges.ofAll()).isEqualTo(ofAll);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALTER DATABASE d SET work_mem = '5MB'              |   | d | work_mem",
        "ALTER DATABASE \"D d\" RESET my.own                |   | D d | my.own",
        "ALTER ROLE r SET search_path TO a, b               | r |   | search_path",
        "ALTER USER r IN DATABASE d SET Time Zone 'UTC'     | r | d | TimeZone",
        "ALTER ROLE ALL SET \"DateStyle\" FROM CURRENT       |   |   | DateStyle",
        "ALTER ROLE r RESET ALL                             | r |   |",
      })
  void storedSetting_tellsForWhomItIs(
      String sql, @Nullable String role, @Nullable String database, @Nullable String setting) {
    assertThat(read(sql))
        .isEqualTo(
            new StoredSetting(
                Optional.ofNullable(role),
                Optional.ofNullable(database),
                Optional.ofNullable(setting)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER DATABASE d SET TABLESPACE t",
        "ALTER DATABASE d CONNECTION LIMIT 5",
        "ALTER ROLE r NOLOGIN",
        "ALTER ROLE r RENAME TO s",
      })
  void otherChangeOfARoleOrDatabase_isNoStoredSetting(String sql) {
    assertThat(read(sql)).isInstanceOf(ObjectChange.Settle.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRANT admin TO r",
        "REVOKE ADMIN OPTION FOR admin FROM r",
        "GRANT SELECT ON t TO r GRANTED BY s",
        "GRANT USAGE ON LANGUAGE plpgsql TO r",
      })
  void privilegesOfAnotherForm_areNotTakenForPlain(String sql) {
    assertThat(((Privileges) read(sql)).plain()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM a JOIN app.b USING (id), c WHERE d IN (SELECT x FROM e) | a, app.b, c, e",
        "SELECT extract(year FROM at), a IS DISTINCT FROM b FROM t             | t",
        "WITH a AS (SELECT 1 FROM x), b (i) AS (SELECT 2) SELECT * FROM a, b, y | x, y",
        "SELECT * FROM generate_series(1, 2) g, LATERAL (SELECT * FROM t) s    | t",
        "SELECT * FROM (a LEFT JOIN b ON a.id = b.id) ORDER BY 1, 2            | a, b",
        "SELECT a FROM t UNION SELECT b FROM u ORDER BY 1                      | t, u",
        "TABLE t                                                               |",
        "SELECT count(*) FROM ONLY t TABLESAMPLE system (1) WHERE x > (SELECT 1) | t",
      })
  void query_readsTheTablesThatItNames(String sql, String tables) {
    RowChange.Query query = (RowChange.Query) read(sql);

    assertThat(query.reads().stream().map(QualifiedName::text).collect(Collectors.joining(", ")))
        .isEqualTo(tables == null ? "" : tables);
  }

  @Test
  void callsOfAQuery_areNamed() {
    RowChange.Query query =
        (RowChange.Query)
            read(
                "SELECT * FROM monitor_migration_performance(1800, 10) WHERE app.f(a) IN (1)"
                    + " AND count(*) > 1");

    assertThat(query.calls().stream().map(QualifiedName::text).toList())
        .containsExactly("monitor_migration_performance", "app.f");
  }

  @Test
  void rowsChangedInAWith_areSeen() {
    Write write =
        (Write)
            read(
                "WITH gone AS (DELETE FROM a USING z WHERE a.id = z.id RETURNING *), now AS"
                    + " (SELECT 1) INSERT INTO b SELECT * FROM gone, c FOR UPDATE");

    assertThat(write.targets())
        .extracting(target -> target.verb() + " " + target.table().text())
        .containsExactly("DELETE a", "INSERT b");
    assertThat(write.losesData()).isTrue();
    assertThat(write.locksRows()).isTrue();
    assertThat(write.reads()).containsExactly(QualifiedName.of("z"), QualifiedName.of("c"));
    assertThat(write.title()).isEqualTo("insert into b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE",
        "ALTER TABLE t",
        "ALTER TABLE t ADD",
        "ALTER TABLE t ADD COLUMN a int,",
        "CREATE FUNCTION",
        "CREATE POLICY p",
        "GRANT",
        "COMMENT ON",
        "TRUNCATE",
        "COPY",
        "REINDEX",
        "DROP TABLE",
        "LOCK",
        "SET",
        "CREATE TABLE",
        "UPDATE",
        "INSERT INTO",
        "ALTER TYPE",
        "REFRESH MATERIALIZED VIEW",
      })
  void brokenStatement_isLeftToTheServer(String sql) {
    assertThat(read(sql).title()).isNotBlank();
  }

  @Test
  void aHundredThousandStatements_areReadInOnePass() {
    StringBuilder script = new StringBuilder();
    for (int n = 0; n < 50_000; n++) {
      script
          .append("INSERT INTO t (a, b) SELECT x, 'y' FROM u WHERE x IN (1, 2);\n")
          .append("ALTER TABLE t")
          .append(n)
          .append(" ADD COLUMN a numeric(10, 2) NOT NULL DEFAULT 1, ALTER b SET NOT NULL;\n");
    }
    String text = script.toString();
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    // Of this thread alone: other tests run beside it.
    long began = clock.getCurrentThreadCpuTime();

    List<Unit> units = Unit.read(text);

    assertThat(units).hasSize(1);
    assertThat(units.get(0).statements()).hasSize(100_000);
    assertThat(Duration.ofNanos(clock.getCurrentThreadCpuTime() - began))
        .isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void oneLongStatement_isReadInOnePass() {
    String sql =
        "SELECT "
            + "(".repeat(10_000)
            + "1"
            + ")".repeat(10_000)
            + ", "
            + "a, ".repeat(100_000)
            + "b FROM t";

    assertThat(((RowChange.Query) read(sql)).reads()).containsExactly(QualifiedName.of("t"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET search_path = app; VACUUM t",
        "CREATE INDEX CONCURRENTLY i ON t (a); RESET work_mem; SELECT 1",
      })
  void settingOfTheSession_doesNotReachALaterUnit(String sql) {
    assertThatThrownBy(() -> Unit.read(sql))
        .isInstanceOfSatisfying(
            SqlSyntaxException.class, e -> assertThat(e.code()).isEqualTo("session-setting"));
  }

  @Test
  void settingOfATransaction_mayStandBeforeALaterUnit() {
    assertThat(Unit.read("SET LOCAL lock_timeout = '1s'; SELECT 1; VACUUM t")).hasSize(2);
    assertThat(Unit.read("SET lock_timeout = '1s'; SELECT 1")).hasSize(1);
  }
}
