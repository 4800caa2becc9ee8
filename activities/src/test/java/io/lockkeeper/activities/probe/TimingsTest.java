package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimingsTest {
  private static final double EXACT = 1e-12;

  @Test
  void quantiles_areThoseOfNumPy() {
    List<Double> seconds = List.of(0.4, 0.1, 0.3, 0.2);

    assertThat(Timings.p50(seconds)).isCloseTo(0.25, within(EXACT));
    assertThat(Timings.p95(seconds)).isCloseTo(0.385, within(EXACT));
  }

  @Test
  void oneRun_isBoth() {
    assertThat(Timings.p50(List.of(0.2))).isEqualTo(0.2);
    assertThat(Timings.p95(List.of(0.2))).isEqualTo(0.2);
  }

  @Test
  void oneOutlierOfAHundred_isNotTheP95() {
    List<Double> seconds =
        IntStream.rangeClosed(1, 100).mapToObj(n -> n == 100 ? 60.0 : 0.001).toList();

    assertThat(Timings.p95(seconds)).isEqualTo(0.001);
  }
}
