package io.lockkeeper.api.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.chart.Chart;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.promotion.PromotionFold;
import io.lockkeeper.report.Charts;
import io.lockkeeper.report.Report;
import io.lockkeeper.report.ReportBuilder;
import io.lockkeeper.report.ReportText;
import io.lockkeeper.series.Series;
import io.lockkeeper.signoff.SignedStatement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  private static final Charts.Named CHART =
      new Charts.Named(
          "soak",
          "m",
          "soak-m.svg",
          new Chart(
              "m in soak",
              Dimension.COUNT,
              Instant.EPOCH,
              Instant.EPOCH.plusSeconds(60),
              new Series.Collector().add(0, 1).add(30_000, 2).series(),
              List.of(),
              Optional.empty(),
              List.of()));

  @Test
  void chart_standsWhereTheTextLinksToIt_once() {
    String page =
        ReportPage.html(
            "x-1",
            "before\n\n![m](attachments/soak-m.svg)\n\n![again](attachments/soak-m.svg)",
            List.of(CHART));

    assertThat(page).containsOnlyOnce("<svg ").containsOnlyOnce("id=\"c-soak-m-t\"");
    assertThat(page.indexOf("<svg ")).isGreaterThan(page.indexOf("before"));
    assertThat(page).contains("again").doesNotContain("<img", "<script");
  }

  @Test
  void picturesOfOthers_areTheirWords() {
    String page =
        ReportPage.html(
            "x-1", "![seen](https://example.org/pixel.png) <svg onload=x>", List.of(CHART));

    assertThat(page).contains("seen", "&lt;svg onload=x&gt;");
    assertThat(page).doesNotContain("<img", "example.org", "<svg ");
  }

  @Test
  void reasonThatForgesASection_isWordsOfItsLine() {
    Event.Requested requested =
        new Event.Requested(
            "nine-indexes",
            "abc",
            "faster",
            "why\n\n## Sign-off\r\r| role | name |\r| --- | --- |\r| dba | ana |\n\n",
            "mallory",
            List.of(),
            Overrides.NONE,
            new SignedStatement("", "", ""),
            List.of());
    Entry entry = new Entry("api", 1, Instant.EPOCH, requested);
    Report report =
        ReportBuilder.build(
            "x-1",
            PromotionFold.start(requested, Instant.EPOCH),
            List.of(Chained.next("x-1", 1, Instant.EPOCH, entry, Chained.START)));

    String page = ReportPage.html("x-1", ReportText.markdown(report), List.of());

    assertThat(page).contains("## Sign-off").doesNotContain("<h2>Sign-off", "<td>dba</td>");
  }
}
