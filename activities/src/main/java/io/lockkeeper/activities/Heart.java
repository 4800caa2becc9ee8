package io.lockkeeper.activities;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.Failures;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.step.StepResult;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step on a thread of its own while this one beats its heart. Once Temporal no longer wants
 * the attempt, the statement that runs is cancelled, and the attempt ends only after its work has.
 */
final class Heart {
  private static final long BEAT_MILLIS = 500;

  private final ActivityExecutionContext context;
  private final Running running;
  private final String step;

  /**
   * @param step its name, for who looks on
   */
  Heart(ActivityExecutionContext context, Running running, String step) {
    this.context = context;
    this.running = running;
    this.step = step;
  }

  /**
   * The step's result.
   *
   * @throws io.temporal.failure.ApplicationFailure for what the step throws
   * @throws ActivityCompletionException where the attempt is no longer wanted
   */
  StepResult beat(String name, Supplier<StepResult> step) {
    FutureTask<StepResult> work = new FutureTask<>(step::get);
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    @Nullable ActivityCompletionException unwanted = null;
    while (true) {
      try {
        StepResult result = work.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
        // What was finished is finished, also where nobody wants it any more.
        return result;
      } catch (TimeoutException e) {
        unwanted = unwanted == null ? beat() : unwanted;
        if (unwanted != null) {
          running.stop();
        }
      } catch (ExecutionException e) {
        throw unwanted != null ? unwanted : failure(e.getCause());
      } catch (InterruptedException e) {
        running.stop();
      }
    }
  }

  /** Nothing while the attempt is wanted; otherwise what Temporal says. */
  private @Nullable ActivityCompletionException beat() {
    try {
      // What is known already: to look for more, the heart might have to wait for the target.
      context.heartbeat(running.progress().in(step));
      return null;
    } catch (ActivityCompletionException e) {
      return e;
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    if (cause instanceof LockkeeperException known) {
      return Failures.of(known);
    }
    return Failures.of(
        new LockkeeperException(
            FailureCode.UNEXPECTED,
            "working on a step",
            String.valueOf(cause),
            "what was done stands in the target's ledger",
            "Look into the worker's log; it is tried again by itself",
            cause));
  }
}
