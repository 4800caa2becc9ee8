package io.lockkeeper.promotion;

import io.lockkeeper.change.RestoreRule;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.stage.StagePlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether a person may have an environment's backup restored, and what that loses. Pure. */
public final class RestoreRules {
  private RestoreRules() {}

  /**
   * Why option B is not to be had in an environment, whoever asks; nothing where it is.
   *
   * @param stage that applies the change there
   */
  public static Optional<String> whyNot(PromotionState state, StagePlan.Deploy stage) {
    Optional<RestoreRule> rule = stage.restoreRule();
    if (rule.isEmpty()) {
      return Optional.of(
          "there is no option B in "
              + stage.environment()
              + ": the change takes no backup there (backup: verified)");
    }
    Optional<BackupState> backup = backup(state, stage);
    if (backup.isEmpty() && rule.get().change().isPresent()) {
      return Optional.empty();
    }
    if (backup.isEmpty()) {
      return Optional.of("there is no backup of " + stage.environment() + " yet");
    }
    return backup.get().verified()
        ? Optional.empty()
        : Optional.of(
            "the backup "
                + backup.get().id()
                + " was not verified: nobody knows whether it can be restored");
  }

  /** As {@link #whyNot(PromotionState, StagePlan.Deploy)}, for a person's statement. */
  static Optional<String> whyNot(
      PromotionState state, StagePlan.Deploy stage, Statement statement, Instant now) {
    Optional<String> whyNot = whyNot(state, stage);
    if (whyNot.isPresent()) {
      return whyNot;
    }
    if (statement.environment().isEmpty()) {
      return Optional.of("the statement names no environment");
    }
    if (!statement.expires().isAfter(now)) {
      return Optional.of("the statement expired at " + statement.expires());
    }
    List<String> roles = stage.restoreRule().orElseThrow().roles();
    return statement.role().filter(roles::contains).isPresent()
        ? Optional.empty()
        : Optional.of(refused(statement.person(), roles));
  }

  /** Nothing where somebody else than who started the promotion asks. */
  public static Optional<String> firstPerson(PromotionState state, String person) {
    return person.equals(state.requestedBy())
        ? Optional.of(
            "option B loses later writes, so it takes a second person, and "
                + person
                + " has started the promotion")
        : Optional.empty();
  }

  /** For who lacks the role. */
  public static String refused(String person, List<String> roles) {
    return "option B loses later writes, so it is asked for by "
        + String.join(" or ", roles)
        + ", and "
        + person
        + " has no such role";
  }

  /**
   * The backup that would be restored, as far as the promotion knows it: its own, or the one that
   * it relies on; absent for another change's that it has not looked at.
   */
  public static Optional<BackupState> backup(PromotionState state, StagePlan.Deploy stage) {
    Optional<String> change = stage.restoreRule().flatMap(RestoreRule::change);
    return state
        .backup(stage.environment())
        .filter(backup -> change.isEmpty() || backup.isOf(change.get()));
  }

  /** What it loses, as far as the promotion knows it. */
  static String loses(PromotionState state, StagePlan.Deploy stage, Instant now) {
    Optional<String> change = stage.restoreRule().flatMap(RestoreRule::change);
    Optional<BackupState> backup = backup(state, stage);
    if (backup.isEmpty()) {
      return "loses what was written since the newest backup of "
          + change.orElse(stage.environment());
    }
    Duration age = Duration.between(backup.get().takenAt(), now);
    return "loses the writes of "
        + Durations.print(Duration.ofSeconds(Math.max(age.toSeconds(), 0)))
        + ", all since "
        + backup.get().takenAt();
  }
}
