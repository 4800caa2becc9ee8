package io.lockkeeper.plan;

import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.limit.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ways back of one environment, a line each, before anything of it was measured. */
final class WaysBackText {
  private WaysBackText() {}

  static List<String> of(EnvironmentPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("A: what was applied, in reverse" + most(plan.rollbackWithin()));
    plan.restoreRule()
        .ifPresent(
            rule ->
                lines.add(
                    "B: "
                        + rule.change()
                            .map(name -> "the newest backup of " + name)
                            .orElse("the backup")
                        + ", restored beside and swapped in"
                        + most(rule.within())
                        + "; asked for by "
                        + String.join(" or ", rule.roles())
                        + "; LOSES what was written since"));
    return lines;
  }

  private static String most(Optional<Duration> within) {
    return within.map(time -> ", at most " + Durations.print(time)).orElse("");
  }
}
