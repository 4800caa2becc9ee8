package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.Cancellation;
import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activity.Blocker;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.section.LockUse;
import io.lockkeeper.step.Evidence.Locks;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Does our own work so that nobody stands behind us for long. What takes strong locks asks for them
 * without queueing, in the transaction of the change, and again each second; what then still waits,
 * waits for a few tens of milliseconds. What runs outside a transaction and takes no strong lock
 * may wait: nobody reads or writes behind it. All of it is under {@link Watch}. Not safe for
 * several threads.
 */
final class LockGuard {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration QUICK = Duration.ofMillis(5);
  private static final Duration SLICE = Duration.ofMillis(250);
  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  /** Whom the work waits for is looked for while it stands in the queue. */
  private static final Duration GLANCE = Duration.ofMillis(5);

  /** While a build waits for old snapshots, nobody waits for it; but not for ever. */
  private static final Duration SNAPSHOTS = Duration.ofMinutes(30);

  private final Fence fence;
  private final Running running;
  private final Watch watch;
  private final SectionGuard guard;
  private final IdleBlockers idle;
  private final Patience patience;

  /**
   * How long it asks for locks before it is left to a timer of the workflow.
   *
   * @param asks absent for a way back, which goes on until it is done or nobody wants it
   */
  record Patience(Optional<Duration> asks) {
    static final Patience FORWARD = new Patience(Optional.of(Duration.ofMinutes(5)));
    static final Patience BACK = new Patience(Optional.empty());
  }

  /** A statement that is no part of a transaction. */
  interface Alone {
    void run() throws SQLException;
  }

  /** One try. */
  private interface Once {
    void go(LockTries tries) throws SQLException;
  }

  LockGuard(Fence fence, Running running, Watch watch, SectionGuard guard, Patience patience) {
    this.fence = fence;
    this.running = running;
    this.watch = watch;
    this.guard = guard;
    this.idle = new IdleBlockers(fence, guard);
    this.patience = patience;
  }

  /**
   * Something changed in one transaction, begun anew while its locks are not there.
   *
   * @param what it is, as it reads in "waits for the lock of what"
   * @param uses its locks, as far as they are known
   * @throws HinderedException where the locks did not come, or the guard cancelled it
   */
  Locks change(String what, List<LockUse> uses, Fence.Change work) throws SQLException {
    LockTries tries = new LockTries(strong(uses), !uses.isEmpty());
    return untilGot(what, tries, once -> transaction(once, uses, work));
  }

  /**
   * A statement that cannot run in a transaction.
   *
   * @throws HinderedException as {@link #change}
   */
  Locks run(String what, List<LockUse> uses, Alone work) throws SQLException {
    boolean strong = strong(uses);
    LockTries tries = new LockTries(strong, true);
    return untilGot(what, tries, once -> alone(once, strong, work));
  }

  private static boolean strong(List<LockUse> uses) {
    return uses.stream().anyMatch(use -> use.mode().strong());
  }

  private Locks untilGot(String what, LockTries tries, Once once) throws SQLException {
    Duration rest = POLL;
    while (true) {
      running.lockAttempt(tries.next());
      try {
        once.go(tries);
        running.refusedBy(List.of());
        told(what, tries);
        return tries.locks();
      } catch (HinderedException e) {
        if (patience.asks().isPresent()) {
          throw e;
        }
        guard.note(
            what + " cancelled", what + " was cancelled and is tried again: " + e.why().sentence());
        running.beat("lets others pass before " + what);
        rest(rest);
        rest = longer(rest);
      } catch (SQLException e) {
        if (!SqlFailures.isLockTimeout(e)) {
          throw e;
        }
        running.throwIfStopped();
        refused(what, tries, e);
      }
    }
  }

  private void transaction(LockTries tries, List<LockUse> uses, Fence.Change work)
      throws SQLException {
    Act act = watch.begin(guard.rules().each(), Optional.empty());
    long[] since = new long[1];
    try {
      fence.change(
          connection -> {
            LockPlan plan = LockPlan.of(connection, uses);
            since[0] = System.nanoTime();
            tries.take(connection, plan);
            if (tries.strong()) {
              act.holdsStrongLock();
            }
            if (plan.other() && tries.attempts() > 1) {
              watch.lookIn(GLANCE);
            }
            work.on(connection);
          });
    } catch (SQLException e) {
      throw ended(act, tries, e);
    } catch (RuntimeException e) {
      watch.end(act);
      throw e;
    }
    done(act, tries, since[0]);
  }

