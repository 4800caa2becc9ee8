package io.lockkeeper.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.promotion.PromotionFold;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.signoff.SignedStatement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTextTest {
  private static Report asked(String reason) {
    Event.Requested requested =
        new Event.Requested(
            "nine-indexes",
            "abc",
            "faster",
            reason,
            "mallory",
            List.of(),
            Overrides.NONE,
            new SignedStatement("", "", ""),
            List.of());
    Entry entry = new Entry("api", 1, Promotions.START, requested);
    return ReportBuilder.build(
        Promotions.ID,
        PromotionFold.start(requested, Promotions.START),
        List.of(Chained.next(Promotions.ID, 1, Promotions.START, entry, Chained.START)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\u000b", "\f", "\u001b"})
  void reasonWithEndsOfLines_staysOnItsLine(String end) {
    String forged = "why" + end + end + "## Sign-off" + end + end + "| dba | ana |";

    String text = ReportText.markdown(asked(forged));

    String honest = ReportText.markdown(asked("why"));
    assertThat(text.lines().count()).isEqualTo(honest.lines().count());
    assertThat(text.lines())
        .filteredOn(line -> line.contains("## Sign-off"))
        // Its line at the head, what the promotion says of itself, and the time line.
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).containsPattern("^(- asked for by|\\*\\*asked|\\| )"))
        .allSatisfy(line -> assertThat(line).doesNotContain(end));
  }

  @Test
  void whatIsWrittenInManyLines_isTheCallersOwnLines() {
    String text = new Markdown().line("a").line().row("b\r\nc", "d|e").toString();

    assertThat(text).isEqualTo("a\n\n| b  c | d\\|e |\n");
  }

  @Test
  void becauseOfARollback_staysOnItsLine() {
    Flown flown = new Flown();
    flown.status = Status.ROLLED_BACK;
    flown.later.add(
        new Event.RollbackStarted("production", "A", "slow\r\r## Checks\r\rall pass", List.of()));

    assertThat(ReportText.markdown(flown.report(KeptSeries.NONE)))
        .contains("- why: slow  ## Checks  all pass\n")
        .doesNotContain("\r");
  }
}
