package io.lockkeeper.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.json.Json;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.step.Evidence;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTextTest {
  private final Flown flown = new Flown();

  private String row() {
    return ReportText.markdown(flown.report(KeptSeries.NONE))
        .lines()
        .filter(line -> line.startsWith("| by_sector |"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void blocksOfOneRun_standBesideThoseBefore() {
    assertThat(row())
        .isEqualTo(
            "| by_sector | 10.00 ms | 1.00 ms | 90.0 % | idx_stocks_sector | 12,345 → 4 | PASS |");
    assertThat(ReportText.markdown(flown.report(KeptSeries.NONE)))
        .contains("Blocks are those that one run touched, before and after; they decide nothing.");
  }

  @Test
  void blocksThatCouldNotBeTold_areNotZero() {
    flown.blocksBefore = Optional.empty();
    assertThat(row()).contains(" | ? → 4 | ");
  }

  @Test
  void requests_haveNoBlocks() {
    flown.blocksBefore = Optional.empty();
    flown.blocksAfter = Optional.empty();
    assertThat(row()).contains("| idx_stocks_sector |  | PASS |");
  }

  @Test
  void comparisonOfAnEarlierVersion_hasNone() {
    String earlier =
        """
        {"kind": "comparisons", "average_improvement": 0.5, "total_improvement": 0.5, "probes": [
          {"probe": "q", "core": true, "before_p50": 0.2, "after_p50": 0.1, "before_p95": 0.2,
           "after_p95": 0.1, "before_rows": 1, "after_rows": 1, "improvement": 0.5,
           "ratio": false, "indexes": [], "verdict": "PASS", "sentence": ""}]}
        """;

    Evidence.Comparisons read = (Evidence.Comparisons) Json.read(earlier, Evidence.class);

    assertThat(read.probes().get(0).beforeBlocks()).isEmpty();
    assertThat(read.probes().get(0).afterBlocks()).isEmpty();
  }
}
