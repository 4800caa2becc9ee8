package io.lockkeeper.promotion;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.StageOutline;
import io.lockkeeper.journal.Event.StepOutline;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import java.util.List;

/** Makes the first event of a promotion's journal. */
public final class Requests {
  private Requests() {}

  public static Event.Requested requested(
      Bundle bundle,
      Flight flight,
      String reason,
      String requestedBy,
      Overrides overrides,
      SignedStatement statement) {
    return new Event.Requested(
        bundle.change().name(),
        bundle.hash(),
        bundle.change().why(),
        reason,
        requestedBy,
        flight.stages().stream().map(Requests::outline).toList(),
        flight.shortened() ? overrides : Overrides.NONE,
        statement,
        bundle.change().next());
  }

  private static StageOutline outline(StagePlan stage) {
    List<String> roles = stage instanceof StagePlan.SignOff gate ? gate.roles() : List.of();
    return new StageOutline(
        stage.name(),
        stage.kind(),
        stage.environment(),
        stage.target(),
        steps(stage).stream()
            .map(step -> new StepOutline(step.name(), step.kind(), step.title()))
            .toList(),
        roles);
  }

  private static List<Step> steps(StagePlan stage) {
    if (stage instanceof StagePlan.Deploy deploy) {
      return deploy.steps();
    }
    return stage instanceof StagePlan.SignOff gate ? gate.steps() : List.of();
  }
}
