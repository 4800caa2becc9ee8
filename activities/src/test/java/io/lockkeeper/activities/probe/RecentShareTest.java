package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.probe.RecentShare.Counted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The share over five minutes, or over a hundred; a look every ten seconds. */
class RecentShareTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final int APART = 10;

  private final RecentShare recent = new RecentShare(Duration.ofMinutes(5), 100);
  private int second;
  private double all;
  private double part;

  private void look(double others, double ofKind) {
    second += APART;
    all += others + ofKind;
    part += ofKind;
    recent.add(START.plusSeconds(second), all, part);
  }

  private void looks(Duration during, double others, double ofKind) {
    for (long i = 0; i < during.toSeconds() / APART; i++) {
      look(others, ofKind);
    }
  }

  private double share() {
    Counted counted = recent.since(START).orElseThrow();
    return counted.part() / counted.all();
  }

  @Test
  void spikeLateInALongTime_isSeenWithinASample() {
    looks(Duration.ofHours(20), 50, 0);
    assertThat(share()).isZero();

    look(0, 50);
    assertThat(share()).isCloseTo(1.0 / 30, within(0.002));
    looks(Duration.ofMinutes(5), 0, 50);
    assertThat(share()).isEqualTo(1);
    looks(Duration.ofMinutes(6), 50, 0);
    assertThat(share()).isZero();
  }

  @Test
  void fewInTheSpan_areJudgedWithThoseBeforeThem() {
    looks(Duration.ofHours(5), 1, 0);
    look(0, 1);

    Counted counted = recent.since(START).orElseThrow();

    assertThat(counted.part()).isEqualTo(1);
    assertThat(counted.all()).isBetween(100.0, 126.0);
  }

  @Test
  void fewerThanEnough_tellNothing() {
    looks(Duration.ofHours(2), 0, 0);
    looks(Duration.ofMinutes(1), 10, 5);

    assertThat(recent.since(START)).isEmpty();
  }

  @Test
  void timeBeforeAStart_isNotReachedBackTo() {
    looks(Duration.ofMinutes(10), 50, 50);
    Instant start = START.plusSeconds(second);

    looks(Duration.ofSeconds(290), 50, 0);
    assertThat(recent.since(start)).isEmpty();
    look(50, 0);

    assertThat(recent.since(start)).isEqualTo(Optional.of(new Counted(1500, 0)));
    assertThat(recent.since(start.plusSeconds(1))).isEmpty();
  }

  @Test
  void clockThatWasSetBackFar_beginsAnew_andOneThatIsCorrectedDoesNot() {
    looks(Duration.ofMinutes(10), 50, 0);
    second -= 15;
    look(0, 15);
    assertThat(recent.since(START)).contains(new Counted(30 * 50 + 15, 15));

    second -= 3600;
    look(0, 50);

    assertThat(recent.points()).isEqualTo(1);
    assertThat(recent.since(Instant.EPOCH)).isEmpty();
  }

  @Test
  void points_areFew_andReachBackNoFurtherThanNeeded() {
    List<Double> told = new ArrayList<>();
    int[] rates = {0, 1, 0, 3, 2, 40, 0, 1};
    for (int i = 0; i < 8 * 360; i++) {
      look(rates[i / 360], i % 2);
      told.add(all);

      assertThat(recent.points()).isLessThanOrEqualTo(45);
      Optional<Double> needed = needed(told);
      Optional<Double> counted = recent.since(START).map(Counted::all);
      assertThat(counted.isPresent()).isEqualTo(needed.isPresent());
      needed.ifPresent(
          exact -> assertThat(counted.orElseThrow()).isBetween(exact, exact + 100.0 / 4));
    }
  }

  /** As if all that was told were kept. */
  private Optional<Double> needed(List<Double> told) {
    for (int i = told.size() - 1 - 300 / APART; i >= 0; i--) {
      if (all - told.get(i) >= 100) {
        return Optional.of(all - told.get(i));
      }
    }
    return Optional.empty();
  }

  @Test
  void looksEverySecond_areThinnedToo() {
    for (int i = 0; i < 4000; i++) {
      recent.add(START.plusSeconds(i), i, 0);
    }

    assertThat(recent.points()).isLessThanOrEqualTo(45);
    assertThat(recent.since(START).orElseThrow().all()).isBetween(300.0, 310.0);
  }
}
