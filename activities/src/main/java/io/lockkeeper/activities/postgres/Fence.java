package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection through which a target is changed. Lock and work share its backend, so ending
 * that backend is the fence: whoever holds the advisory lock is the only one who can act, and a
 * stale attempt loses both at once.
 *
 * <p>The lock is got by polling. A session that waits in {@code pg_advisory_lock} holds a snapshot,
 * for which a concurrent index build waits, which may hold the lock: a deadlock (flyway#1654). Not
 * safe for several threads, but for {@link #cancel}.
 */
public final class Fence implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

  /** "LK": the class of our advisory locks. They are per database, so one key is enough. */
  static final int LOCK_CLASS = 0x4C4B;

  private static final int LOCK_KEY = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long FIRST_PAUSE_MILLIS = 25;
  private static final long LONGEST_PAUSE_MILLIS = 400;

  private final Target target;
  private final Connection connection;
  private final Holder self;
  private final String step;
  private final int pid;
  private final long epoch;
  private boolean sound;
  private boolean closed;

  private Fence(
      Target target, Connection connection, Holder self, String step, int pid, long epoch) {
    this.target = target;
    this.connection = connection;
    this.self = self;
    this.step = step;
    this.pid = pid;
    this.epoch = epoch;
  }

  /** Says that we are still alive and wanted; throws where we are not. */
  public interface Pulse {
    void beat(String what);
  }

  /**
   * Takes the lock, ending whatever older attempt of the same promotion still holds it.
   *
   * @param pulse beaten while another one is waited for
   * @throws LockkeeperException {@code FENCED} where a newer attempt works already, {@code
   *     TARGET_TAKEN} where somebody else holds the target, {@code CONFIGURATION} where a pooler
   *     stands between
   */
  public static Fence open(Target target, Work work, Pulse pulse) {
    Holder self = Holder.of(work.promotion(), work.scheduled(), work.attempt());
    String step = work.promotion() + " " + work.step();
    try {
      Connection connection = target.working(self.applicationName(step));
      try {
        return lock(target, connection, self, work, pulse);
      } catch (SQLException | RuntimeException e) {
        Spare.close(connection);
        throw e;
      }
    } catch (SQLException e) {
      throw SqlFailures.of("taking the lock", target, e);
    }
  }

  public Connection connection() {
    return connection;
  }

  public int pid() {
    return pid;
  }

  public long epoch() {
    return epoch;
  }

  public Target target() {
    return target;
  }

  /** Which attempt this is, from 1. */
  public int attempt() {
    return self.attempt();
  }

  /**
   * Cancels the statement that runs now; callable from another thread. By the protocol's own
   * request, which needs no session: it works where no connection is left. Once it returns, the
   * signal was sent, and it strikes nothing that is begun later; after {@link #close} none is sent.
   */
  public synchronized void cancel() {
    if (closed) {
      return;
    }
    try {
      connection.unwrap(PgConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.warn("could not cancel the statement of {} {}: {}", step, pid, SqlFailures.text(e));
    }
  }

  /**
   * Something done in one transaction under this epoch.
   *
   * @throws LockkeeperException {@code FENCED} where a newer attempt has begun
   */
  <T> T transaction(Target.Read<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      Optional<Long> now =
          Rows.first(
              connection,
              "SELECT epoch FROM lockkeeper.lease WHERE epoch = ? FOR SHARE",
              row -> row.getLong(1),
              epoch);
      if (now.isEmpty()) {
        throw fenced(target, step);
      }
      T result = work.on(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollbackQuietly();
      throw e;
    } finally {
      autocommitQuietly();
    }
  }

  /** Something changed in one transaction. */
  interface Change {
    void on(Connection connection) throws SQLException;
  }

  /** As {@link #transaction}, without a result. */
  void change(Change work) throws SQLException {
    transaction(
        c -> {
          work.on(c);
          return true;
        });
  }

  /**
   * As {@link #change}, for what a unit that is about to run means to do: on the disk before any
   * effect of the unit is, and not waited for.
   */
  void intend(Change intent) throws SQLException {
    change(
        c -> {
          leaveUnflushed(c);
          intent.on(c);
        });
  }

  /** All that was begun on it is done: its session may serve the next one. */
  void endsWell() {
    sound = true;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (sound) {
      target.keepWorking(connection);
    } else {
      Spare.close(connection);
    }
  }

  private static Fence lock(
      Target target, Connection connection, Holder self, Work work, Pulse pulse)
      throws SQLException {
    int pid = stickyPid(target, connection);
    prepare(connection, work.settings());
    takeLock(target, connection, LOCK_KEY, self, pulse);
    refusePooler(target, connection, LOCK_KEY, pid);
    LedgerSchema.install(connection);
    long epoch = nextEpoch(connection, self.applicationName(work.step()), pid);
    return new Fence(target, connection, self, work.promotion() + " " + work.step(), pid, epoch);
  }

  private static long nextEpoch(Connection connection, String holder, int pid) throws SQLException {
    connection.setAutoCommit(false);
    try {
      leaveUnflushed(connection);
      long epoch =
          Rows.one(
              connection,
              """
              UPDATE lockkeeper.lease SET epoch = epoch + 1, holder = ?, pid = ?, taken_at = now()
              RETURNING epoch
              """,
              row -> row.getLong(1),
              holder,
              pid);
      connection.commit();
      return epoch;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /**
   * The transaction's commit does not wait for the disk: for what is only told ahead of an effect.
   * The log is written in order, so an effect that outlives a crash has what was told before it;
   * without the effect there is nothing to tell.
   */
  static void leaveUnflushed(Connection connection) throws SQLException {
    Rows.execute(connection, "SET LOCAL synchronous_commit = off");
  }

  /** Our own settings win over whatever defaults the role and the database have. */
  static void prepare(Connection connection, Map<String, String> settings) throws SQLException {
    StringBuilder sql = new StringBuilder();
    sql.append("SET default_transaction_read_only = off; SET statement_timeout = 0;");
    sql.append("SET lock_timeout = 0; SET idle_in_transaction_session_timeout = '5min';");
    sql.append("SET standard_conforming_strings = on;");
    Rows.execute(connection, sql.toString());
    Target.noticesWhenWeAreGone(connection);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      Rows.one(
          connection,
          "SELECT set_config(?, ?, false)",
          row -> row.getString(1),
          setting.getKey(),
          setting.getValue());
    }
  }

  /**
   * Takes a lock of the database that is connected to, by the rule of {@link #open}.
   *
   * @param key tells one lock of a database from another; never negative
   */
  static void takeLock(Target target, Connection connection, int key, Holder self, Pulse pulse)
      throws SQLException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    for (int tries = 0; !tryLock(connection, key); tries++) {
      boolean late = System.nanoTime() > giveUp;
      Optional<Other> other = holder(connection, key);
      if (other.isPresent() || late) {
        deal(target, connection, self, other.orElse(Other.UNSEEN), late);
      }
      pulse.beat(
          "waits for the target" + other.map(o -> ", held by " + o.applicationName()).orElse(""));
      pause(tries);
    }
  }

  private static boolean tryLock(Connection connection, int key) throws SQLException {
    return Rows.one(
        connection, "SELECT pg_try_advisory_lock(?, ?)", row -> row.getBoolean(1), LOCK_CLASS, key);
  }

  private record Other(int pid, String applicationName, String user) {
    private static final Other UNSEEN = new Other(0, "a session that is not shown", "");
  }

  /** Nobody where the holder is just ending: its session is gone, and its lock not yet. */
  private static Optional<Other> holder(Connection connection, int key) throws SQLException {
    return Rows.first(
        connection,
        """
        SELECT l.pid, coalesce(a.application_name, ''), coalesce(a.usename, '')
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.classid = ? AND l.objid = ? AND l.objsubid = 2
          AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """,
        row -> new Other(row.getInt(1), row.getString(2), row.getString(3)),
        LOCK_CLASS,
        key);
  }

  /** Ends an older attempt of ours, gives way to a newer one, waits for anybody else. */
  private static void deal(
      Target target, Connection connection, Holder self, Other other, boolean late)
      throws SQLException {
    Optional<Holder> ours = Holder.parse(other.applicationName());
    if (ours.isPresent() && ours.get().samePromotion(self)) {
      if (self.before(ours.get())) {
        throw fenced(target, other.applicationName());
      }
      LOG.info("ending the older attempt {} in backend {}", other.applicationName(), other.pid());
      Rows.one(connection, "SELECT pg_terminate_backend(?)", row -> row.getBoolean(1), other.pid());
      return;
    }
    if (ours.isEmpty() || late) {
      throw new LockkeeperException(
          FailureCode.TARGET_TAKEN,
          "taking the lock of " + target.title(),
          "it is held by \""
              + other.applicationName()
              + "\" (user "
              + other.user()
              + ", backend "
              + other.pid()
              + ")",
          "nothing was done",
          "Wait for it or end that session, then retry");
    }
  }

  private static LockkeeperException fenced(Target target, String by) {
    return new LockkeeperException(
        FailureCode.FENCED,
        "working on " + target.title(),
        "a newer attempt has taken over: " + by,
        "this attempt stopped and did nothing more",
        "Nothing is to be done");
  }

  static int stickyPid(Target target, Connection connection) throws SQLException {
    int pid = pid(connection);
    if (pid != pid(connection)) {
      throw pooler(target);
    }
    return pid;
  }

  /** A transaction pooler may give each statement another backend: then the lock is elsewhere. */
  static void refusePooler(Target target, Connection connection, int key, int pid)
      throws SQLException {
    Optional<Other> holder = holder(connection, key);
    if (holder.isEmpty() || holder.get().pid() != pid || pid(connection) != pid) {
      throw pooler(target);
    }
  }

  private static int pid(Connection connection) throws SQLException {
    return Rows.one(connection, "SELECT pg_backend_pid()", row -> row.getInt(1));
  }

  private static LockkeeperException pooler(Target target) {
    return new LockkeeperException(
        FailureCode.CONFIGURATION,
        "keeping one session of " + target.title(),
        "statements of one connection reach different backends",
        "a pooler stands between, and a lock would protect nothing",
        "Let the target's url name the server itself");
  }

  /** An attempt that was ended just now is gone in moments; whoever works takes his time. */
  private static void pause(int tries) {
    long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(tries, 10));
    Pause.waiting("waiting for the lock")
        .of(Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 4, longest)));
  }

  private void rollbackQuietly() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("rollback of {}: {}", step, SqlFailures.text(e));
      if (SqlFailures.isCancelled(e)) {
        // A cancel that came late struck the rollback itself.
        rollbackQuietly();
      }
    }
  }

  private void autocommitQuietly() {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      LOG.debug("autocommit of {}: {}", step, SqlFailures.text(e));
    }
  }
}
