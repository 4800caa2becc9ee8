package io.lockkeeper.activities.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.redis.RedisServers;
import io.lockkeeper.activities.redis.RedisServers.Lookups;
import io.lockkeeper.limit.Reading;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With made-up counters and times: a round a minute. */
class HitRatiosTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");

  private final HitRatios ratios = new HitRatios(new RedisServers(Map.of()));
  private final Map<String, String> marks = new HashMap<>();
  private String run = "one";
  private long hits = 7_000;
  private long misses = 9_000;
  private int minute;
  private Reading last = round();

  private Reading round() {
    return ratios.lately(
        "cache", new Lookups(run, hits, misses), marks, START, START.plusSeconds(60L * minute));
  }

  private void minutes(int many, int hitsEach, int missesEach) {
    for (int i = 0; i < many; i++) {
      minute++;
      hits += hitsEach;
      misses += missesEach;
      last = round();
    }
  }

  private double figure() {
    return ((Reading.Figure) last).value();
  }

  @Test
  @Tag("D56")
  void ratio_isOfTheLastHour_andOfTheStageWhileThatIsYounger() {
    minutes(50, 100, 0);
    assertThat(figure()).isEqualTo(1);
    minutes(5, 0, 1000);
    assertThat(figure()).isEqualTo(0.5);

    minutes(20 * 60, 1000, 0);
    assertThat(figure()).isEqualTo(1);
    minutes(60, 0, 1000);
    assertThat(figure()).isCloseTo(0, within(0.04));
  }

  @Test
  @Tag("D56")
  void hourWithHardlyAnyLookup_isMissing_whateverWasBefore() {
    minutes(120, 1000, 0);

    minutes(62, 1, 0);

    assertThat(last)
        .isEqualTo(
            new Reading.Missing(
                "redis cache was asked for 60 keys in the last hour, and fewer than 1000 tell"
                    + " nothing"));
  }

  @Test
  void serverThatWasStartedAnew_countsFromZero() {
    minutes(120, 0, 1000);
    run = "two";
    hits = 0;
    misses = 0;
    minutes(10, 18_000, 2_000);

    assertThat(figure()).isCloseTo(0.9, within(1e-9));
  }

  @Test
  void workerThatBegan_goesOnFromTheStagesMark() {
    minutes(120, 0, 1000);
    minutes(120, 1000, 0);

    Reading of =
        new HitRatios(new RedisServers(Map.of()))
            .lately("cache", new Lookups(run, hits, misses), marks, START, START);

    assertThat(of).isEqualTo(new Reading.Figure(0.5));
  }
}
