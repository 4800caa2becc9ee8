package io.lockkeeper.api.promotions;

import io.grpc.StatusRuntimeException;
import io.lockkeeper.activity.Payloads;
import io.lockkeeper.activity.Progress;
import io.lockkeeper.activity.WindowProgress;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What a promotion's activity does right now, from its heartbeat. Asked for at most every two
 * seconds a promotion, however many look on.
 */
final class ProgressReader {
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final int KEPT = 1_000;

  private final WorkflowClient client;
  private final Map<String, Read> reads = new ConcurrentHashMap<>();

  private record Read(long at, Optional<Progress> progress) {}

  ProgressReader(WorkflowClient client) {
    this.client = client;
  }

  /** Nothing where no activity runs, or Temporal does not answer. */
  Optional<Progress> of(String promotion) {
    if (reads.size() > KEPT) {
      reads.clear();
    }
    return reads
        .compute(
            promotion,
            (id, before) ->
                before != null && System.nanoTime() - before.at() < FRESH.toNanos()
                    ? before
                    : new Read(System.nanoTime(), read(id)))
        .progress();
  }

  private Optional<Progress> read(String workflow) {
    try {
      DescribeWorkflowExecutionResponse described = describe(workflow);
      for (PendingActivityInfo activity : described.getPendingActivitiesList()) {
        Optional<Progress> progress = progress(activity);
        if (progress.isPresent()) {
          return progress;
        }
      }
      for (PendingChildExecutionInfo child : described.getPendingChildrenList()) {
        for (PendingActivityInfo activity :
            describe(child.getWorkflowId()).getPendingActivitiesList()) {
          Optional<Progress> progress = progress(activity);
          if (progress.isPresent()) {
            return progress;
          }
        }
      }
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  private DescribeWorkflowExecutionResponse describe(String workflow) {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(2, TimeUnit.SECONDS)
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflow))
                .build());
  }

  private static Optional<Progress> progress(PendingActivityInfo activity) {
    if (!activity.hasHeartbeatDetails()) {
      return Optional.empty();
    }
    try {
      if (activity.getActivityType().getName().equals("SampleWindow")) {
        WindowProgress window =
            Payloads.converter()
                .fromPayloads(
                    0,
                    Optional.of(activity.getHeartbeatDetails()),
                    WindowProgress.class,
                    WindowProgress.class);
        return Optional.ofNullable(window).map(w -> Progress.of(w.what()));
      }
      return Optional.ofNullable(
          Payloads.converter()
              .fromPayloads(
                  0, Optional.of(activity.getHeartbeatDetails()), Progress.class, Progress.class));
    } catch (DataConverterException e) {
      return Optional.empty();
    }
  }
}
