package io.lockkeeper.promotion;

import io.lockkeeper.activity.Recorder;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.rollback.Compensations;
import io.lockkeeper.stage.StagePlan;
import java.util.function.Supplier;

/** What all parts of one flight share. Workflow code: one instance a workflow run. */
record Context(
    PromotionInput input,
    Recorder recorder,
    Acts acts,
    Compensations compensations,
    Supplier<PromotionState> state) {

  WorkOrder work(StagePlan stage) {
    return new WorkOrder(
        input.id(), input.change(), stage.environment(), stage.target(), stage.name());
  }
}
