package io.lockkeeper.activities.sampling;

import java.util.concurrent.TimeUnit;

/** Allows so much a second, and what a second left over at once. Safe for many threads. */
final class Rate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long interval;
  private long next = System.nanoTime();

  Rate(int perSecond) {
    this.interval = SECOND / perSecond;
  }

  boolean allows() {
    return allows(System.nanoTime());
  }

  synchronized boolean allows(long nanos) {
    next = Math.max(next, nanos - SECOND);
    if (next > nanos) {
      return false;
    }
    next += interval;
    return true;
  }
}
