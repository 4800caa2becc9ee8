package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.guard.Cancellation;
import io.lockkeeper.failure.FailureCode;
import java.sql.SQLException;

/** A statement that the guard cancelled or did not let begin; its SQLState is the server's. */
final class HinderedException extends SQLException {
  private static final long serialVersionUID = 1;

  private final transient Cancellation why;

  HinderedException(Cancellation why, SQLException cause) {
    super(why.sentence(), SqlFailures.state(cause), cause);
    this.why = why;
  }

  Cancellation why() {
    return why;
  }

  /**
   * For people.
   *
   * @param where the unit, its section and target
   * @param means what it means now
   */
  UnitFailure failure(String where, String means) {
    String next =
        why.hindrance().isPresent()
            ? ". It is tried again by itself; end what stands in the way, or stop the promotion"
            : ". Retry the step when the target is quieter, raise the limit, or roll back";
    String did = why.code() == FailureCode.LOCK_TIMEOUT ? " " : " was cancelled: ";
    return new UnitFailure(
        why.code(), where + did + why.sentence() + ". " + means + next, why.hindrance());
  }
}
