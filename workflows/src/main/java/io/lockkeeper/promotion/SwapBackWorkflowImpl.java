package io.lockkeeper.promotion;

import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.Recorder;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.util.Optional;

/** See {@link SwapBackWorkflow}. */
public class SwapBackWorkflowImpl implements SwapBackWorkflow {
  @Override
  public StepResult run(SwapBackOrder order) {
    WorkOrder work = order.work();
    Step step = Step.Restore.swapBack();
    Recorder recorder = new Recorder(work.promotion(), order.writer(), 0, entry -> {});
    recorder.start();
    recorder.record(
        new Event.ActAccepted(
            Action.SWAP_BACK,
            order.person(),
            order.reason(),
            Optional.of(work.environment()),
            Source.API));
    recorder.record(new Event.StepStarted(work.stage(), step.name(), step.kind(), step.title(), 1));
    // Nothing is swapped before the journal knows who asked for it.
    recorder.flushed(() -> false);
    EnvironmentActivities activities =
        Workflow.newActivityStub(
            EnvironmentActivities.class,
            Policies.step(step, work.environment(), work.environment() + ": " + step.title()));
    StepResult result =
        StepCall.result(
            Async.function(activities::restore, new StepOrder(work, step, order.statements())));
    recorder.record(
        new Event.StepEnded(
            work.stage(),
            step.name(),
            step.kind(),
            1,
            result.verdict(),
            result.sentence(),
            result.evidence(),
            result.attachments()));
    recorder.close();
    return result;
  }
}
