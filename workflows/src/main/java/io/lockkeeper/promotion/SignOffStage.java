package io.lockkeeper.promotion;

import io.lockkeeper.activity.DurableTimer;
import io.lockkeeper.change.EnvironmentPlan.OnFailure;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Event.GateOutcome;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Optional;

/** Asks people for their consent to frozen evidence. */
final class SignOffStage {
  private final Context context;
  private final StepRun steps;
  private final StagePlan.SignOff stage;
  private final EvidencePackage evidence;
  private final TargetGrant place;

  SignOffStage(
      Context context,
      StepRun steps,
      StagePlan.SignOff stage,
      EvidencePackage evidence,
      TargetGrant place) {
    this.context = context;
    this.steps = steps;
    this.stage = stage;
    this.evidence = evidence;
    this.place = place;
  }

  /**
   * Runs until every role has approved.
   *
   * @throws Stop where the flight must stop
   */
  void run() {
    context.recorder().record(new Event.StageStarted(stage.name()));
    while (true) {
      for (Step step : stage.steps()) {
        steps.run(stage, step, OnFailure.PAUSE);
      }
      steps.foresight().tell(stage);
      GateOutcome outcome = ask();
      if (outcome == GateOutcome.APPROVED) {
        context
            .recorder()
            .record(
                new Event.StageEnded(
                    stage.name(),
                    Verdict.PASS,
                    "signed off by " + String.join(", ", stage.roles())));
        return;
      }
      context.acts().throwIfStopped();
      // A refusal or an expired request voids what was signed: the next package is a new one.
      steps.pause(Cause.FAILURE, closing(outcome));
      context.recorder().record(new Event.Resumed("asks again"));
    }
  }

  private GateOutcome ask() {
    context.acts().voidApprovals(stage.environment());
    Instant expiresAt = Instant.ofEpochMilli(Workflow.currentTimeMillis()).plus(stage.expires());
    context
        .recorder()
        .record(
            new Event.GateOpened(
                stage.name(),
                stage.environment(),
                stage.roles(),
                evidence.lines(),
                evidence.hash(context.input().change(), place),
                expiresAt));
    String summary =
        "sign-off of "
            + String.join(", ", stage.roles())
            + " is awaited for "
            + Durations.print(stage.expires());
    DurableTimer expiry = DurableTimer.of(stage.expires(), summary);
    Workflow.await(() -> decided() || expiry.isOver() || context.acts().stops());
    boolean expired = expiry.isOver();
    expiry.callOff();
    GateOutcome outcome = outcome(expired);
    context.recorder().record(new Event.GateClosed(stage.name(), outcome, closing(outcome)));
    return outcome;
  }

  private boolean decided() {
    return context.state().get().pending().isEmpty() || refusal().isPresent();
  }

  private GateOutcome outcome(boolean expired) {
    if (refusal().isPresent()) {
      return GateOutcome.REFUSED;
    }
    if (context.state().get().pending().isEmpty()) {
      return GateOutcome.APPROVED;
    }
    return expired && !context.acts().stops() ? GateOutcome.EXPIRED : GateOutcome.VOIDED;
  }

  private Optional<Signed> refusal() {
    return context.state().get().signed().stream()
        .filter(signed -> signed.decision() == Decision.REFUSE)
        .findFirst();
  }

  private String closing(GateOutcome outcome) {
    return switch (outcome) {
      case APPROVED -> stage.name() + ": all have signed";
      case REFUSED ->
          stage.name()
              + ": refused"
              + refusal()
                  .map(s -> " by " + s.person() + " as " + s.role() + ": " + s.comment())
                  .orElse("");
      case EXPIRED -> stage.name() + ": the request expired before all had signed";
      case VOIDED -> stage.name() + ": closed, because the promotion stops";
    };
  }
}
