package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Rate rate = new Rate(100);
  private final long now = System.nanoTime();

  @Test
  void asManyAsASecondMayHave_areAllowed() {
    assertThat(allowed(now + 2_000 * MILLI, 10 * MILLI, 500)).isEqualTo(500);
  }

  @Test
  void fiveTimesAsMany_areCutToWhatASecondMayHave() {
    allowed(now + 1_000 * MILLI, 2 * MILLI, 500);

    assertThat(allowed(now + 2_000 * MILLI, 2 * MILLI, 1_000)).isBetween(195L, 205L);
  }

  @Test
  void whatWasNotUsed_isKeptForOneSecondAndNoLonger() {
    assertThat(allowed(now + 60_000 * MILLI, 0, 500)).isEqualTo(101);
  }

  private long allowed(long from, long step, int times) {
    return LongStream.range(0, times).filter(i -> rate.allows(from + i * step)).count();
  }
}
