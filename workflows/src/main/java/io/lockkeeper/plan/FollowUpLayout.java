package io.lockkeeper.plan;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.FollowUp;
import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.limit.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Lays out what is left to do at a flight's end. Pure. */
final class FollowUpLayout {
  private static final Duration REMIND = Duration.ofDays(1);
  private static final Duration LEAST = Duration.ofSeconds(1);

  private FollowUpLayout() {}

  /**
   * @param plans that are flown: what follows a change that is complete belongs to its last
   *     environment, and is left out by a flight that ends before it
   */
  static List<FollowUpPlan> of(Change change, List<EnvironmentPlan> plans, Overrides overrides) {
    EnvironmentPlan last = change.through().get(change.through().size() - 1);
    boolean whole = plans.contains(last);
    double factor = factor(change, overrides);
    List<FollowUpPlan> laid = new ArrayList<>();
    for (int i = 0; i < change.followUps().size(); i++) {
      FollowUp followUp = change.followUps().get(i);
      if (whole || followUp.outcome() == Outcome.ROLLED_BACK) {
        laid.add(
            new FollowUpPlan(
                i + 1,
                followUp.name(),
                followUp.task().kind(),
                title(followUp),
                scaled(followUp.after(), factor),
                longer(scaled(REMIND, factor), LEAST),
                followUp.role(),
                followUp.outcome()));
      }
    }
    return laid;
  }

  /** The override is the time of the last of them, and earlier ones scale. */
  private static double factor(Change change, Overrides overrides) {
    Duration last =
        change.followUps().stream()
            .map(FollowUp::after)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return overrides.followUp().isEmpty() || last.isZero()
        ? 1
        : (double) overrides.followUp().get().toMillis() / last.toMillis();
  }

  /** In a few words, never SQL: {@code vacuum analyze stocks}. */
  static String title(FollowUp followUp) {
    if (followUp.task() instanceof FollowUp.Ask ask) {
      return ask.text();
    }
    if (followUp.task() instanceof FollowUp.OfProbes probes) {
      return "measure again: " + String.join(", ", probes.probes());
    }
    WrittenStep step =
        followUp
            .step()
            .orElseThrow(() -> new IllegalArgumentException("no step of " + followUp.name()));
    return WrittenLayout.what(step);
  }

  /** For the plan: {@code sql-5, after 7d: vacuum analyze stocks, and more}. */
  static String line(FollowUp followUp) {
    String whose =
        followUp.task() instanceof FollowUp.Ask
            ? ", asks " + followUp.role()
            : ", tells " + followUp.role() + " where it does not pass";
    String end = followUp.outcome() == Outcome.ROLLED_BACK ? " once it was rolled back" : "";
    return followUp.name()
        + ", after "
        + Durations.print(followUp.after())
        + end
        + ": "
        + title(followUp)
        + whose;
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofMillis(Math.round(duration.toMillis() * factor));
  }

  private static Duration longer(Duration left, Duration right) {
    return left.compareTo(right) < 0 ? right : left;
  }
}
