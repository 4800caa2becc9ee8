package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Which promotion holds a target: from the first effect of its deploy stage to the last
 * verification. The advisory lock lives as long as a session; the lease spans them.
 */
final class Lease {
  private Lease() {}

  /**
   * Holds the target, or goes on holding it.
   *
   * @throws LockkeeperException {@code TARGET_TAKEN} where another promotion holds it
   */
  static void hold(Fence fence, String promotion) throws SQLException {
    fence.change(
        connection -> {
          refuseOther(fence.target(), promotion, connection);
          Rows.update(
              connection, "UPDATE lockkeeper.lease SET promotion = ?, held = true", promotion);
        });
  }

  /**
   * Before every forward effect.
   *
   * @throws LockkeeperException {@code TARGET_TAKEN} where the promotion does not hold the target
   */
  static void require(Fence fence, String promotion) throws SQLException {
    Optional<String> holder = holder(fence.connection());
    if (holder.filter(promotion::equals).isEmpty()) {
      throw taken(fence.target(), holder.orElse("nobody"));
    }
  }

  /**
   * Before an effect of a promotion that is over.
   *
   * @throws LockkeeperException {@code TARGET_TAKEN} where another promotion holds the target
   */
  static void requireFree(Fence fence) throws SQLException {
    Optional<String> holder = holder(fence.connection());
    if (holder.isPresent()) {
      throw taken(fence.target(), holder.get());
    }
  }

  static void release(Fence fence, String promotion) throws SQLException {
    fence.change(
        connection ->
            Rows.update(
                connection,
                "UPDATE lockkeeper.lease SET held = false WHERE promotion = ?",
                promotion));
  }

  private static void refuseOther(Target target, String promotion, Connection connection)
      throws SQLException {
    Optional<String> holder = holder(connection);
    if (holder.filter(other -> !other.equals(promotion)).isPresent()) {
      throw taken(target, holder.get());
    }
  }

  static Optional<String> holder(Connection connection) throws SQLException {
    return Rows.first(
        connection, "SELECT promotion FROM lockkeeper.lease WHERE held", row -> row.getString(1));
  }

  private static LockkeeperException taken(Target target, String holder) {
    return new LockkeeperException(
        FailureCode.TARGET_TAKEN,
        "working on " + target.title(),
        "it is held by " + holder,
        "nothing was done",
        "Let that promotion come to its end, or abort it, then retry");
  }
}
