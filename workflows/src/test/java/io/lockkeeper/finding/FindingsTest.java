package io.lockkeeper.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.finding.Finding.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private final Findings findings = new Findings();

  @Test
  void severalMistakes_areToldInTheOrderOfTheFileEachOnce() {
    findings.error("b", "change.yaml", 3, 1, "second");
    findings.error("a", "change.yaml", 2, 9, "first");
    findings.error("a", "change.yaml", 2, 9, "first");
    findings.warning("c", "a.sql", 7, 1, "another file");

    List<Finding> all = findings.all();

    assertThat(all)
        .containsExactly(
            new Finding("c", Severity.WARNING, "a.sql", 7, 1, "another file"),
            new Finding("a", Severity.ERROR, "change.yaml", 2, 9, "first"),
            new Finding("b", Severity.ERROR, "change.yaml", 3, 1, "second"));
  }

  @Test
  void warningAlone_refusesNothing() {
    findings.warning("c", "a.sql", 7, 1, "worth knowing");

    findings.refuseErrors();

    assertThat(findings.hasErrors()).isFalse();
  }

  @Test
  void error_refusesWithEveryFindingALine() {
    findings.warning("c", "a.sql", 7, 1, "worth knowing");
    findings.error("b", "change.yaml", 3, 1, "wrong");

    assertThatThrownBy(findings::refuseErrors)
        .isInstanceOfSatisfying(
            FindingsException.class, e -> assertThat(e.findings()).isEqualTo(findings.all()))
        .hasMessage("a.sql:7:1: warning c: worth knowing\nchange.yaml:3:1: error b: wrong");
  }
}
