package io.lockkeeper.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.section.Unit;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionUnitsTest {
  private static final String CHANGE = "change: one-index\nwhy: One index\nthrough: [dev]\n";

  private static List<String> titles(List<Unit> units) {
    return units.stream()
        .flatMap(unit -> unit.statements().stream())
        .map(part -> part.meaning().title())
        .toList();
  }

  private static List<String> analyzed(String... sections) {
    String[] files = new String[sections.length * 2];
    for (int i = 0; i < sections.length; i++) {
      files[2 * i] = "sql/" + i + ".sql";
      files[2 * i + 1] = sections[i];
    }
    return titles(SectionUnits.of(Bundles.of(CHANGE, files), "dev", SectionUnits.ANALYZE));
  }

  @Test
  void touchedTables_areAnalyzedOnceInTheOrderTouched() {
    assertThat(
            analyzed(
                "CREATE INDEX i ON b (x); CREATE INDEX j ON app.a (x);",
                "CREATE INDEX CONCURRENTLY k ON b (y); CREATE INDEX l ON \"Odd \"\"name\" (x);"))
        .containsExactly("analyze b", "analyze app.a", "analyze Odd \"name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX i ON a (x); ANALYZE a          | ",
        "CREATE INDEX i ON a (x); VACUUM (ANALYZE) a | ",
        "CREATE INDEX i ON a (x); VACUUM a           | analyze a",
        "CREATE INDEX i ON a (x); ANALYZE b          | analyze a",
        "ANALYZE a; CREATE INDEX i ON a (x)          | analyze a",
        "VACUUM a                                    | ",
        "DELETE FROM a; DROP TABLE a RESTRICT        | ",
        "CREATE INDEX i ON a (x); ALTER TABLE a RENAME TO b | analyze b",
        "CREATE INDEX i ON a (x); ALTER TABLE a SET SCHEMA s | analyze s.a",
        "CREATE TEMP TABLE a (x int); INSERT INTO a VALUES (1) | ",
      })
  void tableThatTheChangeAnalyzesItselfOrRemoves_isLeftOut(String section, String title) {
    Bundle bundle = Bundles.of(CHANGE, "sql/0.sql", section, "sql/0.down.sql", "SELECT 1");

    assertThat(titles(SectionUnits.of(bundle, "dev", SectionUnits.ANALYZE)))
        .isEqualTo(title == null ? List.of() : List.of(title));
  }

  @Test
  void section_hasItsUnitsAndTheScriptThatTakesItBack() {
    Bundle bundle =
        Bundles.of(
            CHANGE,
            "sql/10_a.sql",
            "DELETE FROM a; VACUUM a;",
            "sql/10_a.down.sql",
            "INSERT INTO a SELECT * FROM kept;",
            "sql/20_b.sql",
            "VACUUM b;");

    assertThat(titles(SectionUnits.of(bundle, "dev", "10_a")))
        .containsExactly("delete from a", "vacuum a");
    assertThat(titles(SectionUnits.down(bundle, "dev", "10_a"))).containsExactly("insert into a");
    assertThat(SectionUnits.down(bundle, "dev", "20_b")).isEmpty();
    assertThat(SectionUnits.down(bundle, "dev", SectionUnits.ANALYZE)).isEmpty();
  }

  @Test
  void unknownEnvironmentOrSection_isSaid() {
    Bundle bundle = Bundles.flight();

    assertThatThrownBy(() -> SectionUnits.of(bundle, "qa", "10_stocks"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("no environment qa");
    assertThatThrownBy(() -> SectionUnits.down(bundle, "dev", "30"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("no section 30");
  }
}
