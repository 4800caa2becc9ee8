package io.lockkeeper.api.promotions;

import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.promotion.SwapBackOrder;
import io.lockkeeper.promotion.SwapBackWorkflow;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has databases from before a restore swapped in again. */
final class SwapBacks {
  /** It takes seconds; what takes longer goes on, and the journal tells its end. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkflowClient client;

  SwapBacks(WorkflowClient client) {
    this.client = client;
  }

  /**
   * Starts it, or waits for the one that is on.
   *
   * @return why it could not be done; nothing where it is done, or still on
   */
  Optional<String> run(
      PromotionStore.Row row, StagePlan.Deploy stage, Statement asked, SignedStatement signed) {
    SwapBackWorkflow workflow =
        client.newWorkflowStub(
            SwapBackWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(Queues.PROMOTIONS)
                .setWorkflowId(row.id() + "/swap-back-" + stage.environment())
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setStaticSummary("swap the database from before the restore in again")
                .build());
    SwapBackOrder order =
        new SwapBackOrder(
            new WorkOrder(
                row.id(), row.input().change(), stage.environment(), stage.target(), stage.name()),
            asked.person(),
            asked.reason(),
            List.of(row.input().statement(), signed),
            "swap-back " + asked.nonce());
    try {
      WorkflowClient.start(workflow::run, order);
      StepResult result =
          WorkflowStub.fromTyped(workflow)
              .getResultAsync(StepResult.class)
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return result.verdict() == Verdict.PASS ? Optional.empty() : Optional.of(result.sentence());
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (WorkflowServiceException | ExecutionException e) {
      throw unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable();
    }
  }

  private static ProblemException unavailable() {
    return ProblemException.unavailable(
        "temporal-unreachable",
        "Temporal does not answer. It may be done later: look into the journal, then ask again");
  }
}
