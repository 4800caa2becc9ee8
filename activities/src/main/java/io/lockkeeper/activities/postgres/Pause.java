package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.time.Duration;

/**
 * Waiting on the worker's side.
 *
 * @param what is waited for, as it reads in "waiting for a lock"
 * @param means what is the case where the worker stops meanwhile
 * @param next what comes then
 */
record Pause(String what, String means, String next) {

  static Pause waiting(String what) {
    return new Pause(what, "nothing was done", "It is tried again by itself");
  }

  /** In slices, between which somebody may call it off. */
  void of(Duration time, Duration slice, Runnable between) {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      between.run();
      of(Duration.ofNanos(Math.min(left, slice.toNanos())));
    }
    between.run();
  }

  /** At once. */
  void of(Duration time) {
    try {
      Thread.sleep(time.toMillis(), time.toNanosPart() % 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LockkeeperException(
          FailureCode.INTERRUPTED, what, "the worker stops", means, next, e);
    }
  }
}
