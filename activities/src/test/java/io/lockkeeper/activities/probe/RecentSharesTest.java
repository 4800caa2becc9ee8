package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.postgres.DiskFree;
import io.lockkeeper.activities.probe.ServerFigures.Counters;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As a window reads them: over what was counted since the stage's start. */
class RecentSharesTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final String ROLLBACKS = "transactions.rollback_rate";
  private static final String HITS = "cache.hit_ratio";

  private final RecentShares recent = new RecentShares();
  private Map<String, String> marks = Map.of();
  private Map<String, Reading> sinceTheStart = Map.of();
  private Map<String, Reading> readings = Map.of();
  private int second;
  private double committed = 5_000_000;
  private double rolledBack = 900_000;
  private double hit = 8_000_000;
  private double read = 1_000_000;

  private void look() {
    Counters counters = new Counters("-", 0, committed, rolledBack, hit, read);
    ServerFigures figures =
        new ServerFigures(
            "2026-11-20T07:00:00.000000Z",
            true,
            new ServerFigures.Sessions(0, 0, 0, 0, 0, 0, Optional.of(0.0)),
            counters,
            new ServerFigures.Standbys(0, 0, Optional.empty(), Optional.empty()),
            1,
            new DiskFree(Optional.of(1L), ""));
    LiveFigures.Sampled sampled = LiveFigures.of(figures, marks);
    marks = sampled.marks();
    sinceTheStart = sampled.readings();
    recent.see(START.plusSeconds(second), counters);
    readings = new LinkedHashMap<>(sinceTheStart);
    readings.putAll(recent.readings(START));
  }

  private void looks(Duration during, int commits, int rollbacks, int hits, int reads) {
    look();
    for (long i = 0; i < during.toSeconds() / 10; i++) {
      second += 10;
      committed += commits;
      rolledBack += rollbacks;
      hit += hits;
      read += reads;
      look();
    }
  }

  private static double figure(Map<String, Reading> readings, String metric) {
    return ((Reading.Figure) readings.get(metric)).value();
  }

  @Test
  @Tag("T36")
  void fiveMinutesOfRollbacksAtHourTwenty_areAllOfThem() {
    looks(Duration.ofHours(20), 100, 0, 5000, 0);
    looks(Duration.ofMinutes(5), 0, 100, 0, 5000);

    assertThat(figure(sinceTheStart, ROLLBACKS)).isLessThan(0.005);
    assertThat(figure(readings, ROLLBACKS)).isEqualTo(1);
    assertThat(figure(readings, HITS)).isZero();
    assertThat(readings.get("deadlocks")).isEqualTo(new Reading.Figure(0));
  }

  @Test
  void oneRollbackOfTwoInAQuietDatabase_countsSinceTheStageBegan() {
    looks(Duration.ofMinutes(10), 1, 0, 10, 0);
    looks(Duration.ofMinutes(20), 0, 0, 0, 0);
    committed++;
    rolledBack++;
    second += 10;
    look();

    assertThat(figure(readings, ROLLBACKS)).isCloseTo(1.0 / 62, within(1e-9));
    assertThat(figure(readings, HITS)).isEqualTo(1);
  }

  @Test
  void firstMinutesOfAStage_areCountedFromItsStart() {
    looks(Duration.ofMinutes(2), 90, 10, 900, 100);

    assertThat(recent.readings(START)).isEmpty();
    assertThat(figure(readings, ROLLBACKS)).isCloseTo(0.1, within(1e-9));
    assertThat(figure(readings, HITS)).isCloseTo(0.9, within(1e-9));
  }

  @Test
  void statisticsThatWereResetInBetween_giveNoWrongShare() {
    looks(Duration.ofHours(1), 100, 0, 5000, 0);
    committed = 0;
    rolledBack = 20;
    hit = 0;
    read = 1000;
    second += 10;
    look();

    // Of 29 looks before it, and of what was counted since.
    assertThat(figure(readings, ROLLBACKS)).isCloseTo(20.0 / (29 * 100 + 20), within(1e-9));
    assertThat(figure(readings, HITS)).isCloseTo(1 - 1000.0 / (29 * 5000 + 1000), within(1e-9));
    looks(Duration.ofMinutes(5), 100, 0, 5000, 0);
    assertThat(figure(readings, ROLLBACKS)).isZero();
  }
}
