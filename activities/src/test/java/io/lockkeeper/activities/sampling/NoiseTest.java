package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.limit.Baselines;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerFold;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A trigger against the baseline, on runs that scatter as those of real queries do. */
class NoiseTest {
  private static final int SOAKS = 50;
  private static final Duration LASTS = Duration.ofHours(1);
  private static final Duration ROUND = Duration.ofSeconds(60);
  private static final Duration JUDGED = Duration.ofMinutes(5);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Times of a query: most near 10 ms, some far above, as a lognormal has them. */
  private static double run(Random chance, double slower, double scatter) {
    return 0.01 * slower * Math.exp(scatter * chance.nextGaussian());
  }

  private static List<Double> runs(Random chance, int number, double slower, double scatter) {
    List<Double> runs = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      runs.add(run(chance, slower, scatter));
    }
    return runs;
  }

  private static boolean breached(
      Random chance, String limit, double slower, double scatter, boolean byRanks) {
    List<Double> before = runs(chance, 30, 1, scatter);
    Map<String, Double> figures =
        Map.of("probe.q.p50", Timings.p50(before), "probe.q.p95", Timings.p95(before));
    Baselines baselines =
        new Baselines(figures, Map.of("probe.q.p50", 0.001, "probe.q.p95", 0.001), Set.of());
    TriggerFold fold =
        new TriggerFold(List.of(Soaks.trigger(limit, Then.ROLLBACK)), baselines, START);
    Recent recent = new Recent(JUDGED);
    List<TriggerState> states = List.of();
    for (Instant at = START; at.isBefore(START.plus(LASTS)); at = at.plus(ROUND)) {
      for (double run : runs(chance, 5, slower, scatter)) {
        recent.add(at, run);
      }
      recent.forget(at);
      Compared compared = Compared.of(byRanks ? before : List.of(), recent, LASTS, JUDGED);
      Map<String, Reading> readings =
          Map.of("probe.q.p50", compared.p50(), "probe.q.p95", compared.p95());
      states = fold.next(states, at, readings);
      if (states.stream().anyMatch(state -> state.phase() == Phase.BREACH)) {
        return true;
      }
    }
    return false;
  }

  private static int breaches(String limit, double slower, double scatter, boolean byRanks) {
    Random chance = new Random(7);
    int breaches = 0;
    for (int soak = 0; soak < SOAKS; soak++) {
      breaches += breached(chance, limit, slower, scatter, byRanks) ? 1 : 0;
    }
    return breaches;
  }

  @ParameterizedTest
  @CsvSource({"p95, 0.2", "p95, 0.5", "p50, 0.2", "p50, 0.5"})
  void unchangedQuery_isNotTakenBackByItsNoise(String figure, double scatter) {
    assertThat(breaches(limit(figure), 1, scatter, true)).isLessThanOrEqualTo(1);
  }

  @Test
  void withoutTheTest_theSameNoiseTakesChangesBack() {
    assertThat(breaches(limit("p95"), 1, 0.5, false)).isGreaterThan(20);
  }

  @ParameterizedTest
  @CsvSource({"p95, 0.2", "p50, 0.2"})
  void queryThatIsAThirdSlower_isCaught(String figure, double scatter) {
    assertThat(breaches(limit(figure), 1.35, scatter, true)).isGreaterThanOrEqualTo(49);
  }

  private static String limit(String figure) {
    return "probe.q." + figure + " > baseline + 20% for 60s";
  }
}
