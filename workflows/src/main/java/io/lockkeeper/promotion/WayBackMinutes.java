package io.lockkeeper.promotion;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Quantity;
import java.time.Duration;
import java.util.Optional;

/**
 * How long a way back takes: what was measured beside what the change allows.
 *
 * @param seconds absent where nobody has measured it yet
 * @param how it was measured: {@code in the rehearsal}
 * @param within how long it may take; longer is told, it is never cut off
 */
public record WayBackMinutes(Optional<Double> seconds, String how, Optional<Duration> within) {

  /** {@code 4.20 s in the rehearsal, at most 5m}; {@code not measured yet}. */
  public String text() {
    String measured =
        seconds
            .map(known -> Quantity.print(known, Dimension.TIME) + " " + how)
            .orElse("not measured yet");
    return measured
        + within.map(most -> ", at most " + Durations.print(most) + late(most)).orElse("");
  }

  private String late(Duration most) {
    boolean late = seconds.filter(known -> known > most.toNanos() / 1e9).isPresent();
    return late ? ": LONGER than it may" : "";
  }
}
