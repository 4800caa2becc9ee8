package io.lockkeeper.activities.postgres;

import java.sql.SQLException;
import java.time.Duration;

/** What lets forward work into a target: asked before anything is done, and again on the fence. */
sealed interface Admission {
  /** The grant of a promotion that is not over, which holds the target. */
  Admission GRANT = new Granted();

  /**
   * Without a trace in the target.
   *
   * @throws io.lockkeeper.failure.LockkeeperException {@code GRANT_REFUSED} where nothing lets it
   *     in
   */
  void before(Target target, String promotion, String change) throws SQLException;

  /**
   * @throws io.lockkeeper.failure.LockkeeperException {@code GRANT_REFUSED} where nothing lets it
   *     in, {@code TARGET_TAKEN} where another promotion holds the target
   */
  void on(Fence fence, String promotion, String change) throws SQLException;

  /** See {@link #GRANT}. */
  record Granted() implements Admission {
    @Override
    public void before(Target target, String promotion, String change) throws SQLException {
      Grants.require(target, promotion, change);
    }

    @Override
    public void on(Fence fence, String promotion, String change) throws SQLException {
      Grants.require(fence, promotion, change);
      Lease.require(fence, promotion);
    }
  }

  /**
   * The closed grant of a promotion that is over, where it was closed with something that follows.
   * The target is not held: the fence alone keeps others away meanwhile.
   *
   * @param outcome the end that it follows
   * @param after how long after the change it was meant to be
   */
  record AfterTheEnd(String outcome, Duration after) implements Admission {
    @Override
    public void before(Target target, String promotion, String change) throws SQLException {
      Grants.requireFollowing(target, promotion, change, this);
    }

    @Override
    public void on(Fence fence, String promotion, String change) throws SQLException {
      Grants.requireFollowing(fence, promotion, change, this);
      Lease.requireFree(fence);
    }
  }
}
