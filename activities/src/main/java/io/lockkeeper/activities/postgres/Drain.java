package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Sessions.Which;
import io.lockkeeper.activity.Blocker;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Waits for those who are in a transaction, and ends who stays longer than he may. A session keeps
 * the mode in which it began, so those of the other mode have to end: idle ones at once, because
 * their pool gives a new one to the next who asks.
 */
final class Drain {
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Who began under read-only mode has written nothing that could be lost. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(10);

  /** What an ended session needs to be gone. */
  private static final Duration GONE = Duration.ofSeconds(5);

  private final Running running;
  private final Sessions sessions;
  private final Beat beat;
  private final List<String> ended = new ArrayList<>();
  private int idle;

  /** Done before each look, so that nothing lapses while we wait. */
  interface Beat {
    void beat() throws SQLException;
  }

  /**
   * How it ended.
   *
   * @param ended sessions that were ended in a transaction, for people
   * @param idle how many idle ones were ended
   * @param left who goes on all the same
   */
  record Drained(List<String> ended, int idle, List<String> left) {}

  Drain(Fence fence, Running running, Beat beat) {
    this.running = running;
    this.beat = beat;
    this.sessions = new Sessions(fence);
  }

  /**
   * Before anything is done: all that began before now.
   *
   * @param readOnly whether sessions that began before may still write, and so have to end
   * @param patience how long who is in a transaction is waited for; absent where nobody is
   */
  Drained before(boolean readOnly, Optional<Duration> patience) throws SQLException {
    Which old = new Which(Optional.empty(), sessions.now(), !readOnly);
    return drain(old, readOnly, patience, true);
  }

  /** After read-only mode was put back: all that began under it. */
  Drained after(Instant since) throws SQLException {
    Which readOnly = new Which(Optional.of(since), sessions.now(), false);
    return drain(readOnly, true, Optional.of(AFTERWARDS), false);
  }

  private Drained drain(Which which, boolean endsIdle, Optional<Duration> patience, boolean all)
      throws SQLException {
    long giveUp = System.nanoTime() + patience.orElse(Duration.ZERO).toNanos();
    while (true) {
      beat.beat();
      idle += endsIdle ? sessions.endIdle(which) : 0;
      List<Blocker> left = left(which, all);
      if (left.isEmpty() || patience.isEmpty()) {
        return drained(left);
      }
      if (System.nanoTime() > giveUp) {
        end(which);
        return drained(left(which, all));
      }
      running.waitsFor(left);
      running.beat("drains the target");
      running.rest(LOOK);
    }
  }

  private List<Blocker> left(Which which, boolean all) throws SQLException {
    List<Blocker> left = new ArrayList<>(sessions.busy(which));
    if (all) {
      left.addAll(sessions.prepared());
    }
    return left;
  }

  private void end(Which which) throws SQLException {
    sessions.endBusy(which).forEach(session -> ended.add(session.text()));
    long giveUp = System.nanoTime() + GONE.toNanos();
    // Those that may not be ended are still there, and are not waited for.
    while (!sessions.endBusy(which).isEmpty() && System.nanoTime() < giveUp) {
      beat.beat();
      running.rest(LOOK);
    }
  }

  private Drained drained(List<Blocker> left) {
    running.waitsFor(List.of());
    return new Drained(ended, idle, left.stream().map(Blocker::text).toList());
  }
}
