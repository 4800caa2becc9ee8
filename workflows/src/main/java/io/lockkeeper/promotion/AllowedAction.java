package io.lockkeeper.promotion;

import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StageKind;
import java.util.List;
import java.util.Optional;

/**
 * Whether an act is allowed now. The one rule for every button, answer and validator.
 *
 * @param whyNot absent where it is allowed
 * @param effect what it would do now, to be read before it is confirmed; absent where it is not
 *     allowed, or where its name says it all
 */
public record AllowedAction(
    Action action, boolean allowed, Optional<String> whyNot, Optional<String> effect) {
  private static final List<Action> ACTIONS =
      List.of(
          Action.SIGN_OFF,
          Action.ACKNOWLEDGE,
          Action.PAUSE,
          Action.RESUME,
          Action.RETRY,
          Action.EXTEND,
          Action.ABORT,
          Action.ROLLBACK);

  /** For every act, in a fixed order. */
  public static List<AllowedAction> of(PromotionState state) {
    return ACTIONS.stream().map(action -> of(state, action)).toList();
  }

  public static AllowedAction of(PromotionState state, Action action) {
    Optional<String> whyNot = whyNot(state, action);
    return new AllowedAction(
        action,
        whyNot.isEmpty(),
        whyNot,
        whyNot.isEmpty() ? ActEffect.of(state, action) : Optional.empty());
  }

  private static Optional<String> whyNot(PromotionState state, Action action) {
    if (action == Action.ACKNOWLEDGE
        && (state.rootCauseOpen() || !state.openFollowUps().isEmpty())) {
      return Optional.empty();
    }
    if (state.status().ended()) {
      return Optional.of("the promotion has ended: it is " + state.status() + undo(state, action));
    }
    return switch (action) {
      case PROMOTE -> Optional.of("it has been started");
      case SIGN_OFF ->
          unless(state.status() == Status.AWAITING_SIGN_OFF, "nobody is asked for a sign-off now");
      case ACKNOWLEDGE ->
          unless(
              (state.status() == Status.PAUSED && (is(state, Cause.EVIDENCE) || drifted(state)))
                  || state.status() == Status.WATCHING,
              "nothing inconclusive waits to be accepted");
      case PAUSE -> pause(state);
      case RESUME -> resume(state);
      case RETRY -> retry(state);
      case EXTEND ->
          unless(
              state.status() != Status.ROLLING_BACK
                  && state.stages().stream().anyMatch(stage -> observes(stage) || applies(stage)),
              "no soak and no watch is on, and no section is left to apply");
      case ABORT ->
          unless(
              state.status() != Status.ROLLING_BACK || !state.left().isEmpty(),
              "it is rolling back: that is safer than stopping in the middle");
      case ROLLBACK -> rollback(state);
      case SWAP_BACK -> Optional.of("the promotion is not over: its rollback goes before");
    };
  }

  /** The grants of what has ended are closed: only another promotion can take it back. */
  private static String undo(PromotionState state, Action action) {
    return action == Action.ROLLBACK && !state.begun().isEmpty()
        ? "; push a change that undoes it"
        : "";
  }

  private static Optional<String> pause(PromotionState state) {
    if (state.status() == Status.PAUSED || state.status() == Status.PARKED) {
      return Optional.of("it stands still already");
    }
    if (state.status() == Status.ROLLING_BACK) {
      return Optional.of("a rollback does not wait");
    }
    return unless(!state.pauseRequested(), "it was asked for already");
  }

  private static Optional<String> resume(PromotionState state) {
    if (!state.undone().isEmpty()) {
      return Optional.of(undone(state));
    }
    boolean waits = state.status() == Status.PARKED || state.pauseRequested();
    boolean paused =
        state.status() == Status.PAUSED
            && (is(state, Cause.PERSON) || is(state, Cause.GUARD) || is(state, Cause.HEALTH));
    if (state.status() == Status.PAUSED && !paused) {
      return Optional.of("it stopped at a failure: retry, roll back or abort");
    }
    return unless(waits || paused, "it is not paused");
  }

  /** What was undone is part of the change: there is no way on without it. */
  private static String undone(PromotionState state) {
    return "the steps of "
        + String.join(", ", state.undone())
        + " are undone: roll back by option A too, or abort to leave the sections";
  }

  private static Optional<String> retry(PromotionState state) {
    if (!state.undone().isEmpty() && state.left().isEmpty()) {
      return Optional.of(undone(state));
    }
    boolean stuck = state.status() == Status.ROLLING_BACK && !state.left().isEmpty();
    boolean failed =
        state.status() == Status.PAUSED
            && !is(state, Cause.PERSON)
            && !is(state, Cause.GUARD)
            && !is(state, Cause.HEALTH);
    return unless(stuck || failed, "nothing has failed");
  }

  private static Optional<String> rollback(PromotionState state) {
    if (state.status() == Status.ROLLING_BACK && state.left().isEmpty()) {
      return Optional.of("it is rolling back");
    }
    return unless(!state.begun().isEmpty(), "nothing has been applied");
  }

  /** Before its first step a change may go on from another schema; once applied it may not. */
  static boolean drifted(PromotionState state) {
    return is(state, Cause.DRIFT)
        && state.stage(state.stage()).filter(stage -> stage.kind() == StageKind.DEPLOY).isPresent();
  }

  private static boolean observes(StageState stage) {
    return (stage.kind() == StageKind.SOAK || stage.kind() == StageKind.WATCH)
        && stage.status() == StageStatus.IN_PROGRESS;
  }

  private static boolean applies(StageState stage) {
    return stage.kind() == StageKind.DEPLOY && stage.status() != StageStatus.ENDED;
  }

  private static boolean is(PromotionState state, Cause cause) {
    return state.cause().filter(c -> c == cause).isPresent();
  }

  private static Optional<String> unless(boolean allowed, String whyNot) {
    return allowed ? Optional.empty() : Optional.of(whyNot);
  }
}
