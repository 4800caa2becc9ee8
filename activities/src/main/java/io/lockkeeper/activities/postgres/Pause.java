package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.time.Duration;

/** Waiting in slices, between which somebody may call it off. */
final class Pause {
  private Pause() {}

  static void of(Duration time, Duration slice, Runnable between) {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      between.run();
      try {
        Thread.sleep(Duration.ofNanos(Math.min(left, slice.toNanos())).toMillis() + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LockkeeperException(
            FailureCode.INTERRUPTED,
            "pausing between two batches",
            "the worker stops",
            "what was done stands in the ledger",
            "It goes on by itself",
            e);
      }
    }
    between.run();
  }
}
