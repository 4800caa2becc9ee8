package io.lockkeeper.api.promotions;

import io.grpc.StatusRuntimeException;
import io.lockkeeper.activity.MeasuresLease;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What a promotion's activities tell right now, from their heartbeats. Asked for at most every two
 * seconds a promotion, however many look on.
 */
final class ProgressReader {
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final int KEPT = 1_000;

  private final WorkflowClient client;
  private final Fresh<Live> fresh = new Fresh<>(FRESH, KEPT, this::read);

  ProgressReader(WorkflowClient client) {
    this.client = client;
  }

  /** Nothing where no activity runs, or Temporal does not answer. */
  Live of(String promotion) {
    return fresh.of(promotion);
  }

  private Live read(String workflow) {
    try {
      DescribeWorkflowExecutionResponse described = describe(workflow);
      Live live = live(described);
      for (PendingChildExecutionInfo child : described.getPendingChildrenList()) {
        if (live.progress().isEmpty()) {
          live = live.or(live(describe(child.getWorkflowId())));
        }
      }
      return live;
    } catch (StatusRuntimeException e) {
      return Live.NOTHING;
    }
  }

  private static Live live(DescribeWorkflowExecutionResponse described) {
    Live live = Live.NOTHING;
    for (PendingActivityInfo activity : described.getPendingActivitiesList()) {
      live = live.or(live(activity));
    }
    return live;
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

  private static Live live(PendingActivityInfo activity) {
    try {
      return switch (activity.getActivityType().getName()) {
        case "KeepMeasures" ->
            new Live(
                Optional.empty(), told(activity, MeasuresLease.class).map(MeasuresLease::until));
        case "SampleWindow" ->
            new Live(
                told(activity, WindowProgress.class).map(window -> Progress.of(window.what())),
                Optional.empty());
        default -> new Live(told(activity, Progress.class), Optional.empty());
      };
    } catch (DataConverterException e) {
      return Live.NOTHING;
    }
  }

  private static <T> Optional<T> told(PendingActivityInfo activity, Class<T> type) {
    return activity.hasHeartbeatDetails()
        ? Optional.ofNullable(
            Payloads.converter()
                .fromPayloads(0, Optional.of(activity.getHeartbeatDetails()), type, type))
        : Optional.empty();
  }
}
