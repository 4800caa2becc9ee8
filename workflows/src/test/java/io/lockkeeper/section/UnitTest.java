package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.section.Unit.Part;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {

  @Test
  void neighboursThatMayShareATransaction_do() {
    List<Unit> units =
        Unit.read(
            """
            ALTER TABLE t ADD COLUMN a int;
            CREATE INDEX i ON t (a);
            CREATE INDEX CONCURRENTLY j ON t (b);
            CREATE INDEX CONCURRENTLY k ON t (c);
            ANALYZE t;
            UPDATE t SET a = 1;
            VACUUM t;
            """);

    assertThat(units)
        .extracting(Unit::number, Unit::transactional, Unit::title)
        .containsExactly(
            tuple(1, true, "alter table t and 1 more"),
            tuple(2, false, "create index j"),
            tuple(3, false, "create index k"),
            tuple(4, true, "analyze t and 1 more"),
            tuple(5, false, "vacuum t"));
  }

  @Test
  void emptyText_holdsNoUnit() {
    assertThat(Unit.read("-- nothing\n;")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "VACUUM t, true",
    "ANALYZE t; ANALYZE u, true",
    "ANALYZE t; UPDATE u SET a = 1, false",
    "CREATE INDEX i ON t (a), false",
  })
  void unitThatOnlyMaintains_hasNothingToTakeBack(String text, boolean maintains) {
    assertThat(Unit.read(text).get(0).maintainsOnly()).isEqualTo(maintains);
  }

  @Test
  void digest_isOverTheStatementsAlone() {
    String digest = Unit.read("ANALYZE t; ANALYZE u").get(0).digest();

    assertThat(Unit.read("-- why\nANALYZE t;\n\nANALYZE u;").get(0).digest()).isEqualTo(digest);
    assertThat(Unit.read("ANALYZE u; ANALYZE t").get(0).digest()).isNotEqualTo(digest);
  }

  @Test
  void twoStatementsOutsideATransaction_areNoUnit() {
    List<Part> parts = Unit.read("ANALYZE t; ANALYZE u").get(0).statements();

    assertThatThrownBy(() -> new Unit(1, false, parts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a unit outside a transaction is one statement");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX i ON app.t (a)          | DROP INDEX CONCURRENTLY \"app\".\"i\"",
        "CREATE INDEX CONCURRENTLY i ON t (a) | DROP INDEX CONCURRENTLY \"i\"",
        "CREATE INDEX \"a\"\"b\" ON t (a)     | DROP INDEX CONCURRENTLY \"a\"\"b\"",
      })
  void index_isTakenBackByDroppingIt(String sql, String inverse) {
    Meaning meaning = Unit.read(sql).get(0).statements().get(0).meaning();

    assertThat(Inverse.wayBack(meaning)).isEqualTo(new WayBack.Derived(List.of(inverse)));
  }

  @ParameterizedTest
  @CsvSource({"VACUUM t, true", "ANALYZE t, true", "DROP TABLE t, false", "DELETE FROM t, false"})
  void otherStatement_hasNoInverseUnlessItOnlyMaintains(String sql, boolean nothingToTakeBack) {
    Meaning meaning = Unit.read(sql).get(0).statements().get(0).meaning();

    assertThat(Inverse.wayBack(meaning) instanceof WayBack.Nothing).isEqualTo(nothingToTakeBack);
    assertThat(Inverse.mustBeGiven(meaning)).isEqualTo(!nothingToTakeBack);
  }
}
