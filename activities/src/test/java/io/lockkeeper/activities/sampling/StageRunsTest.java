package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WorkOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Windows of a quarter of an hour, whose runs are looked back over for half an hour. */
class StageRunsTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");

  private final StageRuns runs = new StageRuns();

  private static WindowOrder window(String stage, int minute) {
    WindowOrder order =
        Soaks.minutes(
            Changes.nineIndexes(Changes.PLAIN), START.plus(Duration.ofMinutes(minute)), 15);
    WorkOrder work = order.work();
    return new WindowOrder(
        new WorkOrder(work.promotion(), work.change(), work.environment(), work.target(), stage),
        order.plan(),
        START,
        order.from(),
        order.until(),
        order.states(),
        order.marks());
  }

  private Map<String, Recent> runs(String stage, int minute, boolean begins) {
    return runs.of(window(stage, minute), begins, START.plus(Duration.ofMinutes(minute)));
  }

  @Test
  void laterWindow_goesOnWithTheRunsOfItsStage_whenTheyAreStillLookedAt() {
    Map<String, Recent> first = runs("dev-soak", 0, true);

    assertThat(runs("dev-soak", 15, false)).isSameAs(first);
    assertThat(runs("dev-soak", 60, false)).isSameAs(first);
    assertThat(runs("dev-soak", 60 + 46, false)).isNotSameAs(first);
  }

  @Test
  void stageThatBeginsAgain_hasNone() {
    Map<String, Recent> first = runs("dev-soak", 0, true);

    assertThat(runs("dev-soak", 15, true)).isNotSameAs(first);
  }

  @Test
  void stagesThatEnded_takeNoRoom() {
    for (int stage = 0; stage < 100; stage++) {
      runs("soak-" + stage, 0, true);
    }
    assertThat(runs.size()).isEqualTo(100);

    runs("late", 45, true);
    assertThat(runs.size()).isEqualTo(101);
    runs("later", 46, true);
    assertThat(runs.size()).isEqualTo(2);
  }
}
