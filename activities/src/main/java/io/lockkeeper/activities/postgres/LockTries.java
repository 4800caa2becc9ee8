package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.LockPlan.Wanted;
import io.lockkeeper.activity.Blocker;
import io.lockkeeper.step.Evidence.Locks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How often the locks of one unit were asked for, how, and what stood in the way. Not safe for
 * several threads.
 */
final class LockTries {
  /**
   * How long whatever NOWAIT does not cover may stand in a queue, and others behind it: enough for
   * short transactions to end. With 300 arrivals a second the third stands behind us after 10 ms.
   */
  private static final Duration STANDS = Duration.ofMillis(10);

  /** After some tries it stands longer: still short against what people notice. */
  private static final Duration STANDS_LONGER = Duration.ofMillis(40);

  private static final int PATIENT = 10;

  /**
   * For what nobody's reads or writes wait for, such as a row: below the server's deadlock_timeout
   * of 1 s, so that in a deadlock it is always we who give way.
   */
  static final Duration WAITS = Duration.ofMillis(400);

  /** A transaction that is younger ends by itself soon. */
  private static final double YOUNG_SECONDS = 0.05;

  /** On a busy table a gap comes sooner than the next second. */
  private static final int QUICK = 10;

  private static final String VACUUM = "autovacuum worker";

  private final long began = System.nanoTime();
  private final boolean strong;
  private final boolean known;
  private int attempts;
  private int refusals;
  private int quick;
  private @Nullable Wanted asked;
  private String wished = "its locks";
  private List<Blocker> before = List.of();
  private List<Blocker> worst = List.of();
  private Optional<Double> held = Optional.empty();
  private int blocked;
  private double causedWait;

  /**
   * @param strong whether reads or writes of others may wait for what is asked for
   * @param known whether it is known what is asked for
   */
  LockTries(boolean strong, boolean known) {
    this.strong = strong;
    this.known = known;
  }

  /** The number of the try that begins now, from 1. */
  int next() {
    asked = null;
    return ++attempts;
  }

  /**
   * Takes the locks that can be taken before the work, without standing in a queue: but for a
   * moment where the table is only busy, and behind nothing but a vacuum, which gives way to who
   * waits in a mode that no reader or writer minds.
   */
  void take(Connection connection, LockPlan plan) throws SQLException {
    wished = plan.text();
    for (Wanted table : plan.tables()) {
      asked = table;
      if (onlyVacuum()) {
        standFor(connection, "current_setting('deadlock_timeout')::interval + interval '1s'");
        Rows.execute(connection, "LOCK TABLE " + table.name() + " IN SHARE UPDATE EXCLUSIVE MODE");
      }
    }
    stand(connection, stands());
    for (Wanted table : plan.tables()) {
      asked = table;
      Rows.execute(
          connection,
          "LOCK TABLE "
              + table.name()
              + " IN "
              + table.mode().sql()
              + " MODE"
              + (quick >= QUICK ? "" : " NOWAIT"));
    }
    asked = null;
    stand(connection, strong() ? stands() : WAITS);
  }

  /** How long this try may stand in a queue for a strong lock. */
  Duration stands() {
    return attempts <= PATIENT ? STANDS : STANDS_LONGER;
  }

  /** Whom the work itself waited for, where that was seen. */
  void sawBefore(List<Blocker> blockers) {
    before = blockers.isEmpty() ? before : blockers;
  }

  /** It was not got; who was in the way, as far as it could be seen. */
  void refused(List<Blocker> blockers) {
    refusals++;
    before = blockers.isEmpty() ? before : blockers;
    worst = oldest(blockers) >= oldest(worst) ? blockers : worst;
    boolean busy = asked != null && blockers.stream().allMatch(LockTries::young) && quick < QUICK;
    quick = busy ? quick + 1 : 0;
  }

  /** Whether the next try may come at once: those in the way are young and end soon. */
  boolean again() {
    return quick > 0;
  }

  /**
   * What was asked for without a queue when it was refused; absent where the work itself waited.
   */
  Optional<Wanted> asked() {
    return Optional.ofNullable(asked);
  }

  List<Blocker> before() {
    return before;
  }

  /** Those in the way at the try at which the oldest of all was. */
  List<Blocker> worst() {
    return worst;
  }

  int attempts() {
    return attempts;
  }

  /** How often a lock was not there. */
  int refusals() {
    return refusals;
  }

  String wished() {
    return wished;
  }

  boolean strong() {
    return strong || !known;
  }

  Duration lasted() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  void saw(Act act) {
    blocked = Math.max(blocked, act.blocked());
    causedWait = Math.max(causedWait, act.causedWait());
  }

  void held(double seconds) {
    held = Optional.of(seconds);
  }

  Locks locks() {
    return new Locks(held, attempts, blocked, causedWait);
  }

  private static double oldest(List<Blocker> blockers) {
    return blockers.stream().mapToDouble(Blocker::transactionSeconds).max().orElse(0);
  }

  /** Whether a vacuum is in the way, and beside it only who ends soon. */
  private boolean onlyVacuum() {
    return before.stream().anyMatch(LockTries::vacuum)
        && before.stream().allMatch(blocker -> vacuum(blocker) || young(blocker));
  }

  private static boolean vacuum(Blocker blocker) {
    return blocker.state().equals(VACUUM);
  }

  private static boolean young(Blocker blocker) {
    return blocker.pid() != 0
        && blocker.state().equals("active")
        && blocker.transactionSeconds() < YOUNG_SECONDS;
  }

  private static void stand(Connection connection, Duration time) throws SQLException {
    Rows.execute(connection, "SET LOCAL lock_timeout = '" + time.toMillis() + "ms'");
  }

  private static void standFor(Connection connection, String interval) throws SQLException {
    Rows.one(
        connection,
        "SELECT set_config('lock_timeout', (extract(epoch FROM "
            + interval
            + ") * 1000)::int || 'ms', true)",
        row -> row.getString(1));
  }
}
