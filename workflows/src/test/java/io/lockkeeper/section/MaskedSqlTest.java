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
}
