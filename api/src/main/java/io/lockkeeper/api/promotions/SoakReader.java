package io.lockkeeper.api.promotions;

import io.grpc.StatusRuntimeException;
import io.lockkeeper.activity.Payloads;
import io.lockkeeper.soak.SoakOrder;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the soaks and watches of a promotion have seen so far, as they tell themselves: the journal
 * names their windows when they have ended. Asked for at most every five seconds a promotion. Safe
 * for many threads.
 */
final class SoakReader {
  private static final Logger LOG = LoggerFactory.getLogger(SoakReader.class);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final int KEPT = 50;
  private static final int PATIENCE_SECONDS = 3;

  private final WorkflowClient client;
  private final Fresh<List<SoakOrder>> fresh = new Fresh<>(FRESH, KEPT, this::read);

  SoakReader(WorkflowClient client) {
    this.client = client;
  }

  /** Without those that do not answer, because Temporal or the engine is away. */
  List<SoakOrder> of(String promotion) {
    return fresh.of(promotion);
  }

  private List<SoakOrder> read(String promotion) {
    List<SoakOrder> soaks = new ArrayList<>();
    try {
      for (PendingChildExecutionInfo child : children(promotion)) {
        if (child.getWorkflowTypeName().equals("Soak")) {
          ask(child.getWorkflowId()).ifPresent(soaks::add);
        }
      }
    } catch (StatusRuntimeException | DataConverterException e) {
      LOG.warn("{}: what is observed now is not known: {}", promotion, e.getMessage());
    }
    return List.copyOf(soaks);
  }

  private List<PendingChildExecutionInfo> children(String promotion) {
    return service()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(promotion))
                .build())
        .getPendingChildrenList();
  }

  /** By its id alone: it may have continued as new. */
  private Optional<SoakOrder> ask(String workflow) {
    return Optional.ofNullable(
        Payloads.converter()
            .fromPayloads(
                0,
                Optional.of(
                    service()
                        .queryWorkflow(
                            QueryWorkflowRequest.newBuilder()
                                .setNamespace(client.getOptions().getNamespace())
                                .setExecution(
                                    WorkflowExecution.newBuilder().setWorkflowId(workflow))
                                .setQuery(WorkflowQuery.newBuilder().setQueryType("soak"))
                                .build())
                        .getQueryResult()),
                SoakOrder.class,
                SoakOrder.class));
  }

  private WorkflowServiceBlockingStub service() {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
