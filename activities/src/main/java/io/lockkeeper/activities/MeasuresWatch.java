package io.lockkeeper.activities;

import io.lockkeeper.activities.postgres.LapsedMeasures;
import io.lockkeeper.activities.postgres.LapsedMeasures.PutBack;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.failure.LockkeeperException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each target now and every few seconds for measures that nobody renewed, and puts them
 * back: safety waits neither for Temporal nor for the API. A thread a target, because one that is
 * away must not keep the others waiting.
 */
public final class MeasuresWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MeasuresWatch.class);
  private static final long SECONDS = 10;

  private final ScheduledThreadPoolExecutor timer;
  private final Told told;

  /** Hears what was put back; it may fail, and is told again. */
  public interface Told {
    void putBack(PutBack measures);
  }

  MeasuresWatch(List<Target> targets, Told told) {
    this.told = told;
    this.timer =
        new ScheduledThreadPoolExecutor(
            Math.max(1, targets.size()),
            work -> {
              Thread thread = new Thread(work, "measures");
              thread.setDaemon(true);
              return thread;
            });
    for (Target target : targets) {
      Look look = new Look(target);
      var ignored = timer.scheduleWithFixedDelay(look::now, 0, SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** At one target. Runs on one thread at a time. */
  private final class Look {
    private final LapsedMeasures lapsed;
    private final Queue<PutBack> untold = new ArrayDeque<>();
    private boolean seen = true;

    Look(Target target) {
      this.lapsed = new LapsedMeasures(target);
    }

    void now() {
      try {
        for (PutBack measures : lapsed.putBack()) {
          LOG.warn("{}: {}", measures.promotion(), measures.sentence());
          untold.add(measures);
        }
        seen = true;
      } catch (RuntimeException e) {
        // Once, until it is seen again: a target may be away for long.
        if (seen && !timer.isShutdown()) {
          LOG.warn("measures past their lease: {}", text(e));
        }
        seen = false;
      }
      tell();
    }

    private void tell() {
      while (!untold.isEmpty()) {
        try {
          told.putBack(untold.element());
          untold.remove();
        } catch (RuntimeException e) {
          LOG.debug("not told yet: {}", text(e));
          return;
        }
      }
    }

    private String text(RuntimeException e) {
      return e instanceof LockkeeperException known ? known.text() : e.toString();
    }
  }
}
