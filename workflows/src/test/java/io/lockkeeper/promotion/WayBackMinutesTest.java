package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was measured beside what is allowed. */
class WayBackMinutesTest {
  private static String text(Optional<Double> seconds, Optional<Duration> within) {
    return new WayBackMinutes(seconds, "in the rehearsal", within).text();
  }

  @Test
  void measured_standsBesideWhatIsAllowed() {
    Optional<Duration> fiveMinutes = Optional.of(Duration.ofMinutes(5));

    assertThat(text(Optional.of(4.2), fiveMinutes))
        .isEqualTo("4.20 s in the rehearsal, at most 5m");
    assertThat(text(Optional.of(301.0), fiveMinutes))
        .isEqualTo("5.02 min in the rehearsal, at most 5m: LONGER than it may");
    assertThat(text(Optional.of(4.2), Optional.empty())).isEqualTo("4.20 s in the rehearsal");
  }

  @Test
  void whatNobodyMeasured_isCalledNotMeasured() {
    assertThat(text(Optional.empty(), Optional.of(Duration.ofMinutes(10))))
        .isEqualTo("not measured yet, at most 10m");
    assertThat(text(Optional.empty(), Optional.empty())).isEqualTo("not measured yet");
  }

  @Test
  void whatWasMeasuredElsewhere_isToldWithWhatItMakesHere_andThatCountsAgainstTheLimit() {
    WayBackMinutes minutes =
        new WayBackMinutes(
            Optional.of(4.2),
            "for 9 units in the rehearsal of staging",
            Optional.of(14.3),
            Optional.of(Duration.ofSeconds(10)));

    assertThat(minutes.text())
        .isEqualTo(
            "4.20 s for 9 units in the rehearsal of staging, estimated 14.3 s here, at most 10s:"
                + " LONGER than it may");
  }
}
