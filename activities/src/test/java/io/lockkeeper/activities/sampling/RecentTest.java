package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private final Recent recent = new Recent(Duration.ofMinutes(5));

  @Test
  void runsOlderThanTheJudgedTime_areForgotten() {
    recent.add(NOON, 60);
    recent.add(NOON.plusSeconds(1), 2);

    recent.forget(NOON.plusSeconds(301));

    assertThat(recent.p50()).contains(2.0);
    assertThat(recent.p95()).contains(2.0);
  }

  @Test
  void failedRuns_countForTheRateAndNotForTheTime() {
    recent.add(NOON, 1);
    recent.failed(NOON);
    recent.failed(NOON);
    recent.failed(NOON);

    assertThat(recent.p95()).contains(1.0);
    assertThat(recent.errorRate()).contains(0.75);
  }

  @Test
  void noRun_hasNoFigure() {
    assertThat(recent.p50()).isEmpty();
    assertThat(recent.p95()).isEmpty();
    assertThat(recent.errorRate()).isEmpty();
  }

  @Test
  void onlyFailedRuns_haveARateAndNoTime() {
    recent.failed(NOON);

    assertThat(recent.p95()).isEmpty();
    assertThat(recent.errorRate()).contains(1.0);
  }
}
