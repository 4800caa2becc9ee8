package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
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
  private static final long KEPT_SECONDS = 10;
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(KEPT_SECONDS, TimeUnit.SECONDS);

  private @Nullable Connection kept;

  /** The session that was kept. It may have been ended meanwhile. */
  synchronized Optional<Connection> take() {
    Optional<Connection> taken = Optional.ofNullable(kept);
    kept = null;
    return taken;
  }

  /** Keeps it, in place of the one that was kept. */
  void keep(Connection connection) {
    Optional<Connection> before;
    synchronized (this) {
      before = take();
      kept = connection;
    }
    before.ifPresent(Spare::close);
    LATER.execute(() -> forget(connection));
  }

  /** Ends the session that is kept. */
  void forget() {
    take().ifPresent(Spare::close);
  }

  private void forget(Connection connection) {
    synchronized (this) {
      if (kept != connection) {
        return;
      }
      kept = null;
    }
    close(connection);
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing: {}", SqlFailures.text(e));
    }
  }
}
