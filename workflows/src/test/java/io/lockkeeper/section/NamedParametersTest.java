package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedParametersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "SELECT :user                   # SELECT ?                   # user",
        "WHERE a = :a AND b = :b        # WHERE a = ? AND b = ?      # a b",
        "WHERE a = :a OR b = :a         # WHERE a = ? OR b = ?       # a a",
        "SELECT :user::uuid             # SELECT ?::uuid             # user",
        "SELECT (:a), :b-1              # SELECT (?), ?-1            # a b",
        "SELECT a ? 'k' AND b = :b      # SELECT a ?? 'k' AND b = ?  # b",
        "SELECT a ?| :keys              # SELECT a ??| ?             # keys",
        "LIMIT :max_rows -- :not        # LIMIT ? -- :not            # max_rows",
      })
  void nameAfterAColon_isAParameter(String text, String sql, String names) {
    assertThat(NamedParameters.of(text))
        .isEqualTo(new NamedParameters(sql, List.of(names.split(" "))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a::text, b :: int",
        "SELECT ':user', E'\\':user', $$:user$$, \":user\"",
        "SELECT 1 -- :user",
        "SELECT /* :user */ 1",
        "SELECT a[1:2], 'x'::\"char\"",
        "SELECT f(a := 5)",
        "SELECT : user",
        "",
      })
  void otherColons_areLeftAsTheyStand(String text) {
    assertThat(NamedParameters.of(text)).isEqualTo(new NamedParameters(text, List.of()));
  }

  @Test
  void textThatIsNoSql_isRefused() {
    assertThatThrownBy(() -> NamedParameters.of("SELECT 'a"))
        .isInstanceOf(SqlSyntaxException.class)
        .hasMessage("this string does not end: close it");
  }
}
