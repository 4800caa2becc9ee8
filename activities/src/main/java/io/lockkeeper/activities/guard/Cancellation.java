package io.lockkeeper.activities.guard;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.step.Hindrance;
import java.util.Optional;

/**
 * Why our own statement was cancelled, or could not begin.
 *
 * @param hindrance what waiting may change; absent where a person is needed
 * @param sentence value and limit, for people, without SQL
 */
public record Cancellation(FailureCode code, Optional<Hindrance> hindrance, String sentence) {

  /** Others waited for us. */
  public static Cancellation causedWait(String sentence) {
    return new Cancellation(FailureCode.CAUSED_WAIT, Optional.of(Hindrance.CAUSED_WAIT), sentence);
  }

  /** A limit of the target was crossed, and we are not the cause. */
  public static Cancellation guard(String sentence) {
    return new Cancellation(FailureCode.GUARD, Optional.of(Hindrance.GUARD), sentence);
  }

  /** The lock was not there. */
  public static Cancellation lock(String sentence) {
    return new Cancellation(FailureCode.LOCK_TIMEOUT, Optional.of(Hindrance.LOCK), sentence);
  }

  /** Its time is up. */
  public static Cancellation overTime(String sentence) {
    return new Cancellation(FailureCode.OVER_TIME, Optional.empty(), sentence);
  }
}
