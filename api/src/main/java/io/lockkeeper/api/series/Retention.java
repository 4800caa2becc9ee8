package io.lockkeeper.api.series;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes series that were kept for long enough, now and then. Has one thread. */
public final class Retention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final Duration EVERY = Duration.ofHours(1);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "retention of series");
            thread.setDaemon(true);
            return thread;
          });

  public Retention(SeriesStore series, Duration keep, Clock clock) {
    var ignored =
        timer.scheduleWithFixedDelay(
            () -> expire(series, keep, clock), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void expire(SeriesStore series, Duration keep, Clock clock) {
    try {
      int windows = series.expire(clock.instant(), keep);
      if (windows > 0) {
        LOG.info("series were kept for {}: {} windows were removed", keep, windows);
      }
    } catch (RuntimeException e) {
      // The database may be away: the next round looks again.
      LOG.warn("series that are old enough could not be removed", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
