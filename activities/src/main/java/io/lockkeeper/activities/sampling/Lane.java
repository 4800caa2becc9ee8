package io.lockkeeper.activities.sampling;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on one target that may take its time: so much at once, the rest in its order. A target that
 * hangs holds these threads and no others. Safe for many threads.
 */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private final Executor pool;
  private final int width;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;

  Lane(Executor pool, int width) {
    this.pool = pool;
    this.width = width;
  }

  void run(Runnable work) {
    synchronized (waiting) {
      waiting.add(work);
      if (running == width) {
        return;
      }
      running++;
    }
    try {
      pool.execute(this::work);
    } catch (RuntimeException | Error e) {
      synchronized (waiting) {
        running--;
      }
      throw e;
    }
  }

  private void work() {
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (RuntimeException | Error e) {
        // Who leaves here takes a place of the lane along: the target would have one less for good.
        LOG.error("work on a target failed unexpectedly", e);
      }
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable next = waiting.poll();
      running -= next == null ? 1 : 0;
      return next;
    }
  }
}
