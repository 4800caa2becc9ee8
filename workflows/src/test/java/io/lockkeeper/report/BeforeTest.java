package io.lockkeeper.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.chart.Chart.Band;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Comparison;
import io.lockkeeper.step.Evidence.DerivedFigure;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BeforeTest {
  private final List<Chained> chain = new ArrayList<>();

  private Before before() {
    return Before.of(chain, stage -> true);
  }

  private void ended(StepKind kind, Evidence evidence) {
    Event event =
        new Event.StepEnded(
            "staging", "step", kind, 1, Verdict.PASS, "", Optional.of(evidence), List.of());
    Entry entry = new Entry("promotion", chain.size() + 1, Promotions.START, event);
    chain.add(
        Chained.next(Promotions.ID, chain.size() + 1, Promotions.START, entry, Chained.START));
  }

  private void measured(List<DerivedFigure> derived) {
    ProbeFigure rounds =
        new ProbeFigure("dishes", 50, 0.012, 0.015, 7, Optional.of("plan"), List.of());
    ended(
        StepKind.BASELINE,
        new Evidence.Figures(List.of(rounds), Map.of(), "00", 1, List.of(), derived));
  }

  /** Compared with the runs in one go, which were faster than the rounds. */
  private void compared(String probe, double p50, double p95, boolean ratio) {
    ended(
        StepKind.COMPARE,
        new Evidence.Comparisons(
            List.of(
                new Comparison(
                    probe,
                    true,
                    Optional.of(p50),
                    p50,
                    Optional.of(p95),
                    p95,
                    Optional.of(7L),
                    7,
                    0,
                    ratio,
                    List.of(),
                    Verdict.PASS,
                    "",
                    Optional.empty(),
                    Optional.empty())),
            0,
            0));
  }

  @Test
  void limitsOfAProbe_areOfTheBaselinesRounds_notOfTheRunsInOneGo() {
    measured(List.of());
    compared("dishes", 0.010, 0.011, false);

    assertThat(before().value("probe.dishes.p50")).hasValue(0.012);
    assertThat(before().value("probe.dishes.p95")).hasValue(0.015);
    assertThat(before().band("probe.dishes.p95"))
        .contains(new Band(0.012, 0.015, "before the change: p50 12 ms, p95 15 ms"));
  }

  @Test
  void limitsOfWhatComesOutOfTwoProbes_areOfTheBaselinesRoundsToo() {
    measured(List.of(new DerivedFigure("share", 0.5, 0.6, true)));
    compared("share", 0.4, 0.45, true);

    assertThat(before().value("probe.share.p95")).hasValue(0.6);
    assertThat(before().band("probe.share.p50"))
        .contains(new Band(0.5, 0.6, "before the change: p50 50 %, p95 60 %"));
  }

  @Test
  void whatTheBaselineOfAnEarlierVersionDoesNotTell_isOfTheComparison() {
    measured(List.of());
    compared("overhead", 0.002, 0.003, false);

    assertThat(before().value("probe.overhead.p95")).hasValue(0.003);
    assertThat(before().band("probe.overhead.p50"))
        .contains(new Band(0.002, 0.003, "before the change: p50 2 ms, p95 3 ms"));
  }
}
