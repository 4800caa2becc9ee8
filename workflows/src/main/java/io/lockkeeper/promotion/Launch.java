package io.lockkeeper.promotion;

import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.Queues;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowOptions;
import java.util.Map;

/** How a promotion's workflow is started, and what Temporal shows of it from the first moment. */
public final class Launch {
  private Launch() {}

  /** An id is used once: a promotion that ended is never begun again. */
  public static WorkflowOptions options(PromotionInput input) {
    PromotionState state = PromotionFold.start(input.requested(), input.requestedAt());
    return WorkflowOptions.newBuilder()
        .setTaskQueue(Queues.PROMOTIONS)
        .setWorkflowId(input.id())
        .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
        .setTypedSearchAttributes(attributes(state))
        .setMemo(Map.of("reason", state.reason(), "change", input.change()))
        .setStaticSummary(
            Policies.cut(state.changeName() + ", asked for by " + state.requestedBy()))
        .build();
  }

  private static io.temporal.common.SearchAttributes attributes(PromotionState state) {
    return io.temporal.common.SearchAttributes.newBuilder()
        .set(SearchAttributes.CHANGE, state.changeName())
        .set(SearchAttributes.REQUESTED_BY, state.requestedBy())
        .set(SearchAttributes.STATUS, state.status().name())
        .build();
  }
}
