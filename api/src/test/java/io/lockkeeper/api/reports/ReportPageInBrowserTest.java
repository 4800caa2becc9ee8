package io.lockkeeper.api.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.chart.Chart;
import io.lockkeeper.chart.Chart.Band;
import io.lockkeeper.chart.Chart.Line;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.report.Charts;
import io.lockkeeper.series.Series;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a browser tells: that nothing of the page is cut off, on a screen and on paper. */
class ReportPageInBrowserTest {
  /** Of A4 between its margins, at 96 pixels an inch. */
  private static final int PAPER = 702;

  private static final String NAME =
      "check.a_name_of_the_change_that_somebody_made_very_long.failed";
  private static final Instant BEGAN = Instant.parse("2026-11-20T08:00:00Z");

  /** Names of what sticks out; of a picture every text must lie within it. */
  private static final String STICKS_OUT =
      """
      const out = [];
      for (const table of document.querySelectorAll('table')) {
        const cells = [...table.querySelectorAll('td, th')];
        const right = Math.max(...cells.map(cell => cell.getBoundingClientRect().right));
        const wide = cells.some(cell => cell.scrollWidth > cell.clientWidth + 1);
        if (right > document.documentElement.clientWidth || wide) {
          out.push('table ' + Math.round(right));
        }
      }
      for (const text of document.querySelectorAll('svg text')) {
        const box = text.getBoundingClientRect();
        const picture = text.ownerSVGElement.getBoundingClientRect();
        if (box.right > picture.right || box.left < picture.left) {
          out.push(text.textContent);
        }
      }
      return out.length ? out.join('; ') : 'nothing';
      """;

  /** As if the screen were the paper. */
  private static final String ON_PAPER =
      """
      for (const rule of [...document.styleSheets[0].cssRules]) {
        if (rule.media && rule.media.mediaText === 'print') { rule.media.mediaText = 'all'; }
      }
      """;

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void browser() {
    Browser.require();
  }

  private static Charts.Named chart() {
    Series.Collector series = new Series.Collector();
    for (int i = 0; i < 100; i++) {
      series.add(BEGAN.plusSeconds(10L * i).toEpochMilli(), i % 7 * 123_456_789.0);
    }
    Chart chart =
        new Chart(
            NAME + " in production-watch-24h of the environment with the long name, so far",
            Dimension.BYTES,
            BEGAN,
            BEGAN.plusSeconds(1_000),
            series.series(),
            List.of(
                new Line(List.of(700_000_000.0), NAME + " > baseline + 20% for 60s, which is long"),
                new Line(List.of(650_000_000.0), "within 90%..110% of baseline")),
            Optional.of(new Band(1e8, 2e8, "before the change: p50 100 MB, p95 200 MB")),
            List.of(new Stretch(BEGAN.plusSeconds(200), BEGAN.plusSeconds(300), true)));
    return new Charts.Named("watch", NAME, "watch.svg", chart);
  }

  private static String page() {
    return ReportPage.html(
        "x-1",
        """
        # x-1: SOAKING

        | trigger | metric | state | worst | when | what it did | what was found |
        | --- | --- | --- | --- | --- | --- | --- |
        | NAME > 0 for 1m30s (decision criteria: nobody may see an error) | NAME | INCONCLUSIVE | \
        1.45 GB | 2026-11-20T08:00:00Z | ran the undos of the steps | NAME 423 ms, limit > 130 ms \
        (baseline 108 ms) |

        | statement | time an hour | time a call | calls an hour | rows a call | blocks read a call |
        | --- | --- | --- | --- | --- | --- |
        | `SELECT a_rather_long_column_name, another_rather_long_column_name FROM \
        a_schema.a_rather_long_table_name WHERE sector = $1` | 2 s → 6.67 min | 2 ms → 200 ms | \
        1,000,000 → 2,000,000 | 1 → 1 | 0.001 → 100 |

        ![m](attachments/watch.svg)
        """
            .replace("NAME", NAME),
        List.of(chart()));
  }

  private String shown(String page, String before, int width) {
    return Browser.title(folder, page, before + STICKS_OUT, width);
  }

  @Test
  void nothingIsCutOff_onAScreen() {
    assertThat(shown(page(), "", 1_200)).isEqualTo("nothing");
  }

  @Test
  void nothingIsCutOff_onPaper() {
    assertThat(shown(page(), ON_PAPER, PAPER)).isEqualTo("nothing");
  }

  @Test
  void whatSticksOut_isSeenByThisTest() {
    String wide =
        page().replace("</style>", "td { white-space: nowrap; } text { font-size: 40px; }</style>");

    assertThat(shown(wide, ON_PAPER, PAPER)).contains("table ", "before the change: p50");
  }
}
