package io.lockkeeper.activities.wayback;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.wayback.WayBackRun.Outcome;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sample of {@code deploy/benchmarks/way-back}, with each kind twice at least. */
@Order(1)
class WayBackPropertyTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 30);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomChange_isTakenBackToTheFingerprintOfBefore(long seed) {
    try (WayBackRun run = WayBackRun.of(seed)) {
      Outcome outcome = run.run();

      assertThat(outcome.faults()).as(outcome::text).isEmpty();
    }
  }
}
