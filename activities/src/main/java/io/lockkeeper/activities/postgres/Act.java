package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.Cancellation;
import io.lockkeeper.activity.Blocker;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One transaction or statement of ours while it is under watch. Between its begin and its end it
 * may be cancelled, and nothing else: the one who ends it waits for a cancel that is under way, so
 * that it cannot strike whatever comes next. Safe for the working thread and the watching one.
 */
final class Act {
  private final Fence fence;
  private final long began = System.nanoTime();
  private final double since;
  private final Optional<Duration> limit;
  private final Optional<Duration> snapshots;
  private volatile boolean strong;
  private volatile long heldSince;
  private volatile int blocked;
  private volatile double causedWait;
  private volatile List<Blocker> before = List.of();
  private volatile long waitsForSnapshots;
  private boolean open = true;
  private @Nullable Cancellation why;

  /**
   * @param since its begin on the server's clock, seconds since 1970: who waits since before it is
   *     not charged to us
   * @param limit how long it may take
   * @param snapshots how long it may wait for old snapshots at a time
   */
  Act(Fence fence, double since, Optional<Duration> limit, Optional<Duration> snapshots) {
    this.fence = fence;
    this.since = since;
    this.limit = limit;
    this.snapshots = snapshots;
  }

  double since() {
    return since;
  }

  /** From now on reads or writes of others may wait for it. */
  void holdsStrongLock() {
    heldSince = System.nanoTime();
    strong = true;
  }

  /** Seconds for which it has held one; 0 where it holds none. */
  double held() {
    return strong ? (System.nanoTime() - heldSince) / 1e9 : 0;
  }

  boolean strong() {
    return strong;
  }

  void saw(int sessions, double longest, List<Blocker> blockers) {
    blocked = Math.max(blocked, sessions);
    causedWait = Math.max(causedWait, longest);
    before = blockers.isEmpty() ? before : blockers;
  }

  /** Since when it has been waiting for old snapshots without a pause. */
  void waitsForSnapshots(boolean waits) {
    if (!waits) {
      waitsForSnapshots = 0;
    } else if (waitsForSnapshots == 0) {
      waitsForSnapshots = System.nanoTime();
    }
  }

  int blocked() {
    return blocked;
  }

  double causedWait() {
    return causedWait;
  }

  /** Whom it waited for when it was last seen waiting. */
  List<Blocker> before() {
    return before;
  }

  /** Which of its times is up. */
  Optional<String> late() {
    long now = System.nanoTime();
    if (limit.isPresent() && now - began > limit.get().toNanos()) {
      return Optional.of("it took longer than " + seconds(limit.get()));
    }
    long waits = waitsForSnapshots;
    return snapshots
        .filter(most -> waits != 0 && now - waits > most.toNanos())
        .map(
            most ->
                "it waited longer than "
                    + seconds(most)
                    + " for transactions that began before it");
  }

  /** Cancels it, once. */
  synchronized void cancel(Cancellation reason) {
    if (open && why == null) {
      why = reason;
      fence.cancel();
    }
  }

  /** Nothing cancels it from now on. */
  synchronized Optional<Cancellation> end() {
    open = false;
    return Optional.ofNullable(why);
  }

  private static String seconds(Duration time) {
    return Quantity.print(time.toMillis() / 1000.0, Dimension.TIME);
  }
}
