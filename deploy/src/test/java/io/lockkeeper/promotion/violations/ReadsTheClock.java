package io.lockkeeper.promotion.violations;

import java.time.Instant;

/** Planted: workflow code that reads the worker's clock. */
public final class ReadsTheClock {
  private ReadsTheClock() {}

  public static Instant now() {
    return Instant.now();
  }
}
