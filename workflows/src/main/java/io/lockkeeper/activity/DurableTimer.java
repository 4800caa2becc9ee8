package io.lockkeeper.activity;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A timer of a workflow that no process needs to stay alive for, and that can be called off.
 * Operators see its words in its history.
 */
public final class DurableTimer {
  private final CancellationScope scope;
  private final Promise<Boolean> promise;

  private DurableTimer(CancellationScope scope, Promise<Boolean> promise) {
    this.scope = scope;
    this.promise = promise;
  }

  /** Starts. */
  public static DurableTimer of(Duration time, String summary) {
    TimerOptions options = TimerOptions.newBuilder().setSummary(Policies.cut(summary)).build();
    List<Promise<Void>> timers = new ArrayList<>();
    CancellationScope scope =
        Workflow.newCancellationScope(() -> timers.add(Workflow.newTimer(time, options)));
    scope.run();
    // Whoever calls it off knows that it failed; Temporal's client would warn of it otherwise.
    return new DurableTimer(scope, timers.get(0).handle((nothing, calledOff) -> true));
  }

  /** Whether its time has come, or its workflow was cancelled. */
  public boolean isOver() {
    return promise.isCompleted();
  }

  /** Nobody waits for it any more. */
  public void callOff() {
    if (!promise.isCompleted()) {
      scope.cancel();
    }
  }
}
