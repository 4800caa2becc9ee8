package io.lockkeeper.activities;

import io.lockkeeper.activities.postgres.MeasuresRenewal;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activity.MeasuresLease;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the lease of a promotion's measures while the promotion itself answers that it has them.
 * Where the engine, Temporal or this worker is gone or frozen nobody renews, and the lease ends.
 */
final class MeasuresKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(MeasuresKeeper.class);

  /** Several tries fit into a lease, and one beat into the heartbeat's time-out. */
  private static final Duration BEAT = Duration.ofSeconds(4);

  private final ActivityExecutionContext context;
  private final Target target;
  private final String promotion;
  private final WorkflowStub workflow;

  MeasuresKeeper(ActivityExecutionContext context, Target target, StepOrder order) {
    this.context = context;
    this.target = target;
    this.promotion = order.work().promotion();
    this.workflow = context.getWorkflowClient().newUntypedWorkflowStub(promotion);
  }

  /**
   * Goes on until it is called off.
   *
   * @return FAIL where there is no lease left to renew
   * @throws ActivityCompletionException where it is called off
   */
  StepResult keep() {
    Optional<Instant> until = Optional.empty();
    try (MeasuresRenewal renewal = new MeasuresRenewal(target, promotion)) {
      while (true) {
        if (wanted()) {
          try {
            until = renewal.renew();
            if (until.isEmpty()) {
              return StepResult.of(
                  Verdict.FAIL,
                  FailureCode.MEASURES_LAPSED.text()
                      + ": no measures of "
                      + promotion
                      + " are in force on "
                      + target.title()
                      + ": they were put back, or their lease had ended");
            }
          } catch (SQLException e) {
            LOG.warn(
                "the lease of measures on {} is not renewed: {}",
                target.title(),
                SqlFailures.text(e));
          }
        }
        beat(until);
        Thread.sleep(BEAT.toMillis());
      }
    } catch (InterruptedException e) {
      // The worker ends: another one goes on.
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker ends", e);
    }
  }

  /** Whether the promotion answers, and has measures in force as far as it knows. */
  private boolean wanted() {
    try {
      PromotionState state = workflow.query("state", PromotionState.class);
      return !state.status().ended() && !state.measures().isEmpty();
    } catch (WorkflowException e) {
      LOG.warn("the promotion {} does not answer: {}", promotion, e.toString());
      return false;
    }
  }

  private void beat(Optional<Instant> until) {
    if (until.isPresent()) {
      context.heartbeat(new MeasuresLease(until.get()));
    } else {
      context.heartbeat(null);
    }
  }
}
