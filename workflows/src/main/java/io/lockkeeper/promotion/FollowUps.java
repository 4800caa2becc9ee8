package io.lockkeeper.promotion;

import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.plan.FollowUpPlan;
import io.lockkeeper.stage.StagePlan;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hands over what is left to do at a promotion's end. Workflow code. */
final class FollowUps {
  private final Context context;
  private @Nullable FollowUpOrder order;

  FollowUps(Context context) {
    this.context = context;
  }

  /**
   * The outcome that the grant of an environment is closed with, where statements follow it there.
   *
   * @param rolledBack the environment that was taken back; absent where none was
   */
  Optional<String> closing(Status status, Optional<String> rolledBack, String environment) {
    return outcome(status)
        .filter(outcome -> place(outcome, rolledBack).equals(environment))
        .filter(outcome -> plans(outcome).stream().anyMatch(plan -> plan.kind() == Kind.SQL))
        .map(Outcome::word);
  }

  /**
   * Tells what is left, before the promotion's end is told.
   *
   * @param open environments whose grant could not be closed: it is closed before statements run
   */
  void tell(Status status, Optional<String> rolledBack, List<String> open) {
    Optional<Outcome> outcome = outcome(status).filter(end -> !plans(end).isEmpty());
    if (outcome.isEmpty()) {
      return;
    }
    StagePlan.Deploy stage = context.input().flight().deploy(place(outcome.get(), rolledBack));
    Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    Instant from =
        outcome.get() == Outcome.ROLLED_BACK
            ? now
            : context.state().get().stage(stage.name()).flatMap(StageState::endedAt).orElse(now);
    order =
        FollowUpOrder.fresh(
            new WorkOrder(
                context.input().id(),
                context.input().change(),
                stage.environment(),
                stage.target(),
                FollowUpOrder.STAGE),
            plans(outcome.get()),
            from,
            context.input().trustedKeys(),
            closing(status, rolledBack, stage.environment())
                .filter(end -> open.contains(stage.environment())));
    context
        .recorder()
        .record(
            new Event.FollowUpsOpened(
                stage.environment(),
                order.open().stream()
                    .map(
                        one ->
                            new Event.FollowUp(
                                one.plan().name(),
                                one.plan().kind(),
                                one.plan().title(),
                                one.plan().role(),
                                one.next()))
                    .toList()));
  }

  /** Starts the workflow in which they are done; it outlives this one. */
  void start() {
    FollowUpOrder left = order;
    if (left == null) {
      return;
    }
    FollowUpWorkflow child =
        Workflow.newChildWorkflowStub(
            FollowUpWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(FollowUpOrder.workflow(context.input().id()))
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .setStaticSummary(
                    Policies.cut(left.open().size() + " to do after " + context.input().id()))
                .build());
    var ignored = Async.procedure(child::run, left);
    try {
      Workflow.getWorkflowExecution(child).get();
    } catch (ChildWorkflowFailure alreadyThere) {
      // Nothing else hinders a start: the promotion was reset, and they go on as it began them.
    }
  }

  private List<FollowUpPlan> plans(Outcome outcome) {
    return context.input().flight().followUps(outcome);
  }

  private static Optional<Outcome> outcome(Status status) {
    return switch (status) {
      case COMPLETE -> Optional.of(Outcome.COMPLETE);
      case ROLLED_BACK -> Optional.of(Outcome.ROLLED_BACK);
      default -> Optional.empty();
    };
  }

  /** What is complete is followed up in the last environment. */
  private String place(Outcome outcome, Optional<String> rolledBack) {
    if (outcome == Outcome.ROLLED_BACK) {
      return rolledBack.orElseThrow();
    }
    String last = "";
    for (StagePlan stage : context.input().flight().stages()) {
      last = stage instanceof StagePlan.Deploy ? stage.environment() : last;
    }
    return last;
  }
}
