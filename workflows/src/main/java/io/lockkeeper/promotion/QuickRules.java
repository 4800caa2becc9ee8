package io.lockkeeper.promotion;

import io.lockkeeper.journal.Status;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Whether the steps of an environment can be undone while its sections stay. Pure. */
public final class QuickRules {
  private QuickRules() {}

  /**
   * Why option quick is not to be had in an environment; nothing where it is.
   *
   * @param stage that applies the change there
   */
  public static Optional<String> whyNot(PromotionState state, StagePlan.Deploy stage) {
    if (stage.undoable().isEmpty()) {
      return Optional.of(
          "there is no option quick in "
              + stage.environment()
              + ": no step of the change has an undo there; option A takes the sections back");
    }
    if (state.status() == Status.ROLLING_BACK) {
      return Optional.of("it is rolling back, and the steps are undone first: retry that");
    }
    if (state.undone().contains(stage.environment())) {
      return Optional.of("the steps of " + stage.environment() + " are undone already");
    }
    return undoes(state, stage).isEmpty()
        ? Optional.of("no step with an undo was begun in " + stage.environment())
        : Optional.empty();
  }

  /** What it would undo now, in its order. */
  public static List<String> undoes(PromotionState state, StagePlan.Deploy stage) {
    List<String> undone = new ArrayList<>();
    for (Step.Sql step : stage.undoable()) {
      boolean begun =
          state.stage(stage.name()).stream()
              .flatMap(s -> s.steps().stream())
              .anyMatch(s -> s.name().equals(step.name()) && s.startedAt().isPresent());
      if (begun) {
        undone.add(new Step.Undo(step.of()).title());
      }
    }
    Collections.reverse(undone);
    return undone;
  }
}
