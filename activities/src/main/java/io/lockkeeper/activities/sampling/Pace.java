package io.lockkeeper.activities.sampling;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Quantity;
import java.time.Duration;

/**
 * Rounds of probes that take long, and so are made less often than they should: they work for half
 * of the time at most.
 *
 * @param took the last one
 * @param every from its beginning to that of the next one
 */
record Pace(Duration took, Duration every) {

  /** For people. */
  String text() {
    return "rounds of probes take "
        + Quantity.print(took.toMillis() / 1e3, Dimension.TIME)
        + ": they are made every "
        + Durations.print(every)
        + ", so that they work for half of the time at most";
  }
}
