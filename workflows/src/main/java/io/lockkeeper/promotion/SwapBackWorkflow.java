package io.lockkeeper.promotion;

import io.lockkeeper.step.StepResult;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * After a rollback by option B has ended, the database from before takes its place again. A
 * workflow of its own, {@code <promotion>/swap-back-<environment>}, because the promotion's is
 * over.
 */
@WorkflowInterface
public interface SwapBackWorkflow {

  /** What became of it; it stands in the promotion's journal too. */
  @WorkflowMethod(name = "SwapBack")
  StepResult run(SwapBackOrder order);
}
