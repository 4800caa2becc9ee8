package io.lockkeeper.promotion;

import io.lockkeeper.signoff.SignedStatement;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * One run of a change through its stages. Id: the promotion's.
 *
 * <p>Every act comes as an update, whose id is its idempotency key and which answers within one
 * task, or as the signal of the same name with the same signed statement. An update that is refused
 * leaves no trace here; a signal that is refused is journaled.
 */
@WorkflowInterface
public interface PromotionWorkflow {

  @WorkflowMethod(name = "Promotion")
  PromotionResult run(PromotionInput input);

  @QueryMethod(name = "state")
  PromotionState state();

  @UpdateMethod(name = "signOff")
  ActReply signOff(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "signOff")
  void checkSignOff(@Nullable SignedStatement statement);

  @SignalMethod(name = "signOff")
  void signOffSignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "acknowledge")
  ActReply acknowledge(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "acknowledge")
  void checkAcknowledge(@Nullable SignedStatement statement);

  @SignalMethod(name = "acknowledge")
  void acknowledgeSignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "pause")
  ActReply pause(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "pause")
  void checkPause(@Nullable SignedStatement statement);

  @SignalMethod(name = "pause")
  void pauseSignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "resume")
  ActReply resume(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume(@Nullable SignedStatement statement);

  @SignalMethod(name = "resume")
  void resumeSignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "retry")
  ActReply retry(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "retry")
  void checkRetry(@Nullable SignedStatement statement);

  @SignalMethod(name = "retry")
  void retrySignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "extend")
  ActReply extend(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "extend")
  void checkExtend(@Nullable SignedStatement statement);

  @SignalMethod(name = "extend")
  void extendSignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "abort")
  ActReply abort(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "abort")
  void checkAbort(@Nullable SignedStatement statement);

  @SignalMethod(name = "abort")
  void abortSignal(@Nullable SignedStatement statement);

  @UpdateMethod(name = "rollback")
  ActReply rollback(@Nullable SignedStatement statement);

  @UpdateValidatorMethod(updateName = "rollback")
  void checkRollback(@Nullable SignedStatement statement);

  @SignalMethod(name = "rollback")
  void rollbackSignal(@Nullable SignedStatement statement);
}
