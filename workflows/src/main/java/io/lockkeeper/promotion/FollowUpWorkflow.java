package io.lockkeeper.promotion;

import io.lockkeeper.signoff.SignedStatement;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do once a promotion is over: on durable timers, in a workflow of its own, {@code
 * <promotion>/follow-up}, because the promotion's is over. It ends when nothing is left.
 */
@WorkflowInterface
public interface FollowUpWorkflow {

  @WorkflowMethod(name = "FollowUp")
  void run(FollowUpOrder order);

  /** Somebody in the role confirms what is asked, or takes over what did not pass. */
  @UpdateMethod(name = "acknowledge")
  ActReply acknowledge(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "acknowledge")
  void checkAcknowledge(@Nullable SignedStatement statement);

  @SignalMethod(name = "acknowledge")
  void acknowledgeSignal(@Nullable SignedStatement statement);
}
