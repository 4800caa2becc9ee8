package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.backup.Moments.Moment;
import io.lockkeeper.activities.postgres.DatabaseLikeness;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.SwapFence;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one database the name of another, in one transaction: whoever looks sees the old one or the
 * new one, and a crash leaves the old one. Nothing is closed that would have to be opened again.
 *
 * <p>The server renames a database only while nobody is in it. It locks it, so that no new session
 * begins, and waits five seconds for those that are there to end (PostgreSQL 12 to 17,
 * CountOtherDBBackends). In these seconds they are ended, that of our fence last: so nobody else
 * can have taken the lock of a database that is about to be swapped out.
 */
final class NameSwap {
  private static final Logger LOG = LoggerFactory.getLogger(NameSwap.class);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final String IN_USE = "55006";
  private static final String NO_LOCK = "55P03";
  private static final String NOT_ALLOWED = "42501";

  private final Target target;
  private final SwapFence server;
  private final Running running;
  private final Moments moments;

  NameSwap(Target target, SwapFence server, Running running, Moments moments) {
    this.target = target;
    this.server = server;
    this.running = running;
    this.moments = moments;
  }

  /** Somebody stayed in the database. */
  static final class InUseException extends Exception {
    private static final long serialVersionUID = 1;

    InUseException(String who) {
      super(who);
    }
  }

  /**
   * Swaps once.
   *
   * @param fence of the live database; ended here
   * @param aside the new name of the live database
   * @param in the database that becomes the live one
   * @throws InUseException with who is in the way; nothing was changed then
   */
  void swap(Fence fence, String live, String aside, String in) throws SQLException, InUseException {
    long oid = server.databases(List.of(live)).getOrDefault(live, 0L);
    Connection connection = server.connection();
    connection.setAutoCommit(false);
    try (Connection looking = SwapFence.beside(target, Target.OURS + "restore")) {
      Statements.execute(connection, "SET LOCAL lock_timeout = '10s'");
      List<String> likeness = DatabaseLikeness.of(connection, live, in);
      for (String statement : likeness) {
        Statements.execute(connection, statement);
      }
      renameLive(fence, looking, oid, rename(live, aside));
      moments.at(Moment.OLD_RENAMED);
      endSessions(looking, server.databases(List.of(in)).getOrDefault(in, 0L), 0);
      Statements.execute(connection, rename(in, live));
      moments.at(Moment.NEW_RENAMED);
      connection.commit();
    } catch (SQLException e) {
      rollbackQuietly(connection);
      if (SqlFailures.state(e).equals(IN_USE) || SqlFailures.state(e).equals(NO_LOCK)) {
        throw new InUseException(SqlFailures.text(e));
      }
      throw e;
    } finally {
      fence.close();
      target.forgetSessions();
    }
    connection.setAutoCommit(true);
    moments.at(Moment.SWAPPED);
  }

  private void renameLive(Fence fence, Connection looking, long oid, String rename)
      throws SQLException {
    FutureTask<Boolean> renaming =
        new FutureTask<>(
            () -> {
              Statements.execute(server.connection(), rename);
              return true;
            });
    Thread thread = new Thread(renaming, "renames " + target.title());
    thread.setDaemon(true);
    thread.start();
    List<Session> staying = List.of();
    boolean ended = false;
    try {
      while (!renaming.isDone()) {
        running.beat("keeps sessions out of " + target.title());
        if (!ended && locked(looking, oid)) {
          staying = endSessions(looking, oid, fence.pid());
          refuseUnendable(staying);
          if (staying.isEmpty()) {
            moments.at(Moment.KEPT_OUT);
            fence.close();
            ended = true;
          }
        }
        running.rest(LOOK);
      }
      renaming.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while renaming", "57014", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException refused) {
        throw refused;
      }
      throw new SQLException("renaming " + target.title(), "XX000", e);
    } finally {
      end(renaming, thread);
    }
  }

  /** The statement of the other thread must have ended before anybody uses its connection. */
  private void end(FutureTask<Boolean> renaming, Thread thread) {
    if (!renaming.isDone()) {
      server.cancel();
    }
    try {
      thread.join(Duration.ofSeconds(20).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the rename holds the lock for which new sessions wait. */
  private boolean locked(Connection looking, long oid) throws SQLException {
    try (PreparedStatement statement =
        looking.prepareStatement(
            """
            SELECT EXISTS (SELECT FROM pg_locks WHERE pid = ? AND granted AND locktype = 'object'
              AND classid = 'pg_database'::regclass AND objid = ? AND mode = 'AccessExclusiveLock')
            """)) {
      statement.setInt(1, server.pid());
      statement.setLong(2, oid);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /**
   * Somebody in a database.
   *
   * @param unendable whether only a superuser may end the session, and the server does not
   */
  private record Session(int pid, String user, String application, boolean unendable) {
    String text() {
      return "backend " + pid + " of " + user + " (" + application + ")";
    }
  }

  /** It would not end in five seconds either. */
  private void refuseUnendable(List<Session> staying) {
    List<String> unendable =
        staying.stream().filter(Session::unendable).map(Session::text).toList();
    if (!unendable.isEmpty()) {
      throw RestoreFailures.before(
          target,
          "the database cannot be renamed while there is "
              + String.join(", ", unendable)
              + ", which "
              + target.settings().user()
              + " may not end",
          "Have a superuser end it, then retry");
    }
  }

  /**
   * Ends who is in a database, but for one.
   *
   * @return who was there
   */
  private static List<Session> endSessions(Connection looking, long oid, int butFor)
      throws SQLException {
    List<Session> there = new ArrayList<>();
    try (PreparedStatement statement =
        looking.prepareStatement(
            """
            SELECT pid, coalesce(usename, backend_type), application_name,
              backend_type = 'client backend'
            FROM pg_stat_activity WHERE datid = ? AND pid <> ?
            """)) {
      statement.setLong(1, oid);
      statement.setInt(2, butFor);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          boolean ended = end(looking, row.getInt(1));
          there.add(
              new Session(
                  row.getInt(1), row.getString(2), row.getString(3), !ended && row.getBoolean(4)));
        }
      }
    }
    return there;
  }

  /** Whether we may. What the server runs by itself gives way by itself. */
  private static boolean end(Connection looking, int pid) throws SQLException {
    try (PreparedStatement statement = looking.prepareStatement("SELECT pg_terminate_backend(?)")) {
      statement.setInt(1, pid);
      statement.executeQuery().close();
      return true;
    } catch (SQLException e) {
      if (SqlFailures.state(e).equals(NOT_ALLOWED)) {
        return false;
      }
      throw e;
    }
  }

  static String rename(String from, String to) {
    return "ALTER DATABASE " + QualifiedName.quote(from) + " RENAME TO " + QualifiedName.quote(to);
  }

  private static void rollbackQuietly(Connection connection) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      LOG.debug("rollback of a swap: {}", SqlFailures.text(e));
    }
  }
}
