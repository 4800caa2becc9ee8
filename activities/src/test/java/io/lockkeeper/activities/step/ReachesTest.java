package io.lockkeeper.activities.step;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.postgres.LookAround.Reach;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.QualifiedName;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachesTest {
  private static Reach reach(String sql) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put(
        "change.yaml",
        "change: one-thing\nwhy: a test\nrisk: low\nrollback: {forward_only: x}\nthrough: [dev]\n"
            .getBytes(UTF_8));
    files.put("sql/10_one.sql", sql.getBytes(UTF_8));
    Findings findings = new Findings();
    Bundle bundle =
        ChangeReader.read(files, findings)
            .orElseThrow(() -> new AssertionError(findings.all().toString()));
    return Reaches.of(bundle, bundle.change().through().get(0)).get(0);
  }

  private static String names(List<QualifiedName> relations) {
    return String.join(" ", relations.stream().map(QualifiedName::text).toList());
  }

  /** A statement, what its time grows with, and what that of its way back does. */
  @ParameterizedTest
  @CsvSource({
    "CREATE INDEX CONCURRENTLY i ON t (a), t, ''",
    "DROP INDEX CONCURRENTLY i, '', i",
    "ALTER TABLE t ADD COLUMN a int, '', ''",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID, '', ''",
    "ALTER TABLE t VALIDATE CONSTRAINT c, t, ''",
    "ALTER TABLE t DROP CONSTRAINT c, '', t",
    "UPDATE t SET a = 1, t, ''",
    "COMMENT ON TABLE t IS 'x', '', ''",
  })
  void timeGrowsWithWhatAStatementReadsOrWritesWhole(String sql, String forward, String back) {
    Reach reach = reach(sql + ";");

    assertThat(names(reach.forward())).isEqualTo(forward);
    assertThat(names(reach.back())).isEqualTo(back);
  }
}
