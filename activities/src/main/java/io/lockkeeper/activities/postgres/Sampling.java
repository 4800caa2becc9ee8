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
  private volatile boolean answers;
  private final CountDownLatch closed = new CountDownLatch(1);

  Sampling(TargetFigures figures, SectionGuard guard, Watch watch) {
    this.figures = figures;
    this.guard = guard;
    this.watch = watch;
  }

  /** With a first sample, judged before this returns, where nobody has taken one just now. */
  void begin() {
    if (guard.series().points().isEmpty()) {
      sample();
    }
    Thread thread = new Thread(this::run, "samples of a section");
    thread.setDaemon(true);
    thread.start();
  }

  /** A last sample shows how a section of some length left the target, where it still answers. */
  @Override
  public void close() {
    closed.countDown();
    if (answers) {
      sample();
    }
    guard.ended(System.currentTimeMillis());
  }

  private void run() {
    try {
      while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        answers = sample();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean sample() {
    try {
      Map<String, Reading> readings = figures.read();
      guard.sample(System.currentTimeMillis(), readings, watch.cause()).ifPresent(watch::cancel);
      return true;
    } catch (SQLException e) {
      guard.note("figures", "the live figures could not be read: " + SqlFailures.text(e));
      return false;
    }
  }
}
