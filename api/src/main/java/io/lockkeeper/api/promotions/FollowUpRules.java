package io.lockkeeper.api.promotions;

import io.lockkeeper.promotion.FollowUpState;
import io.lockkeeper.promotion.PromotionState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which follow-up an acknowledgement is about. Pure. */
final class FollowUpRules {
  /** What caused a rollback: asked for by every one, and written by the API itself. */
  static final String ROOT_CAUSE = "root-cause";

  private FollowUpRules() {}

  /** Whether it is about one, or can be about nothing else. */
  static boolean concerns(PromotionState state, @Nullable String name) {
    return name == null
        ? state.status().ended() && !state.rootCauseOpen() && !state.openFollowUps().isEmpty()
        : !name.equals(ROOT_CAUSE);
  }

  static Optional<FollowUpState> find(PromotionState state, @Nullable String name) {
    return state.openFollowUps().stream().filter(open -> open.name().equals(name)).findFirst();
  }

  /** Why none is found. */
  static String whyNot(PromotionState state, @Nullable String name) {
    List<String> open = state.openFollowUps().stream().map(FollowUpState::name).toList();
    if (open.isEmpty()) {
      return state.status().ended()
          ? "no follow-up is open"
          : "the follow-ups begin once the promotion is over; it is " + state.status();
    }
    String which = "open are " + String.join(", ", open);
    return name == null
        ? "say which follow-up is meant: " + which
        : "no follow-up \"" + name + "\" is open: " + which;
  }
}
