package io.lockkeeper.activities;

import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.promotion.PromotionState;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people changed of the sections' rules, also after the step was begun: the promotion is
 * asked. Where it does not answer, what was known before holds. Safe for several threads.
 */
final class LiveAdjustment implements Supplier<Adjustment> {
  private static final Logger LOG = LoggerFactory.getLogger(LiveAdjustment.class);

  private final WorkflowStub promotion;
  private volatile Adjustment known;
  private volatile boolean old;

  /**
   * @param first whether this is the order's first attempt: then it has just been given, and what
   *     it tells is asked for again only later
   */
  LiveAdjustment(WorkflowClient client, StepOrder order, boolean first) {
    this.promotion = client.newUntypedWorkflowStub(order.work().promotion());
    this.known = order.adjusted();
    this.old = !first;
  }

  @Override
  public Adjustment get() {
    if (!old) {
      old = true;
      return known;
    }
    try {
      known = promotion.query("state", PromotionState.class).adjusted();
    } catch (WorkflowException e) {
      LOG.debug("the promotion was not asked what changed: {}", e.toString());
    }
    return known;
  }
}
