package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.limit.Reading;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Samples the target while a section is applied, on short reads of the pool, and lets the guard
 * judge. Has one thread.
 */
final class Sampling implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final TargetFigures figures;
  private final SectionGuard guard;
  private final Watch watch;
  private final CountDownLatch closed = new CountDownLatch(1);

  private Sampling(TargetFigures figures, SectionGuard guard, Watch watch) {
    this.figures = figures;
    this.guard = guard;
    this.watch = watch;
  }

  /** Begins with a sample that is judged before this returns. */
  static Sampling open(TargetFigures figures, SectionGuard guard, Watch watch) {
    Sampling sampling = new Sampling(figures, guard, watch);
    sampling.sample();
    Thread thread = new Thread(sampling::run, "samples of a section");
    thread.setDaemon(true);
    thread.start();
    return sampling;
  }

  /** A last sample shows how the section left the target. */
  @Override
  public void close() {
    closed.countDown();
    sample();
  }

  private void run() {
    try {
      while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        sample();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample() {
    try {
      Map<String, Reading> readings = figures.read();
      guard.sample(System.currentTimeMillis(), readings, watch.cause()).ifPresent(watch::cancel);
    } catch (SQLException e) {
      guard.note("figures", "the live figures could not be read: " + SqlFailures.text(e));
    }
  }
}
