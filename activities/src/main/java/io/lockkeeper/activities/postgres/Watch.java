package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.Cancellation;
import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activities.postgres.Behind.Waiter;
import io.lockkeeper.activity.Blocker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks on while our backend works, from a session of its own and in transactions of one statement:
 * who waits for us, and whom we wait for. Cancels our statement where the guard says so, where its
 * time is up, and where it can no longer be seen who waits. Has one thread; what the others call is
 * safe. Source: pg_locks, with the time of a wait from PostgreSQL 14 on; before, from when it was
 * first seen.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long TELLS_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
  private static final Duration FIRST = Duration.ofNanos(CLOSE_NANOS);

  /** While somebody stands behind us: his wait ends at its limit, and not a look later. */
  private static final long BLOCKED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long BLIND_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Whom they wait for is asked for so many: it is dear, and more would change no decision. */
  private static final int ASKED = 100;

  /** One row with the time alone where nobody waits. */
  private static final String WAITING =
      """
      SELECT extract(epoch FROM clock_timestamp()) AS now, w.*
      FROM (SELECT 1) AS one LEFT JOIN (
        SELECT l.pid, l.locktype,
          coalesce(a.backend_type, 'client backend') = 'client backend'
            AND a.application_name NOT LIKE 'lk/%%' AS counts,
          extract(epoch FROM (to_jsonb(l) ->> 'waitstart')::timestamptz) AS since
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE NOT l.granted LIMIT %d) AS w ON true
      """
          .formatted(ASKED);

  private static final String BLOCKERS =
      "SELECT pid, pg_blocking_pids(pid) FROM unnest(?::int[]) AS w (pid)";

  /** A row of the above. */
  private record Waiting(int pid, boolean snapshot, boolean counts, double since) {}

  private final Target target;
  private final Fence fence;
  private final Running running;
  private final SectionGuard guard;
  private final ServerProgress progress;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition due = lock.newCondition();
  private final Map<Integer, Double> firstSeen = new HashMap<>();
  private volatile Clock clock;
  private volatile @Nullable Connection connection;
  private volatile @Nullable Act act;
  private volatile int blocked;
  private volatile boolean closed;
  private volatile long sight = System.nanoTime();
  private volatile long deadline = Long.MAX_VALUE;
  private volatile String deadlineText = "";
  private long told = System.nanoTime() - TELLS_NANOS;
  private long next;

  private Watch(
      Target target,
      Fence fence,
      Running running,
      SectionGuard guard,
      Connection connection,
      double serverNow) {
    this.target = target;
    this.fence = fence;
    this.running = running;
    this.guard = guard;
    this.progress = new ServerProgress(fence.pid());
    this.connection = connection;
    this.clock = new Clock(System.nanoTime(), serverNow);
    this.thread = new Thread(this::run, "watch of " + fence.pid());
    thread.setDaemon(true);
  }

  /** The server's clock, as it was at some time of ours. */
  private record Clock(long nanos, double server) {
    double now() {
      return server + (System.nanoTime() - nanos) / 1e9;
    }
  }

  /** Begins to look on. */
  static Watch open(Target target, Fence fence, Running running, SectionGuard guard)
      throws SQLException {
    Connection connection = target.watching();
    try {
      return begin(target, fence, running, guard, connection);
    } catch (SQLException e) {
      LOG.debug("the session to look on by has ended: {}", SqlFailures.text(e));
      return begin(target, fence, running, guard, target.watching());
    }
  }

  private static Watch begin(
      Target target, Fence fence, Running running, SectionGuard guard, Connection connection)
      throws SQLException {
    try {
      double now =
          Rows.one(
              connection, "SELECT extract(epoch FROM clock_timestamp())", row -> row.getDouble(1));
      Watch watch = new Watch(target, fence, running, guard, connection, now);
      watch.thread.start();
      return watch;
    } catch (SQLException | RuntimeException e) {
      Spare.close(connection);
      throw e;
    }
  }

  /** From now on our backend works on that, and may be cancelled. */
  Act begin(Optional<Duration> limit, Optional<Duration> snapshots) {
    Act begun = new Act(fence, clock.now(), limit, snapshots);
    sight = System.nanoTime();
    act = begun;
    lookIn(FIRST);
    return begun;
  }

  /** It is over: what was seen is final, and no cancel is under way. */
  Optional<Cancellation> end(Act ended) {
    Optional<Cancellation> why = ended.end();
    act = null;
    forget();
    return why;
  }

  private void forget() {
    blocked = 0;
    running.locks(Optional.empty(), List.of());
    running.told(Optional.empty());
  }

  /** Looks after that time, where no look is due before. */
  void lookIn(Duration time) {
    lock.lock();
    try {
      next = Math.min(next, System.nanoTime() + time.toNanos());
      due.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Over that time whatever runs is cancelled. */
  void until(Duration left, String text) {
    deadlineText = text;
    deadline = System.nanoTime() + left.toNanos();
  }

  /** Why nothing more is to be tried. */
  Optional<Cancellation> over() {
    return System.nanoTime() > deadline
        ? Optional.of(Cancellation.overTime(deadlineText))
        : Optional.empty();
  }

  /** Cancels whatever runs. */
  void cancel(Cancellation why) {
    @Nullable Act now = act;
    if (now != null) {
      now.cancel(why);
    }
  }

  /** Whether somebody stands behind our backend. */
  boolean cause() {
    return blocked > 0;
  }

  @Override
  public void close() {
    closed = true;
    lookIn(Duration.ZERO);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    @Nullable Connection last = connection;
    if (last == null || thread.isAlive()) {
      disconnect();
    } else {
      target.keepWatching(last);
    }
  }

  private void run() {
    while (!closed) {
      long pause = look();
      await(pause);
    }
  }

  private void await(long nanos) {
    lock.lock();
    try {
      next = System.nanoTime() + nanos;
      for (long left = nanos; left > 0 && !closed; left = next - System.nanoTime()) {
        due.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** One look; how long until the next. */
  private long look() {
    @Nullable Act now = act;
    if (now == null) {
      return IDLE_NANOS;
    }
    judgeTime(now);
    try {
      boolean waits = look(now);
      sight = System.nanoTime();
      return blocked > 0 ? BLOCKED_NANOS : waits || now.strong() ? CLOSE_NANOS : IDLE_NANOS;
    } catch (SQLException e) {
      LOG.debug("looking on at {}: {}", fence.pid(), SqlFailures.text(e));
      disconnect();
      judgeSight(now);
      return CLOSE_NANOS;
    }
  }

  /** Whether anybody waits for a lock. */
  private boolean look(Act now) throws SQLException {
    Connection looking = connected();
    List<Waiting> waiting = waiting(looking);
    Optional<Waiting> us = waiting.stream().filter(w -> w.pid() == fence.pid()).findFirst();
    Map<Integer, Waiter> others = others(looking, waiting);
    Behind behind = Behind.of(fence.pid(), now.since(), clock.now(), others);
    List<Blocker> before = us.isEmpty() ? List.of() : Blockers.before(looking, fence.pid());
    now.waitsForSnapshots(us.filter(Waiting::snapshot).isPresent());
    now.saw(behind.sessions(), behind.longest(), before);
    blocked = behind.sessions();
    running.locks(behind.progress(), before);
    guard.ours(behind.sessions(), behind.longest(), now.held()).ifPresent(now::cancel);
    tellProgress(looking);
    if (act != now) {
      // It ended meanwhile: what was seen tells nothing of whatever comes next.
      forget();
    }
    return !waiting.isEmpty();
  }

  private void tellProgress(Connection looking) throws SQLException {
    if (System.nanoTime() - told >= TELLS_NANOS) {
      told = System.nanoTime();
      running.told(progress.look(looking));
    }
  }

  private List<Waiting> waiting(Connection looking) throws SQLException {
    List<Waiting> waiting = new ArrayList<>();
    Rows.list(
        looking,
        WAITING,
        row -> {
          clock = new Clock(System.nanoTime(), row.getDouble("now"));
          int pid = row.getInt("pid");
          if (pid != 0) {
            double since = row.getDouble("since");
            double seen = firstSeen.computeIfAbsent(pid, p -> clock.now());
            boolean told = !row.wasNull() && since > 0;
            waiting.add(
                new Waiting(
                    pid,
                    row.getString("locktype").equals("virtualxid"),
                    row.getBoolean("counts"),
                    told ? since : seen));
          }
          return pid;
        });
    firstSeen.keySet().retainAll(waiting.stream().map(Waiting::pid).toList());
    return waiting;
  }

  private Map<Integer, Waiter> others(Connection looking, List<Waiting> waiting)
      throws SQLException {
    Map<Integer, Waiter> others = new HashMap<>();
    Map<Integer, Waiting> byPid = new HashMap<>();
    waiting.stream().filter(w -> w.pid() != fence.pid()).forEach(w -> byPid.put(w.pid(), w));
    if (!byPid.isEmpty()) {
      Rows.list(
          looking,
          BLOCKERS,
          row -> {
            Waiting waiter = Objects.requireNonNull(byPid.get(row.getInt(1)));
            List<Integer> blockers = Arrays.asList((Integer[]) row.getArray(2).getArray());
            return others.put(waiter.pid(), new Waiter(waiter.since(), waiter.counts(), blockers));
          },
          byPid.keySet().stream().map(String::valueOf).toList());
    }
    return others;
  }

  private void judgeTime(Act now) {
    over().ifPresent(now::cancel);
    now.late().ifPresent(late -> now.cancel(Cancellation.overTime(late)));
  }

  private void judgeSight(Act now) {
    if (now.strong() && System.nanoTime() - sight > BLIND_NANOS) {
      now.cancel(Cancellation.causedWait("for 5 s nobody could see who waits for it, limit 5 s"));
    }
  }

  private Connection connected() throws SQLException {
    @Nullable Connection ready = connection;
    if (ready == null) {
      ready = target.watching();
      connection = ready;
    }
    return ready;
  }

  private void disconnect() {
    @Nullable Connection old = connection;
    connection = null;
    if (old != null) {
      Spare.close(old);
    }
  }
}
