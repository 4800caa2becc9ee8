package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldToBaselineTest {
  private static final List<Double> BEFORE = seconds(0.004, 10);
  private static final Bundle PAIR =
      Changes.of(
          """
          change: an-index
          why: An index
          probes:
            slow: SELECT 1
            quick: SELECT 2
            overhead: { of: slow, minus: quick, expect: p50 < baseline + 10ms }
          through: [dev]
          """,
          "sql/10_index.sql",
          "CREATE INDEX CONCURRENTLY idx_s ON pace (s);");

  private static List<Double> seconds(double each, int runs) {
    return Collections.nCopies(runs, each);
  }

  /** One go of runs after the change; before it each took 4 ms. */
  private static AgainstBaseline after(double seconds) {
    ProbeFigure figure =
        new ProbeFigure("q", BEFORE.size(), 0.004, 0.004, 1, Optional.empty(), List.of());
    return new AgainstBaseline(
        new ProbeBaseline(Optional.of(figure), Map.of(), Map.of(), 0, true, BEFORE, List.of()),
        List.of(Limit.parse("p50 <= baseline + 20%")),
        new Measured(seconds(seconds, 10), 1, Optional.empty(), "", List.of(), 0, Optional.empty()),
        List.of());
  }

  private static AgainstBaseline again(AgainstBaseline one, int rounds) {
    return one.with(Collections.nCopies(rounds, seconds(0.004, 5)));
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "2, true", "3, false", "6, false"})
  void whatWasWorse_needsThreeRoundsBeforeItIsLetPass(int rounds, boolean tooSeldom) {
    assertThat(again(after(0.04), rounds).isSeenTooSeldom()).isEqualTo(tooSeldom);
  }

  /** It may be part of a pair that was. */
  @Test
  void whatWasNotWorse_needsNoRounds() {
    assertThat(after(0.004).isSeenTooSeldom()).isFalse();
    assertThat(again(after(0.004), 1).isSeenTooSeldom()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1, 3, true", "3, 0, true", "3, 3, false"})
  void pair_countsTheRoundsOfTheOneThatHasFewer(int of, int by, boolean tooSeldom) {
    Probe overhead =
        PAIR.change().probes("dev").stream().filter(Probe::isDerived).findFirst().orElseThrow();
    AgainstBaseline slow = after(0.04);
    AgainstBaseline quick = after(0.002);
    PairAgainstBaseline pair =
        new PairAgainstBaseline(overhead, again(slow, of), again(quick, by), 0);

    assertThat(pair.atFirst().isWorse()).isTrue();
    assertThat(pair.isSeenTooSeldom()).isEqualTo(tooSeldom);
  }
}
