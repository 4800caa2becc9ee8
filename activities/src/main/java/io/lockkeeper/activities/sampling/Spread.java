package io.lockkeeper.activities.sampling;

import io.lockkeeper.blob.Sha256;
import java.time.Duration;
import java.time.Instant;

/**
 * Moments for the work of many, so that it does not all fall due at once: by a name, and the same
 * on every worker.
 */
public final class Spread {
  private static final int DIGITS = 15;

  private Spread() {}

  /** From zero up to the span; names are spread over it evenly. */
  public static Duration within(Duration span, String name) {
    long number = Long.parseLong(Sha256.hex(name).substring(0, DIGITS), 16);
    return span.toMillis() <= 0 ? Duration.ZERO : Duration.ofMillis(number % span.toMillis());
  }

  /** The first moment from then on that is the name's own, where these are an interval apart. */
  public static Instant from(Instant from, Duration interval, String name) {
    long past = from.toEpochMilli() - within(interval, name).toMillis();
    return from.plusMillis(Math.floorMod(-past, Math.max(1, interval.toMillis())));
  }
}
