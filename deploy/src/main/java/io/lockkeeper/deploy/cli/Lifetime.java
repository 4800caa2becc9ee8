package io.lockkeeper.deploy.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what this process has started when it is told to end, last first, so that nobody loses what
 * it stands on; and the process itself if need be. Safe for many threads.
 */
final class Lifetime {
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

  /** Below what is promised to who sends a SIGTERM. */
  private static final long SECONDS = 18;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean hooked;

  synchronized <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    if (!hooked) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    haltLater();
                    end();
                  },
                  "lifetime"));
      hooked = true;
    }
    return part;
  }

  /** One after the other: a hook each would run all at once. */
  void end() {
    while (true) {
      AutoCloseable part = next();
      if (part == null) {
        return;
      }
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("ending {}", part.getClass().getSimpleName(), e);
      }
    }
  }

  private synchronized @Nullable AutoCloseable next() {
    return parts.poll();
  }

  private static void haltLater() {
    Thread watch =
        new Thread(
            () -> {
              try {
                TimeUnit.SECONDS.sleep(SECONDS);
                Runtime.getRuntime().halt(Exit.FAULT);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    watch.setDaemon(true);
    watch.start();
  }
}
