package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session that its last user left clean, some seconds long, for the next one of its kind:
 * sections follow each other closely, and a new session takes longer than all that most of them ask
 * of the server. Safe for several threads.
 */
final class Spare {
  private static final Logger LOG = LoggerFactory.getLogger(Spare.class);

  private final Executor later;
  private @Nullable Connection kept;
  private long times;

  /**
   * @param lasts how long a session is kept
   */
  Spare(Duration lasts) {
    later = CompletableFuture.delayedExecutor(lasts.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The session that was kept. It may have been ended meanwhile. */
  synchronized Optional<Connection> take() {
    Optional<Connection> taken = Optional.ofNullable(kept);
    kept = null;
    return taken;
  }

  /** Keeps it, in place of the one that was kept. */
  void keep(Connection connection) {
    Optional<Connection> before;
    long time;
    synchronized (this) {
      before = take();
      kept = connection;
      time = ++times;
    }
    before.ifPresent(Spare::close);
    later.execute(() -> forget(time));
  }

  /** Ends the session that is kept. */
  void forget() {
    take().ifPresent(Spare::close);
  }

  /** Where nobody has kept one since. */
  private void forget(long time) {
    Optional<Connection> unused;
    synchronized (this) {
      unused = time == times ? take() : Optional.empty();
    }
    unused.ifPresent(Spare::close);
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing: {}", SqlFailures.text(e));
    }
  }
}
