package io.lockkeeper.activities.sampling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SeriesTest {
  private static final Instant AT = Instant.ofEpochMilli(1_000);
  private static final Reading MISSING = new Reading.Missing("the target is away");

  private final Series series = new Series();

  private void add(Reading reading) {
    series.add(AT, Map.of("deadlocks", reading));
  }

  private static MetricSamples samples(
      long due, long taken, Optional<Double> low, Optional<Double> high, Optional<Double> last) {
    return new MetricSamples("deadlocks", due, taken, low, high, last);
  }

  @Test
  void figures_areDueTakenAndKept() {
    add(new Reading.Figure(3));
    add(new Reading.Figure(1));
    add(new Reading.Figure(2));

    assertThat(series.samples())
        .containsExactly(samples(3, 3, Optional.of(1.0), Optional.of(3.0), Optional.of(2.0)));
    assertThat(new String(series.json(), UTF_8))
        .isEqualTo("{\"deadlocks\":[[1000.0,3.0],[1000.0,1.0],[1000.0,2.0]]}");
  }

  @Test
  void missingReading_isDueAndNotTakenAndNoZero() {
    add(MISSING);

    assertThat(series.samples())
        .containsExactly(samples(1, 0, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @Test
  void missingBetweenFigures_changesNoExtreme() {
    add(new Reading.Figure(5));
    add(MISSING);
    add(new Reading.Figure(6));

    assertThat(series.samples())
        .containsExactly(samples(3, 2, Optional.of(5.0), Optional.of(6.0), Optional.of(6.0)));
  }

  @Test
  void whatDoesNotApply_wasNotDue() {
    add(new Reading.NotApplicable("no replica"));

    assertThat(series.samples()).isEmpty();
  }

  @Test
  void samplesWhileNobodySampled_wereDue() {
    series.missed(4, List.of("deadlocks"));
    add(new Reading.Figure(0));

    assertThat(series.samples())
        .containsExactly(samples(5, 1, Optional.of(0.0), Optional.of(0.0), Optional.of(0.0)));
  }

  @Test
  void whatDoesNotApply_wasNotDueEitherWhileNobodySampled() {
    series.missed(4, List.of("deadlocks"));
    add(new Reading.NotApplicable("no replica"));

    assertThat(series.samples()).isEmpty();
  }

  @Test
  void successor_goesOnWithTheCountsOfItsPredecessor() {
    series.carry(List.of(samples(6, 5, Optional.of(1.0), Optional.of(9.0), Optional.of(4.0))));
    add(new Reading.Figure(0));

    assertThat(series.samples())
        .containsExactly(samples(7, 6, Optional.of(0.0), Optional.of(9.0), Optional.of(0.0)));
  }
}
