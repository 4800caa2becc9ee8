package io.lockkeeper.deploy.cli;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what this process has started when it is told to end, and the process itself if need be. */
final class Lifetime {
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

  /** Below what is promised to who sends a SIGTERM. */
  private static final long SECONDS = 18;

  <T extends AutoCloseable> T own(T part) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(part), "lifetime"));
    return part;
  }

  private static void end(AutoCloseable part) {
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
    try {
      part.close();
    } catch (Exception e) {
      LOG.warn("ending", e);
    }
  }
}
