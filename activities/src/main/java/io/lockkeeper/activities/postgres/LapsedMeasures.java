package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures of a target that nobody renewed: whoever put them in force has died, or was cut off. Any
 * worker puts them back, under the fence; the ledger's row is locked meanwhile, so one does.
 */
public final class LapsedMeasures {
  private static final Logger LOG = LoggerFactory.getLogger(LapsedMeasures.class);

  /** Besides the fence's: of the one worker that is at it. */
  private static final int AT_IT = 2;

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

  /** Puts back all that is past its lease; nothing where there is none, or another is at it. */
  public List<PutBack> putBack() {
    try {
      List<String> forgotten = target.sample(LapsedMeasures::forgotten);
      return forgotten.isEmpty() ? List.of() : putBack(forgotten);
    } catch (SQLException e) {
      throw SqlFailures.of("putting back measures past their lease", target, e);
    }
  }

  private static List<String> forgotten(Connection connection) throws SQLException {
    return MeasureLedger.exists(connection) ? MeasureLedger.forgotten(connection) : List.of();
  }

  private List<PutBack> putBack(List<String> forgotten) throws SQLException {
    // A session of its own: it holds the lock by which another worker sees that it is at it.
    try (Connection connection = target.dedicated(Target.OURS + "measures")) {
      Rows.execute(connection, "SET statement_timeout = '5s'");
      List<PutBack> done = new ArrayList<>();
      for (String promotion : forgotten) {
        if (mayPutBack(connection, promotion)) {
          putBack(promotion).ifPresent(done::add);
        }
      }
      return done;
    }
  }

  /**
   * Whether no other worker does it right now: the fence would let the later of two end the other
   * one. A worker that froze over it is not waited for longer than a second lease.
   */
  private static boolean mayPutBack(Connection connection, String promotion) throws SQLException {
    return MeasureLedger.longForgotten(connection, promotion)
        || Rows.one(
            connection,
            "SELECT pg_try_advisory_lock(?, ?)",
            row -> row.getBoolean(1),
            Fence.LOCK_CLASS,
            AT_IT);
  }

  private Optional<PutBack> putBack(String promotion) throws SQLException {
    // A newer attempt than those that were under way when the lease ended: they are cut off.
    Work work = new Work(promotion, "measures-lapsed", System.currentTimeMillis(), 1, Map.of());
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    try (Fence fence = Fence.open(target, work, waiting -> wait(waiting, giveUp))) {
      TargetMeasures.Back back = TargetMeasures.restore(fence, promotion, true);
      try {
        back = TargetMeasures.settle(fence, new Running(), promotion, back);
        fence.endsWell();
      } catch (SQLException | LockkeeperException e) {
        // They are back, which is told; who is cut off here is finished by the next.
        LOG.warn("sessions of {} are not all ended yet: {}", target.title(), e.toString());
      }
      return back.rows().isEmpty() ? Optional.empty() : Optional.of(told(promotion, back));
    }
  }

  private PutBack told(String promotion, TargetMeasures.Back back) {
    return new PutBack(
        promotion,
        "measures of "
            + target.title()
            + " were put back by a worker, because nobody had renewed them for "
            + MeasureLedger.LEASE.toSeconds()
            + " s: "
            + back.sentence());
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
