package io.lockkeeper.activities.postgres;

import io.lockkeeper.activity.Blocker;
import io.lockkeeper.activity.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt is doing, shared by the thread that works and the one that beats its heart. Safe
 * for both.
 */
public final class Running implements Fence.Pulse {
  private volatile String what = "begins";
  private volatile int unit;
  private volatile int units;
  private volatile Optional<Progress.Behind> behind = Optional.empty();
  private volatile List<Blocker> before = List.of();
  private volatile List<Blocker> refusedBy = List.of();
  private volatile int lockAttempt;
  private volatile Optional<ServerProgress.Told> told = Optional.empty();
  private volatile boolean stopped;
  private volatile boolean cleaning;
  private volatile @Nullable Fence fence;

  /** Thrown in the working thread once the attempt is no longer wanted. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoppedException() {
      super("stopped");
    }
  }

  public Progress progress() {
    List<Blocker> seen = before;
    Progress now =
        Progress.of(what, unit, units)
            .locks(behind, seen.isEmpty() ? refusedBy : seen, lockAttempt);
    return told.map(t -> t.in(now)).orElse(now);
  }

  /** The backend that works; zero before there is one. */
  public int pid() {
    Fence now = fence;
    return now == null ? 0 : now.pid();
  }

  /** Ends the statement that runs, unless it cleans up; call again until the work has ended. */
  public void stop() {
    stopped = true;
    Fence now = fence;
    if (now != null && !cleaning) {
      now.cancel();
    }
  }

  public boolean stopped() {
    return stopped;
  }

  @Override
  public void beat(String now) {
    what = now;
    throwIfStopped();
  }

  /** Waits between two looks; a worker that stops calls the work off. */
  public void rest(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
    }
    throwIfStopped();
  }

  public void throwIfStopped() {
    if (stopped) {
      throw new StoppedException();
    }
  }

  /** From now on a stop reaches that connection. */
  public void on(Fence working) {
    fence = working;
    throwIfStopped();
  }

  /** Who stands behind our backend, and whom it waits for. */
  void locks(Optional<Progress.Behind> waiting, List<Blocker> waitedFor) {
    behind = waiting;
    before = waitedFor;
  }

  /** Who is waited for without a lock of ours; nobody once that is over. */
  void waitsFor(List<Blocker> sessions) {
    before = sessions;
  }

  /** What the server tells of the statement that runs. */
  void told(Optional<ServerProgress.Told> progress) {
    told = progress;
  }

  /**
   * How far something has come of which the server does not tell; it stands until it is told anew
   * or {@link #countsNoMore}.
   *
   * @param phase in words
   * @param counted absent where it cannot be told
   */
  public void counts(
      String phase, Optional<Progress.Counted> counted, Optional<Double> secondsLeft) {
    Optional<Double> percent =
        counted.filter(c -> c.total() > 0).map(c -> Math.min(99.0, 100.0 * c.done() / c.total()));
    told(Optional.of(new ServerProgress.Told(phase, percent, counted, secondsLeft)));
  }

  public void countsNoMore() {
    told(Optional.empty());
  }

  /** Who was in the way when our locks were asked for last; nobody once they are got. */
  void refusedBy(List<Blocker> blockers) {
    refusedBy = blockers;
  }

  /** How often the unit's locks were asked for; zero where none is needed. */
  void lockAttempt(int attempt) {
    lockAttempt = attempt;
  }

  void unit(int number, int of, String doing) {
    unit = number;
    units = of;
    lockAttempt = 0;
    beat(doing);
  }

  /** From now on a stop waits: what is left is being removed. */
  public void cleaning(boolean on) {
    cleaning = on;
  }
}
