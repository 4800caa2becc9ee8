package io.lockkeeper.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTotalsTest {
  /** A live figure every ten seconds, a round of probes every minute. */
  private static final StagePlan.Soak PLAN =
      (StagePlan.Soak) Promotions.input(Bundles.flight()).flight().stage("staging-soak");

  private static MetricSamples samples(
      String metric, long due, long taken, Double low, Double high, Double last) {
    return new MetricSamples(
        metric,
        due,
        taken,
        Optional.ofNullable(low),
        Optional.ofNullable(high),
        Optional.ofNullable(last));
  }

  @Test
  void windows_areAddedUpByMetricInTheOrderOfTheFirst() {
    List<MetricSamples> before =
        List.of(samples("b", 10, 9, 1.0, 5.0, 2.0), samples("a", 2, 2, 3.0, 3.0, 3.0));
    List<MetricSamples> more =
        List.of(samples("a", 2, 1, 1.0, 4.0, 4.0), samples("c", 1, 0, null, null, null));

    List<MetricSamples> totals = SampleTotals.plus(before, more);

    assertThat(totals)
        .containsExactly(
            samples("b", 10, 9, 1.0, 5.0, 2.0),
            samples("a", 4, 3, 1.0, 4.0, 4.0),
            samples("c", 1, 0, null, null, null));
  }

  @Test
  void windowWithoutAFigure_keepsThoseFromBefore() {
    MetricSamples figures = samples("a", 10, 10, 1.0, 5.0, 2.0);
    MetricSamples none = samples("a", 10, 0, null, null, null);

    assertThat(SampleTotals.plus(List.of(figures), List.of(none)))
        .containsExactly(samples("a", 20, 10, 1.0, 5.0, 2.0));
    assertThat(SampleTotals.plus(List.of(none), List.of(figures)))
        .containsExactly(samples("a", 20, 10, 1.0, 5.0, 2.0));
    assertThat(SampleTotals.plus(List.of(), List.of())).isEmpty();
  }

  @Test
  void stretchThatNobodySampled_wasDueAndNotTaken() {
    List<MetricSamples> known =
        List.of(
            samples("locks.waiting", 90, 90, 0.0, 1.0, 0.0),
            samples("probe.by_sector.p95", 15, 15, 0.1, 0.2, 0.1));

    List<MetricSamples> missed = SampleTotals.missed(known, PLAN, Duration.ofMinutes(15));

    assertThat(missed)
        .containsExactly(
            samples("locks.waiting", 90, 0, null, null, null),
            samples("probe.by_sector.p95", 15, 0, null, null, null));
  }

  @Test
  void stretchInWhichNobodySampled_costsTheDegradationItsRoundsOnly() {
    List<MetricSamples> known = List.of(samples("probe.degradation", 15, 15, 0.0, 0.1, 0.0));

    List<MetricSamples> missed = SampleTotals.missed(known, PLAN, Duration.ofMinutes(15));

    assertThat(missed).containsExactly(samples("probe.degradation", 15, 0, null, null, null));
  }

  @ParameterizedTest
  @CsvSource({
    "100, 80, true",
    "100, 79, false",
    "100, 100, true",
    "5, 4, true",
    "5, 3, false",
    "1, 0, false",
    "0, 0, true"
  })
  void shareOfSamples_isEnoughFromTheLeastOn(long due, long taken, boolean enough) {
    List<String> tooFew =
        SampleTotals.tooFew(List.of(samples("deadlocks", due, taken, null, null, null)), PLAN);

    assertThat(tooFew).isEqualTo(enough ? List.of() : List.of("deadlocks " + taken + " of " + due));
  }

  @Test
  void metricThatNoTriggerWatches_doesNotDecide() {
    List<MetricSamples> totals =
        List.of(
            samples("deadlocks", 10, 1, null, null, null),
            samples("database.size", 10, 0, null, null, null),
            samples("probe.by_sector.p50", 10, 0, null, null, null),
            samples("probe.by_sector.p95", 10, 0, null, null, null));

    assertThat(SampleTotals.tooFew(totals, PLAN))
        .containsExactly("deadlocks 1 of 10", "probe.by_sector.p95 0 of 10");
  }

  /** A server on another machine tells no free disk, and that is no fault of the sampler. */
  @Test
  void whereNothingIsWatched_allDecideButWhatCannotBeToldEverywhere() {
    StagePlan.Soak plan = soak("rollback_if: []");
    List<MetricSamples> totals =
        List.of(
            samples("sessions.total", 10, 0, null, null, null),
            samples("disk.free", 10, 0, null, null, null),
            samples("replication.lag", 10, 0, null, null, null));

    assertThat(SampleTotals.tooFew(totals, plan)).containsExactly("sessions.total 0 of 10");
    assertThat(SampleTotals.tooFew(totals, soak("rollback_if: [disk.free < 1GB]")))
        .containsExactly("disk.free 0 of 10");
  }

  @Test
  void metricsThatATriggerWatchesByAPattern_decide() {
    StagePlan.Soak plan = soak("rollback_if: [probe.*.p95 > 1s]");

    assertThat(SampleTotals.tooFew(List.of(samples("probe.a.p95", 10, 7, null, null, null)), plan))
        .containsExactly("probe.a.p95 7 of 10");
    assertThat(SampleTotals.tooFew(List.of(samples("deadlocks", 10, 7, null, null, null)), plan))
        .isEmpty();
  }

  @Test
  void everyMetric_decidesWhereNoTriggerWatches() {
    List<MetricSamples> totals =
        List.of(
            samples("a", 10, 1, null, null, null),
            samples("b", 10, 8, null, null, null),
            samples("c", 10, 0, null, null, null));

    assertThat(SampleTotals.tooFew(totals, soak(""))).containsExactly("a 1 of 10", "c 0 of 10");
  }

  private static StagePlan.Soak soak(String triggers) {
    String change = "change: one-index\nwhy: x\nthrough: [{dev: {soak: 24h}}]\n" + triggers + "\n";
    return (StagePlan.Soak) Promotions.input(Bundles.of(change)).flight().stage("dev-soak");
  }
}
