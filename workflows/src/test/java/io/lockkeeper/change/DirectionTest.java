package io.lockkeeper.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectionTest {
  private static final String CHANGE = "change: one-index\nwhy: One index\nthrough: [dev]\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "guard: locks.waiting > 10",
        "guard: [{ limit: replication.lag >= 10s, then: note }]",
        "health: sessions.blocked > 0",
        "precheck: backup.age > 24h",
        "precheck: [{ limit: transactions.oldest > 60s, wait: 1m }]",
        "probes: { a: { sql: SELECT 1, expect: p95 > 100ms } }",
        "rollback_if: deadlocks < 1",
        "rollback_if: [{ if: locks.waiting <= 5 for 30s, then: pause }]",
        "rollback_if: [{ metric: locks.longest_wait, below: 1s }]",
      })
  void limitThatSaysTheOpposite_isRefused(String line) {
    assertThat(Bundles.findings(CHANGE + line + "\n"))
        .singleElement()
        .asString()
        .contains("error wrong-way-round: ")
        .contains("is the wrong way round: here stands what must");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "guard: locks.waiting <= 10",
        "precheck: postgresql < 18",
        "precheck: sessions.total > 0",
        "precheck: database.size > 1GB",
        "probes: { a: { sql: SELECT 1, expect: p95 < 100ms } }",
        "rollback_if: [deadlocks > 0, sessions.total < 1]",
        "rollback_if: deadlocks > 0",
      })
  void limitThatMayBeMeant_isTaken(String line) {
    assertThat(Bundles.findings(CHANGE + line + "\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "probes:\n  a: SELECT 1   # three blanks\n",
        "probes:\n  a: \"SELECT 1 # in quotes\"\n",
        "probes:\n  a: >-\n    SELECT 1\n    FROM t # no comment in a block\n    WHERE a\n",
        "probes: { a: SELECT 1 } # behind the braces\n",
        "probes: { a: \"SELECT 1, 2\", b: SELECT 2 }\n",
      })
  void queryThatYamlLeavesWhole_isTaken(String probes) {
    assertThat(Bundles.findings(CHANGE + probes))
        .noneMatch(finding -> finding.contains("cut-by-yaml"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "probes:\n  a: SELECT b #> '{c}' FROM t\n",
        "probes: { a: SELECT 1, 2 }\n",
        "probes: { a: { sql: SELECT 1, b } }\n",
      })
  void queryThatYamlCuts_isRefused(String probes) {
    assertThat(Bundles.findings(CHANGE + probes))
        .anyMatch(finding -> finding.contains("error cut-by-yaml"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"probes:\n  a: SELECT 1 # one blank\n"})
  void commentThatMayHaveBeenAPart_isAWarning(String probes) {
    assertThat(Bundles.findings(CHANGE + probes))
        .singleElement()
        .asString()
        .startsWith("change.yaml:5:6: warning cut-by-yaml: probes.a: YAML takes \"# one blank\"");
  }
}
