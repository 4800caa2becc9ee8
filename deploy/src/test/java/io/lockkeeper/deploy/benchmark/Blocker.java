package io.lockkeeper.deploy.benchmark;

import io.lockkeeper.deploy.fixture.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Whoever holds the table for a while, as it happens on every server. None harms the traffic. */
enum Blocker {
  /** Changed a row that nobody else wants, and was forgotten. */
  IDLE_TRANSACTION("BEGIN; UPDATE orders SET state = 'held' WHERE id = 0"),
  FOR_UPDATE_ROW("BEGIN; SELECT 1 FROM orders WHERE id = 0 FOR UPDATE"),
  /** Belongs to no session: there is nobody to be ended. */
  PREPARED_TRANSACTION(
      "BEGIN; UPDATE orders SET state = 'held' WHERE id = 0; PREPARE TRANSACTION 'storm'"),
  LONG_READ("");

  private final String sql;

  Blocker(String sql) {
    this.sql = sql;
  }

  /**
   * Holds for that long.
   *
   * @return when it ended, by the JVM's clock; complete once it has
   */
  CompletableFuture<Long> hold(Sql database, double seconds) throws SQLException {
    Connection connection = database.connect();
    Statement statement = connection.createStatement();
    if (this != LONG_READ) {
      statement.execute(sql);
    }
    return CompletableFuture.supplyAsync(
        () -> {
          try (connection) {
            if (this == LONG_READ) {
              statement.execute("SELECT count(*), pg_sleep(" + seconds + ") FROM orders");
            } else {
              TimeUnit.MILLISECONDS.sleep(Math.round(seconds * 1000));
              statement.execute(
                  this == PREPARED_TRANSACTION ? "COMMIT PREPARED 'storm'" : "COMMIT");
            }
            return System.nanoTime();
          } catch (SQLException e) {
            throw new CompletionException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
          }
        },
        task -> new Thread(task, "blocker").start());
  }
}
