package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedSqlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT * FROM t WHERE name = 'a secret' AND n = 4711|SELECT * FROM t WHERE name = ? AND n = ?",
        "SELECT E'it\\'s', U&'x', $$body$$, $1, 1.5e3|SELECT ?, ?, ?, $1, ?",
        "SELECT \"My Column\" /* 'secret' */ FROM t -- secret|SELECT \"My Column\" FROM t",
        "INSERT INTO t VALUES (1,'x')|INSERT INTO t VALUES (?,?)",
        "SELECT 1 WHERE x = 'cut in the mid|SELECT ? WHERE x =",
        "SELECT 'a' 'b'|SELECT ? ?"
      })
  void literalsAndComments_areLeftOut(String sql, String masked) {
    assertThat(MaskedSql.of(sql, 200)).isEqualTo(masked);
  }

  @Test
  void longStatement_isCut() {
    assertThat(MaskedSql.of("SELECT " + "abc, ".repeat(100), 20)).isEqualTo("SELECT abc, abc, ab…");
  }

  @Test
  void whatTheServerItselfWouldRefuse_isShownUpToThere() {
    assertThat(MaskedSql.of("\\copy t FROM 'x'", 200)).isEmpty();
    assertThat(MaskedSql.of("", 200)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1|true",
        "/* a comment */ ((WITH x AS (SELECT 1) SELECT * FROM x))|true",
        "merge into t USING u ON true WHEN MATCHED THEN DELETE|true",
        "ALTER ROLE app PASSWORD 'secret'|false",
        "CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'x')|false",
        "\"select\" 1|false",
        "<insufficient privilege>|false"
      })
  void whatReadsOrChangesRows_isToldFromCommands(String sql, boolean ofRows) {
    assertThat(MaskedSql.isOfRows(sql)).isEqualTo(ofRows);
  }

  @Test
  void statementsThatDifferInValuesAndBlanksAlone_haveOneShape() {
    String shape = MaskedSql.shape("SELECT * FROM Stocks WHERE sector = 'Technology' AND id=7");

    assertThat(MaskedSql.shape("/* app */ select *\n from stocks where sector = $1 and id = $2"))
        .isEqualTo(shape);
    assertThat(MaskedSql.shape("SELECT * FROM stocks WHERE sector = ? AND id = ?"))
        .isEqualTo(shape);
    assertThat(MaskedSql.shape("SELECT * FROM \"Stocks\" WHERE sector = $1 AND id = $2"))
        .isNotEqualTo(shape);
  }
}
