package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Renews the lease of a promotion's measures from a session of its own, because the fenced one is
 * busy with a section. Not safe for several threads.
 */
public final class MeasuresRenewal implements AutoCloseable {
  private final Target target;
  private final String promotion;
  private @Nullable Connection connection;

  public MeasuresRenewal(Target target, String promotion) {
    this.target = target;
    this.promotion = promotion;
  }

  /**
   * Renews what has not ended.
   *
   * @return its new end, on the target's clock; nothing where there is none to renew
   */
  public Optional<Instant> renew() throws SQLException {
    try {
      return MeasureLedger.renew(connection(), promotion);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    if (connection != null) {
      Spare.close(connection);
      connection = null;
    }
  }

  private Connection connection() throws SQLException {
    Connection ready = connection;
    if (ready == null) {
      ready = target.dedicated(Target.OURS + "measures " + promotion);
      connection = ready;
      Target.noticesWhenWeAreGone(ready);
      Rows.execute(ready, "SET statement_timeout = '5s'; SET lock_timeout = '2s'");
    }
    return ready;
  }
}
