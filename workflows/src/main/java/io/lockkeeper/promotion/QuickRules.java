package io.lockkeeper.promotion;

import io.lockkeeper.journal.Status;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the steps of an environment can be undone while its sections stay. Pure. */
public final class QuickRules {
  private QuickRules() {}

  /**
   * Why option quick is not to be had in an environment; nothing where it is.
   *
   * @param stage that applies the change there
   */
  public static Optional<String> whyNot(PromotionState state, StagePlan.Deploy stage) {
    if (stage.undos().isEmpty()) {
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
    Set<String> begun =
        state.stage(stage.name()).stream()
            .flatMap(s -> s.steps().stream())
            .filter(step -> step.startedAt().isPresent())
            .map(StepState::name)
            .collect(Collectors.toSet());
    return stage.undos().stream()
        .filter(undo -> begun.contains(undo.of().name()))
        .map(Step.Undo::title)
        .toList();
  }
}