  private void alone(LockTries tries, boolean strong, Alone work) throws SQLException {
    Optional<Duration> each = guard.rules().each();
    String usual = setting(strong ? tries.stands().toMillis() + "ms" : "0");
    Act act = watch.begin(each, each.isPresent() ? Optional.empty() : Optional.of(SNAPSHOTS));
    long since = System.nanoTime();
    try {
      if (strong) {
        act.holdsStrongLock();
        watch.lookIn(GLANCE);
      }
      work.run();
    } catch (SQLException e) {
      SQLException ended = ended(act, tries, e);
      if (!SqlFailures.isConnection(e)) {
        setting(usual);
      }
      throw ended;
    } catch (RuntimeException e) {
      watch.end(act);
      throw e;
    }
    done(act, tries, since);
    setting(usual);
  }

  /** Sets how long our session stands in a queue; what it was before. */
  private String setting(String value) throws SQLException {
    return Rows.one(
        fence.connection(),
        "SELECT current_setting('lock_timeout'), set_config('lock_timeout', ?, false)",
        row -> row.getString(1),
        value);
  }

  private SQLException ended(Act act, LockTries tries, SQLException e) {
    Optional<Cancellation> why = watch.end(act);
    tries.saw(act);
    if (tries.asked().isEmpty()) {
      tries.sawBefore(act.before());
    }
    return why.isPresent() && SqlFailures.isCancelled(e) ? new HinderedException(why.get(), e) : e;
  }

  private void done(Act act, LockTries tries, long since) {
    double held = (System.nanoTime() - since) / 1e9;
    watch
        .end(act)
        .ifPresent(
            why -> guard.note("it was done before it could be cancelled: " + why.sentence()));
    tries.saw(act);
    if (tries.strong()) {
      tries.held(held);
      guard.held(held);
    }
  }

  private void refused(String what, LockTries tries, SQLException e) throws SQLException {
    List<Blocker> before =
        tries.asked().isPresent()
            ? Blockers.of(
                fence.connection(),
                tries.asked().get().oid(),
                tries.asked().get().mode(),
                fence.pid())
            : tries.before();
    tries.refused(before);
    running.refusedBy(before);
    running.beat("waits for the lock of " + what);
    idle.end(what, before);
    Optional<Cancellation> late = watch.over().or(() -> late(tries));
    if (late.isPresent()) {
      throw new HinderedException(late.get(), e);
    }
    if (patience.asks().filter(most -> tries.lasted().compareTo(most) > 0).isPresent()) {
      throw new HinderedException(
          Cancellation.lock(sentence(tries, "did not get them", tries.before())), e);
    }
    rest(tries.again() ? QUICK : POLL);
  }

  private Optional<Cancellation> late(LockTries tries) {
    return guard
        .rules()
        .each()
        .filter(most -> tries.lasted().compareTo(most) > 0)
        .map(most -> Cancellation.overTime(sentence(tries, "did not get them", tries.before())));
  }

  private void told(String what, LockTries tries) {
    if (tries.refusals() > 0) {
      guard.note(what, what + " " + sentence(tries, "got them then", tries.worst()));
    }
  }

  private static String sentence(LockTries tries, String end, List<Blocker> blockers) {
    String before = Blocker.text(blockers);
    return "asked "
        + tries.attempts()
        + " times in "
        + Quantity.print(Math.rint(tries.lasted().toMillis() / 1000.0), Dimension.TIME)
        + " for "
        + tries.wished()
        + " and "
        + end
        + (before.isEmpty() ? "; who held them could not be seen" : "; held by " + before);
  }

  private static Duration longer(Duration rest) {
    Duration twice = rest.multipliedBy(2);
    return twice.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : twice;
  }

  private void rest(Duration time) {
    Pause.waiting("waiting for a lock").of(time, SLICE, running::throwIfStopped);
  }
}
