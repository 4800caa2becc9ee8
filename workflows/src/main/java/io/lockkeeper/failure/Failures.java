package io.lockkeeper.failure;

import io.temporal.failure.ApplicationFailure;

/** Turns our failures into Temporal's. The only place that builds an {@link ApplicationFailure}. */
public final class Failures {
  private Failures() {}

  /** The type is the code, so that retry policies and people can name it. */
  public static ApplicationFailure of(LockkeeperException failure) {
    return failure.code().retried()
        ? ApplicationFailure.newFailureWithCause(failure.text(), failure.code().text(), null)
        : ApplicationFailure.newNonRetryableFailureWithCause(
            failure.text(), failure.code().text(), null);
  }

  /** What an update's validator throws: the text is the reason that the caller sees. */
  public static ApplicationFailure refusal(String why) {
    return ApplicationFailure.newNonRetryableFailure(why, FailureCode.NOT_ALLOWED.text());
  }
}
