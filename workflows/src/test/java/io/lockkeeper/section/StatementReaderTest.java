package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.Meaning.Maintain;
import io.lockkeeper.section.Meaning.Other;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementReaderTest {

  private static Meaning read(String sql) {
    return StatementReader.read(Script.split(sql).get(0));
  }

  private static QualifiedName name(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new QualifiedName(Optional.empty(), text)
        : new QualifiedName(Optional.of(text.substring(0, dot)), text.substring(dot + 1));
  }

  @Test
  void concurrentBuild_isUnderstoodInFull() {
    Meaning meaning =
        read(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS Idx_A ON ONLY Public.\"Stocks\""
                + " USING btree (Sector, market_cap DESC) INCLUDE (price) WHERE active");

    assertThat(meaning)
        .isEqualTo(
            new CreateIndex(
                name("public.Stocks"),
                "idx_a",
                true,
                true,
                true,
                true,
                "USING btree (Sector, market_cap DESC) INCLUDE (price) WHERE active"));
    assertThat(meaning.transactional()).isFalse();
    assertThat(meaning.title()).isEqualTo("create index idx_a");
    assertThat(meaning.touchedTables()).containsExactly(name("public.Stocks"));
  }

  @Test
  void buildWithALock_runsInATransaction() {
    assertThat(read("create index i on t (a)").transactional()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DROP INDEX CONCURRENTLY IF EXISTS app.i | drop index app.i | false",
        "drop index i, app.j cascade             | drop index i, app.j | true",
      })
  void droppedIndexes_areNamed(String sql, String title, boolean transactional) {
    Meaning meaning = read(sql);

    assertThat(meaning).isInstanceOf(DropIndex.class);
    assertThat(meaning.title()).isEqualTo(title);
    assertThat(meaning.transactional()).isEqualTo(transactional);
    assertThat(meaning.touchedTables()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "VACUUM                              | vacuum                    | true  | false",
        "VACUUM t                            | vacuum t                  | true  | false",
        "VACUUM VERBOSE ANALYZE t, app.u     | vacuum analyze t, app.u   | true  | true",
        "VACUUM (ANALYZE, PARALLEL 2) t      | vacuum analyze t          | true  | true",
        "VACUUM (VERBOSE) t (a, b), u        | vacuum t, u               | true  | false",
        "ANALYZE                             | analyze                   | false | true",
        "ANALYSE VERBOSE t (a, b), u         | analyze t, u              | false | true",
        "ANALYZE (SKIP_LOCKED) app.t         | analyze app.t             | false | true",
      })
  void maintenance_isUnderstood(String sql, String title, boolean vacuums, boolean analyzes) {
    Maintain meaning = (Maintain) read(sql);

    assertThat(meaning.title()).isEqualTo(title);
    assertThat(meaning.vacuums()).isEqualTo(vacuums);
    assertThat(meaning.analyzes()).isEqualTo(analyzes);
    assertThat(meaning.transactional()).isEqualTo(!vacuums);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN",
        "START TRANSACTION",
        "commit",
        "END",
        "Rollback",
        "ABORT",
        "SAVEPOINT a",
        "RELEASE SAVEPOINT a",
        "ROLLBACK TO a"
      })
  void transactionControl_isRefused(String sql) {
    String word = sql.split(" ")[0].toUpperCase(Locale.ROOT);
    assertRefused(
        sql,
        "transaction-control",
        word + " does not stand in a section: its statements commit together by themselves");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER SYSTEM SET work_mem = '1GB'",
        "CREATE DATABASE d",
        "DROP DATABASE d",
        "CREATE TABLESPACE s LOCATION '/x'",
        "DROP TABLESPACE s",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "DROP SUBSCRIPTION s",
      })
  void statementAboutTheWholeServer_isRefused(String sql) {
    String[] words = sql.split(" ");
    assertRefused(
        sql,
        sql.startsWith("ALTER SYSTEM")
            ? "alter-system"
            : sql.equals("DROP DATABASE d") ? "drop-database" : "not-in-a-section",
        words[0]
            + " "
            + words[1]
            + " acts on the whole server, cannot run in a transaction, and its end cannot be told"
            + " after a crash: do it by hand before the promotion");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CALL p() | CALL may commit in the middle, and then a crash leaves a half: write a function"
            + " and SELECT it, or the statements themselves",
        "PREPARE TRANSACTION 'x' | PREPARE TRANSACTION leaves a transaction open that holds its"
            + " locks for as long as nobody ends it: leave it out, a section's statements commit"
            + " together by themselves",
        "DISCARD ALL | DISCARD ends the lock that keeps others off the target: leave it out",
        "CLUSTER | CLUSTER without a table writes every clustered table anew: name the table",
      })
  void statementThatWouldBreakTheUnit_isRefused(String sql, String message) {
    assertRefused(sql, "not-in-a-section", message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "VACUUM FULL t",
        "vacuum full",
        "VACUUM (FULL) t",
        "VACUUM (ANALYZE, FULL true) t"
      })
  void vacuumFull_isRefused(String sql) {
    assertRefused(
        sql, "vacuum-full", "VACUUM FULL rewrites the table and locks everybody out: use VACUUM");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX ON t (a) | index-without-name | an index without a name cannot be found"
            + " again: write CREATE INDEX NAME ON …",
        "CREATE INDEX CONCURRENTLY ON t (a) | index-without-name | an index without a name cannot"
            + " be found again: write CREATE INDEX NAME ON …",
        "DROP INDEX CONCURRENTLY i, j | drop-one-by-one | DROP INDEX CONCURRENTLY takes one index and"
            + " the server refuses more: write a statement for each",
        "DROP INDEX CONCURRENTLY i CASCADE | drop-cascade | DROP INDEX CONCURRENTLY has no CASCADE"
            + " and the server refuses it: drop what depends on the index first",
        "CREATE INDEX i t (a)     | sql-syntax | expected ON, found \"t\"",
        "CREATE INDEX 'i' ON t (a) | sql-syntax | expected a name, found \"'i'\"",
        "CREATE INDEX i ON t a    | sql-syntax | expected ( before \"a\"",
        "CREATE INDEX i ON t      | sql-syntax | the statement ends too early",
        "CREATE INDEX i           | sql-syntax | the statement ends too early",
        "CREATE INDEX i ON t (a) NULLS FIRST | sql-syntax | expected DISTINCT, found \"FIRST\"",
        "VACUUM (ANALYZE          | unterminated | a parenthesis of this statement is not closed",
      })
  void brokenStatement_isRefusedWithTheReason(String sql, String code, String message) {
    assertRefused(sql, code, message);
  }

  private static void assertRefused(String sql, String code, String message) {
    assertThatThrownBy(() -> read(sql))
        .isInstanceOfSatisfying(SqlSyntaxException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }

  @Test
  void keywordInAStringOrAQuotedName_isNone() {
    assertThat(read("SELECT 'vacuum full'").title()).isEqualTo("select");
    assertThat(read("\"begin\" x")).isInstanceOf(Other.class);
    assertThat(read("ALTER TABLE t RENAME TO \"concurrently\"").transactional()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX i ON public.t USING btree (a) WHERE (b > 5) | USING btree (a) WHERE (b > 5)",
        "CREATE INDEX \"a USING b\" ON ONLY t (a) | (a)",
        "CREATE UNIQUE INDEX i ON t/* of */ (a, /* b */ b) | (a, /* b */ b)",
      })
  void definition_isKeptAsItStandsAfterTheTable(String definition, String rest) {
    assertThat(StatementReader.readDefinition(definition).rest()).isEqualTo(rest);
  }

  @Test
  void definitionThatIsNoIndex_isRefused() {
    assertThatThrownBy(() -> StatementReader.readDefinition("SELECT 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not an index definition: SELECT 1");
  }
}
