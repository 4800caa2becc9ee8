package io.lockkeeper.api.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lockkeeper.activity.ControlActivities;
import io.lockkeeper.blob.Blobs;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;

/** The activities of the control plane. Safe for many threads. */
public final class ControlActivitiesImpl implements ControlActivities {
  private final JournalStore journal;
  private final Blobs blobs;
  private final WorkflowClient client;

  public ControlActivitiesImpl(JournalStore journal, Blobs blobs, WorkflowClient client) {
    this.journal = journal;
    this.blobs = blobs;
    this.client = client;
  }

  private static final String GONE =
      "{\"events\": [], \"missing\": \"Temporal's retention has passed\"}";

  @Override
  public Receipt journal(Batch batch) {
    return new Receipt(journal.append(batch.promotion(), batch.entries()));
  }

  @Override
  public Exported exportHistory(HistoryOrder order) {
    WorkflowExecutionHistory history;
    try {
      history =
          order.run().isEmpty()
              ? client.fetchHistory(order.workflow())
              : client.fetchHistory(order.workflow(), order.run());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        // Its retention has passed. The promotion must end all the same, and says that it is gone.
        return new Exported(blobs.write(GONE.getBytes(UTF_8)), 0);
      }
      throw e;
    }
    WorkflowExecution execution = history.getWorkflowExecution();
    byte[] json = history.toJson(true).getBytes(UTF_8);
    if (execution.getWorkflowId().isEmpty() || history.getEvents().isEmpty()) {
      throw new IllegalStateException("no history of " + order.workflow());
    }
    return new Exported(blobs.write(json), history.getEvents().size());
  }
}
