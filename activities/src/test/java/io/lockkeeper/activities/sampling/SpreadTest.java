package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration SAMPLE = Duration.ofSeconds(10);

  @Test
  void thousandNames_fillEachTenthOfTheSpanAboutEvenly() {
    long[] tenths = new long[10];
    IntStream.rangeClosed(1, 1_000)
        .mapToObj(n -> Spread.within(SAMPLE, "nine-indexes-" + n))
        .forEach(moment -> tenths[(int) (moment.toMillis() / 1_000)]++);

    assertThat(LongStream.of(tenths)).allMatch(count -> count > 60 && count < 140);
  }

  @Test
  void sameName_hasTheSameMomentsWhereverItBegins() {
    Instant first = Spread.from(NOON, SAMPLE, "magnus (dev)");

    assertThat(first).isBetween(NOON, NOON.plus(SAMPLE));
    assertThat(Spread.from(first, SAMPLE, "magnus (dev)")).isEqualTo(first);
    assertThat(Spread.from(first.plusMillis(1), SAMPLE, "magnus (dev)"))
        .isEqualTo(first.plus(SAMPLE));
  }

  @Test
  void slowerSamples_fallTogetherWithFasterOnesOfTheSameName() {
    Instant slow = Spread.from(NOON, SAMPLE.multipliedBy(3), "magnus (dev)");

    assertThat(Spread.from(slow, SAMPLE, "magnus (dev)")).isEqualTo(slow);
  }

  @Test
  void nothingToSpreadOver_isAtOnce() {
    assertThat(Spread.within(Duration.ZERO, "a")).isEqualTo(Duration.ZERO);
  }
}
