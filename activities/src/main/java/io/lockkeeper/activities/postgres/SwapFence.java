package io.lockkeeper.activities.postgres;

import io.lockkeeper.blob.Sha256;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one session that may give a target's database another name. A database with a session in it
 * cannot be renamed, so the {@link Fence} ends where the swap begins: this one lies in another
 * database of the same server and holds through it. Lock and renames share its backend, so ending
 * that backend takes both from a stale attempt. Not safe for several threads, but for {@link
 * #cancel}.
 */
public final class SwapFence implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SwapFence.class);

  /** Where nobody keeps data, in the order in which they are tried. */
  private static final List<String> PLACES = List.of("postgres", "template1");

  private final Connection connection;
  private final int pid;

  private SwapFence(Connection connection, int pid) {
    this.connection = connection;
    this.pid = pid;
  }

  /**
   * Takes the lock on the names, ending whatever older attempt of the same promotion still has it.
   *
   * @throws LockkeeperException as {@link Fence#open}
   */
  public static SwapFence open(Target target, Work work, Fence.Pulse pulse) {
    Holder self = Holder.of(work.promotion(), work.scheduled(), work.attempt());
    try {
      Connection connection =
          beside(target, self.applicationName(work.promotion() + " " + work.step()));
      try {
        int pid = Fence.stickyPid(target, connection);
        Fence.prepare(connection, Map.of());
        int key = key(target.database());
        Fence.takeLock(target, connection, key, self, pulse);
        Fence.refusePooler(target, connection, key, pid);
        return new SwapFence(connection, pid);
      } catch (SQLException | RuntimeException e) {
        Spare.close(connection);
        throw e;
      }
    } catch (SQLException e) {
      throw SqlFailures.of("taking the lock on the name", target, e);
    }
  }

  /** A session in a database of the same server that is not the target. */
  public static Connection beside(Target target, String applicationName) throws SQLException {
    Optional<SQLException> refused = Optional.empty();
    for (String place : PLACES) {
      if (!place.equals(target.database())) {
        try {
          return target.dedicated(applicationName, place);
        } catch (SQLException e) {
          if (SqlFailures.isConnection(e)) {
            throw e;
          }
          LOG.debug("no session in {}: {}", place, SqlFailures.text(e));
          refused = Optional.of(e);
        }
      }
    }
    throw new LockkeeperException(
        FailureCode.RESTORE_FAILED,
        "opening a session beside " + target.title(),
        refused.map(SqlFailures::text).orElse("there is no other database"),
        "the databases were left as they are",
        "GRANT CONNECT ON DATABASE postgres TO " + QualifiedName.quote(target.settings().user()));
  }

  public Connection connection() {
    return connection;
  }

  public int pid() {
    return pid;
  }

  /** Databases of these names that are there, by name, with their oids. */
  public Map<String, Long> databases(List<String> names) throws SQLException {
    Map<String, Long> there = new TreeMap<>();
    Rows.list(
        connection,
        "SELECT datname, oid FROM pg_database WHERE datname = ANY (?)",
        row -> there.put(row.getString(1), row.getLong(2)),
        names);
    return there;
  }

  /** Cancels what runs on it now; callable from another thread. */
  public void cancel() {
    try {
      connection.unwrap(PgConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.warn("could not cancel the swap in backend {}: {}", pid, SqlFailures.text(e));
    }
  }

  @Override
  public void close() {
    Spare.close(connection);
  }

  /** One name, one lock; two names that share one only wait for each other. */
  private static int key(String database) {
    return Integer.parseUnsignedInt(Sha256.hex(database).substring(0, 8), 16) & Integer.MAX_VALUE;
  }
}
