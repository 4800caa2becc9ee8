package io.lockkeeper.deploy.findings;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.finding.Finding;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MendedTest {
  private static final String CHANGE =
      "change: to-mend\nwhy: a case\nrisk: high\nrollback: { forward_only: a case }\n"
          + "through: [dev]\n";

  private static SortedMap<String, byte[]> bundle(String... namesAndTexts) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    files.put("change.yaml", CHANGE.getBytes(UTF_8));
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      files.put(namesAndTexts[i], namesAndTexts[i + 1].getBytes(UTF_8));
    }
    return files;
  }

  private static String mended(String sql) {
    Mended mended = Mended.of(bundle("sql/10_a.sql", sql));
    assertThat(mended.refused()).isEmpty();
    byte[] content = mended.files().get("sql/10_a.sql");
    return content == null ? sql : new String(content, UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE INDEX i ON t (a); | CREATE INDEX CONCURRENTLY i ON t (a);",
        "create unique index if not exists i on t (a); | create unique index CONCURRENTLY i on t"
            + " (a);",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a); | CREATE INDEX CONCURRENTLY i ON t"
            + " (a);",
        "DROP INDEX app.i; | DROP INDEX CONCURRENTLY app.i;",
        "REINDEX INDEX i; | REINDEX INDEX CONCURRENTLY i;",
        "REINDEX (VERBOSE) TABLE t; | REINDEX (VERBOSE) TABLE CONCURRENTLY t;",
        "SET work_mem = '1GB'; | SET LOCAL work_mem = '1GB';",
        "DROP INDEX i, j; | DROP INDEX i, j;",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0); | ALTER TABLE t ADD CONSTRAINT c CHECK (a >"
            + " 0);",
      })
  void whatIsMechanical_isMendedAndNothingElse(String bad, String good) {
    assertThat(mended(bad)).isEqualTo(good);
    assertThat(mended(mended(bad))).isEqualTo(good);
  }

  @Test
  void everyOtherByte_stays() {
    String sql =
        "\uFEFF-- CREATE INDEX \u00e9\u00e9n ON t (a)\r\nCREATE /* INDEX */ INDEX -- why\r\n\t i ON"
            + " \"t\u00fc\" (a)  ;\r\n\r\n/* DROP INDEX i */ SELECT 'DROP INDEX i'";

    assertThat(mended(sql)).isEqualTo(sql.replace("INDEX -- why", "INDEX CONCURRENTLY -- why"));
  }

  @Test
  void difference_isPrintedLineByLine() {
    Mended mended =
        Mended.of(
            bundle(
                "sql/10_a.sql",
                "-- one\nCREATE INDEX i\n  ON t (a);\nANALYZE t;\nCREATE INDEX IF NOT EXISTS j ON"
                    + " t (b); CREATE INDEX k ON t (c);\n"));

    assertThat(mended.diff())
        .containsExactly(
            "--- a/sql/10_a.sql",
            "+++ b/sql/10_a.sql",
            "@@ -2,1 +2,1 @@",
            "-CREATE INDEX i",
            "+CREATE INDEX CONCURRENTLY i",
            "@@ -5,1 +5,1 @@",
            "-CREATE INDEX IF NOT EXISTS j ON t (b); CREATE INDEX k ON t (c);",
            "+CREATE INDEX CONCURRENTLY j ON t (b); CREATE INDEX CONCURRENTLY k ON t (c);");
    assertThat(mended.left()).isEmpty();
  }

  @Test
  void whatItsAuthorAccepts_isLeftAlone() {
    String sql = "-- accept plain-index-build: forty rows\nCREATE INDEX i ON t (a);";

    assertThat(mended(sql)).isEqualTo(sql);
  }

  @Test
  void bundleThatCannotBeRead_isNotTouched() {
    String bad = "CREATE INDEX i ON t (a);";
    SortedMap<String, byte[]> brokenYaml = bundle("sql/10_a.sql", bad);
    brokenYaml.put("change.yaml", "change: [".getBytes(UTF_8));
    SortedMap<String, byte[]> brokenSql = bundle("sql/10_a.sql", bad, "sql/20_b.sql", "SELECT 'a");
    SortedMap<String, byte[]> notUtf8 = bundle("sql/10_a.sql", bad);
    notUtf8.put("sql/20_b.sql", "SELECT '\u00e9'".getBytes(ISO_8859_1));

    for (SortedMap<String, byte[]> bundle : List.of(brokenYaml, brokenSql, notUtf8)) {
      Mended mended = Mended.of(bundle);

      assertThat(mended.files()).isEmpty();
      assertThat(mended.diff()).isEmpty();
      assertThat(mended.refused()).contains("the bundle cannot be read: mend its errors first");
    }
  }

  @Test
  void mendingThatWouldMakeAnError_isNotDone() {
    Mended mended =
        Mended.of(
            bundle(
                "sql/10_a.sql",
                "ALTER TABLE t ADD COLUMN a int;\nCREATE INDEX i ON t (a);",
                "sql/10_a.down.sql",
                "ALTER TABLE t DROP COLUMN a;"));

    assertThat(mended.files()).isEmpty();
    assertThat(mended.refused())
        .contains(
            "mended by itself the bundle would be refused for way-back-half-way in"
                + " sql/10_a.down.sql: mend it by hand");
    assertThat(mended.left()).extracting(Finding::code).contains("plain-index-build");
  }
}
