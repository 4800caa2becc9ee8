package io.lockkeeper.promotion;

import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StageKind;
import java.util.List;
import java.util.Optional;

/** What an act would do now, in words for the person who is about to confirm it. */
final class ActEffect {
  private static final String DRIFTED =
      "the schema is accepted as it is now; where people had agreed, all of them are asked again";

  private ActEffect() {}

  /** Absent where the act's name says it all. */
  static Optional<String> of(PromotionState state, Action action) {
    return switch (action) {
      case PAUSE -> Optional.of(pause(state));
      case ABORT -> Optional.of(abort(state));
      case ROLLBACK -> Optional.of(rollback(state));
      case ACKNOWLEDGE -> acknowledge(state);
      default -> Optional.empty();
    };
  }

  private static Optional<String> acknowledge(PromotionState state) {
    if (AllowedAction.drifted(state)) {
      return Optional.of(DRIFTED);
    }
    if (!state.openFollowUps().isEmpty()) {
      return Optional.of(
          "closes the follow-up that is named: "
              + String.join(
                  ", ", state.openFollowUps().stream().map(FollowUpState::name).toList()));
    }
    return state.status() == Status.WATCHING
        ? Optional.of("keeps what customers report, or \"none\", for the next step")
        : Optional.empty();
  }

  /** The safe point that comes next. */
  private static String pause(PromotionState state) {
    if (state.status() == Status.AWAITING_SIGN_OFF) {
      return "nothing runs: it stands still once the gate has closed";
    }
    return state.stages().stream()
        .filter(stage -> stage.status() == StageStatus.IN_PROGRESS)
        .filter(stage -> stage.kind() == StageKind.DEPLOY)
        .flatMap(stage -> running(stage).stream())
        .findFirst()
        .orElse("what is observed goes on being observed; nothing else begins");
  }

  private static Optional<String> running(StageState stage) {
    return stage.steps().stream()
        .filter(step -> step.startedAt().isPresent() && step.endedAt().isEmpty())
        .findFirst()
        .map(
            step ->
                "stands still after \""
                    + step.title()
                    + "\" of "
                    + stage.environment()
                    + ", which is brought to its end first");
  }

  private static String abort(PromotionState state) {
    return state.begun().isEmpty()
        ? "nothing is applied, and nothing stays"
        : "what is applied stays in "
            + String.join(", ", state.begun())
            + "; a rollback would take it back"
            + minutes(state, state.environment());
  }

  /** By the rule of the act itself: without a name it means the environment that is on. */
  private static String rollback(PromotionState state) {
    String on = state.environment();
    if (!state.begun().contains(on)) {
      return "takes back the environment that is named with it: "
          + String.join(" or ", state.begun());
    }
    List<String> others = state.begun().stream().filter(other -> !other.equals(on)).toList();
    return "takes what was applied in "
        + on
        + " back"
        + minutes(state, on)
        + state
            .known()
            .wayBack(on)
            .map(seen -> ", as it was looked at " + seen.at() + ": " + seen.sentence())
            .orElse("")
        + (others.isEmpty() ? "" : "; the change stays in " + String.join(", ", others));
  }

  private static String minutes(PromotionState state, String environment) {
    WayBackMinutes minutes = WayBackMinutes.optionA(state, environment, Optional.empty());
    return minutes.seconds().isPresent() ? " (" + minutes.text() + ")" : "";
  }
}
