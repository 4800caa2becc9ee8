package io.lockkeeper.activity;

import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** How activities are called: time-outs, attempts, cancellation. The only place that says so. */
public final class Policies {
  /** Temporal shows more, but its documentation promises 200 bytes. */
  private static final int SUMMARY = 160;

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** The longest. */
  private static final Duration SILENCE = Duration.ofMinutes(5);

  private Policies() {}

  /** The journal is written until it is written: nothing forward happens before. */
  public static ActivityOptions control(String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.CONTROL)
        .setStartToCloseTimeout(Duration.ofSeconds(30))
        .setRetryOptions(retry(Duration.ofMillis(200), Duration.ofSeconds(5), 0))
        .setSummary(cut(summary))
        .build();
  }

  /**
   * A step in an environment. SQL is waited for after a cancel, so that nothing else begins while a
   * statement may still run.
   */
  public static ActivityOptions step(Step step, String environment, String summary) {
    boolean reads =
        step instanceof Step.Precheck || step instanceof Step.Verify || step instanceof Step.Check;
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.environment(environment))
        .setStartToCloseTimeout(reads ? Duration.ofHours(1) : Duration.ofHours(24))
        .setHeartbeatTimeout(HEARTBEAT)
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(30), attempts(step)))
        .setSummary(cut(summary))
        .build();
  }

  /**
   * A step that follows a promotion. Where no worker takes it, it is given up for now: the others
   * that are left to do do not wait for it.
   */
  public static ActivityOptions followUp(Step step, String environment, String summary) {
    return step(step, environment, summary).toBuilder()
        .setScheduleToStartTimeout(Duration.ofHours(1))
        .build();
  }

  /** Watching live figures until they are clear: it reads only, and lasts a quarter of an hour. */
  public static ActivityOptions clearing(String environment, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.environment(environment))
        .setStartToCloseTimeout(Duration.ofMinutes(30))
        .setHeartbeatTimeout(HEARTBEAT)
        .setCancellationType(ActivityCancellationType.TRY_CANCEL)
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(30), 0))
        .setSummary(cut(summary))
        .build();
  }

  /** Renewing the lease of measures: as long as they are in force, on whichever worker lives. */
  public static ActivityOptions keeping(String environment, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.environment(environment))
        .setStartToCloseTimeout(Duration.ofHours(24))
        .setHeartbeatTimeout(HEARTBEAT)
        .setCancellationType(ActivityCancellationType.TRY_CANCEL)
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(5), 0))
        .setSummary(cut(summary))
        .build();
  }

  /** Somebody waits for the answer: it comes at once or not at all. */
  public static ActivityOptions survey(String environment, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.environment(environment))
        .setScheduleToCloseTimeout(Duration.ofSeconds(10))
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(1), 1))
        .setSummary(cut(summary))
        .build();
  }

  /** Closing the grants of an ended promotion: it must not keep the promotion open for ever. */
  public static ActivityOptions closing(String environment, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.environment(environment))
        .setScheduleToCloseTimeout(Duration.ofMinutes(10))
        .setStartToCloseTimeout(Duration.ofMinutes(1))
        .setHeartbeatTimeout(HEARTBEAT)
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(30), 0))
        .setSummary(cut(summary))
        .build();
  }

  /**
   * After so long without a heartbeat the worker of a window is lost: twelve samples. Each
   * heartbeat is a write of Temporal's, and thousands of soaks have few of them each.
   */
  public static Duration heartbeat(StagePlan.Soak plan) {
    Duration twelve = plan.sample().multipliedBy(12);
    Duration atLeast = twelve.compareTo(HEARTBEAT) < 0 ? HEARTBEAT : twelve;
    return atLeast.compareTo(SILENCE) > 0 ? SILENCE : atLeast;
  }

  /**
   * A window's worker beats at least so often, and hears with it what its workflow wants.
   * Temporal's SDK itself sends a heartbeat after four fifths of the time in which one is due.
   */
  public static Duration silence(StagePlan.Soak plan) {
    return heartbeat(plan).multipliedBy(3).dividedBy(4);
  }

  /** A window of samples. */
  public static ActivityOptions window(StagePlan.Soak plan, Duration length, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Queues.environment(plan.environment()))
        .setStartToCloseTimeout(length.plus(Duration.ofHours(1)))
        .setHeartbeatTimeout(heartbeat(plan))
        // One that is cut short hands over what it has seen.
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(10), 0))
        .setSummary(cut(summary))
        .build();
  }

  public static String cut(String summary) {
    return summary.length() <= SUMMARY ? summary : summary.substring(0, SUMMARY - 1) + "…";
  }

  /** Enough for a server that restarts; then a person is asked. */
  private static int attempts(Step step) {
    boolean back =
        step instanceof Step.Revert || step instanceof Step.Restore || step instanceof Step.Undo;
    return back ? 30 : 12;
  }

  private static RetryOptions retry(Duration first, Duration longest, int attempts) {
    return RetryOptions.newBuilder()
        .setInitialInterval(first)
        .setMaximumInterval(longest)
        .setBackoffCoefficient(2)
        .setMaximumAttempts(attempts)
        .build();
  }
}
