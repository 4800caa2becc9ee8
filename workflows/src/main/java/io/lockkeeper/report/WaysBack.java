package io.lockkeeper.report;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.promotion.AllowedAction;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.WayBackMinutes;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Evidence.BackupTaken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a change could be taken back in one environment, with what was measured of it. Pure. */
final class WaysBack {
  private final PromotionState state;
  private final EnvironmentPlan plan;
  private final Optional<BackupTaken> backup;

  WaysBack(PromotionState state, Seen seen, Change change) {
    this.state = state;
    this.plan = change.environment(seen.environment()).orElseThrow();
    this.backup = seen.evidence("backup", BackupTaken.class);
  }

  /** A line each. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("- Backup ID: " + backup.map(WaysBack::described).orElse("none was taken or found"));
    lines.add("- Option A, drop what was applied: " + optionA());
    optionB().ifPresent(line -> lines.add("- Option B, restore the backup: " + line));
    AllowedAction.of(state, Action.ROLLBACK)
        .whyNot()
        .ifPresent(why -> lines.add("- Not by this promotion: " + why));
    return lines;
  }

  private static String described(BackupTaken backup) {
    return backup.id()
        + backup
            .takenFor()
            .filter(promotion -> !promotion.isEmpty())
            .map(promotion -> ", taken for " + promotion)
            .orElse("")
        + ", "
        + backup
            .verifiedAt()
            .map(at -> "restored and compared at " + ReportText.at(at))
            .orElse("NOT VERIFIED");
  }

  private String optionA() {
    if (plan.forwardOnly().isPresent()) {
      return "there is none: " + plan.forwardOnly().get();
    }
    WayBackMinutes minutes = WayBackMinutes.optionA(state, plan.environment(), Optional.empty());
    return (minutes.seconds().isPresent() ? minutes.text() : "not rehearsed by this promotion")
        + within(plan.rollbackWithin());
  }

  private Optional<String> optionB() {
    return plan.restoreRule()
        .map(
            b ->
                backup
                        .flatMap(BackupTaken::verifySeconds)
                        .map(s -> ReportText.seconds(s) + " to read, restore and compare it beside")
                        .orElse("not measured")
                    + within(b.within())
                    + "; asked for by "
                    + String.join(" or ", b.roles())
                    + "; loses what was written since "
                    + backup.map(taken -> ReportText.at(taken.takenAt())).orElse("it was taken"));
  }

  private static String within(Optional<Duration> most) {
    return most.map(time -> ", may take " + Durations.print(time)).orElse("");
  }
}
