package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures of a target that nobody renewed: whoever put them in force has died, or was cut off. Any
 * worker puts them back, under the fence; the ledger's row is locked meanwhile, so one does.
 */
public final class LapsedMeasures {
  /** Another promotion's step may have the fence; it is looked again soon. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Target target;

  public LapsedMeasures(Target target) {
    this.target = target;
  }

  /**
   * Of one promotion.
   *
   * @param sentence what was put back, for people
   */
  public record PutBack(String promotion, String sentence) {}

  /** Puts back all that is past its lease; nothing where there is none. */
  public List<PutBack> putBack() {
    try {
      List<String> promotions =
          target.read(
              connection ->
                  MeasureLedger.exists(connection)
                      ? MeasureLedger.forgotten(connection)
                      : List.of());
      List<PutBack> done = new ArrayList<>();
      for (String promotion : promotions) {
        TargetMeasures.Back back = putBack(promotion);
        if (!back.rows().isEmpty()) {
          done.add(
              new PutBack(
                  promotion,
                  "measures of "
                      + target.title()
                      + " were put back by a worker, because nobody had renewed them for "
                      + MeasureLedger.LEASE.toSeconds()
                      + " s: "
                      + back.sentence()));
        }
      }
      return done;
    } catch (SQLException e) {
      throw SqlFailures.of("putting back measures past their lease", target, e);
    }
  }

  private TargetMeasures.Back putBack(String promotion) throws SQLException {
    // A newer attempt than those that were under way when the lease ended: they are cut off.
    Work work = new Work(promotion, "measures-lapsed", System.currentTimeMillis(), 1, Map.of());
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    try (Fence fence = Fence.open(target, work, waiting -> wait(waiting, giveUp))) {
      TargetMeasures.Back back = TargetMeasures.putBack(fence, new Running(), promotion, true);
      fence.endsWell();
      return back;
    }
  }

  private void wait(String waiting, long giveUp) {
    if (System.nanoTime() > giveUp) {
      throw new LockkeeperException(
          FailureCode.TARGET_TAKEN,
          "putting back measures past their lease of " + target.title(),
          waiting,
          "they are still in force",
          "It is tried again by itself; end that session where it stays");
    }
  }
}
