package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "select * from t where a = 'x; DELETE FROM t';",
        "-- how many\nSELECT count(*) FROM t -- all of them",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "(SELECT 1) UNION (SELECT 2)",
        "VALUES (1), (2)",
        "TABLE t",
        "SELECT update, \"delete\", merge FROM changes",
        "SELECT (update) FROM changes WHERE (delete IS NULL)",
        "SELECT substring(name FOR 3) FROM t",
        "SELECT '(DELETE FROM t)', $$INTO$$ FROM \"into\"",
        "SELECT a[1:2] FROM t WHERE id = :user",
      })
  void queryThatOnlyReads_isAccepted(String sql) {
    assertThatCode(() -> Query.refuseUnlessTimed(sql)).doesNotThrowAnyException();
    assertThatCode(() -> Query.refuseUnlessRead(sql)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHOW server_version", "EXPLAIN SELECT 1"})
  void whatCannotBeExplained_isAcceptedWhereItIsNotTimed(String sql) {
    assertThatCode(() -> Query.refuseUnlessRead(sql)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Query.refuseUnlessTimed(sql))
        .isInstanceOf(SqlSyntaxException.class)
        .hasMessageMatching(
            "\"[A-Z]+\" does not begin a query that only reads: write a SELECT; only a check may be"
                + " a [A-Z]+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 'x | unterminated | 8 | this string does not end: close it",
        "SELECT (1 | unterminated | 8 | a parenthesis of this statement is not closed",
        "/* x */ ; | empty-query | 1 | the query is empty: write a SELECT",
        "SELECT 1; SELECT 2 | several-statements | 11 | a second statement begins here: write one"
            + " query",
        "DELETE FROM t | not-a-query | 1 | \"DELETE\" does not begin a query that only reads: write"
            + " a SELECT",
        "(update t SET a = 1) | not-a-query | 2 | \"update\" does not begin a query that only reads:"
            + " write a SELECT",
        "DO 'x' | not-a-query | 1 | \"DO\" does not begin a query that only reads: write a SELECT",
        "5 | not-a-query | 1 | \"5\" does not begin a query that only reads: write a SELECT",
        "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x | query-changes-data | 12 | DELETE"
            + " changes data, and a query only reads: leave it out",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x | query-changes-data | 22 | INSERT"
            + " changes data, and a query only reads: leave it out",
        "WITH x AS MATERIALIZED (update only app.t AS u set a = 1 RETURNING 1) SELECT 1 |"
            + " query-changes-data | 25 | UPDATE changes data, and a query only reads: leave it"
            + " out",
        "SELECT * INTO copy FROM t | query-changes-data | 10 | SELECT INTO makes a table, and a"
            + " query only reads: remove INTO",
        "SELECT * FROM t FOR UPDATE | query-locks | 17 | the query locks rows, and it runs"
            + " read-only: remove FOR UPDATE",
        "SELECT * FROM t for no key update nowait | query-locks | 17 | the query locks rows, and it"
            + " runs read-only: remove FOR NO KEY UPDATE",
        "SELECT * FROM t FOR KEY SHARE | query-locks | 17 | the query locks rows, and it runs"
            + " read-only: remove FOR KEY SHARE",
      })
  void whatIsNotOneQueryThatOnlyReads_isRefusedAtItsPlace(
      String sql, String code, int column, String message) {
    assertThatThrownBy(() -> Query.refuseUnlessTimed(sql))
        .isInstanceOfSatisfying(
            SqlSyntaxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.column()).isEqualTo(column);
            })
        .hasMessage(message);
  }

  @Test
  void emptyQuery_isRefused() {
    assertThatThrownBy(() -> Query.refuseUnlessRead(""))
        .isInstanceOf(SqlSyntaxException.class)
        .hasMessage("the query is empty: write a SELECT");
  }
}
