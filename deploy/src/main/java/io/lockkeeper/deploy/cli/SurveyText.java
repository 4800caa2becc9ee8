package io.lockkeeper.deploy.cli;

import io.lockkeeper.environment.Survey;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.plan.ChangePlan.Looked;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a target looks like now, as lines. */
final class SurveyText {
  private SurveyText() {}

  static List<String> lines(Looked looked) {
    return looked
        .survey()
        .map(SurveyText::lines)
        .orElseGet(() -> List.of("unavailable, " + looked.unavailable().orElse("no answer")));
  }

  private static List<String> lines(Survey survey) {
    List<String> lines = new ArrayList<>();
    for (Survey.Table table : survey.tables()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "table %s: about %,d rows, %s",
              table.name(),
              table.rows(),
              size(table.size())));
    }
    for (Survey.Index index : survey.indexes()) {
      lines.add(
          "index "
              + index.name()
              + ": "
              + (index.there()
                  ? "something of that name is there already"
                  : index
                      .forecast()
                      .map(bytes -> "forecast " + size(bytes))
                      .orElse("no forecast, its table has no statistics")));
    }
    for (Survey.Invalid invalid : survey.invalid()) {
      lines.add(
          "INVALID index "
              + invalid.name()
              + " on "
              + invalid.table()
              + ", "
              + size(invalid.size())
              + ", which a failed build left");
    }
    for (Survey.Transaction open : survey.transactions()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "pid %d (%s, \"%s\", %s) has a transaction open for %s: a concurrent build waits"
                  + " for it",
              open.pid(),
              open.user(),
              open.application(),
              open.state(),
              Duration.ofSeconds((long) open.age())
                  .toString()
                  .substring(2)
                  .toLowerCase(Locale.ROOT)));
    }
    lines.add(disk(survey));
    survey.backup().ifPresent(backup -> lines.add(backup(backup)));
    return lines;
  }

  private static String backup(Survey.Backup backup) {
    return "backup "
        + backup.id()
        + " of "
        + backup.takenAt().truncatedTo(ChronoUnit.SECONDS)
        + ": restoring it (option B) "
        + backup
            .restoreSeconds()
            .map(
                seconds ->
                    "took " + Quantity.print(seconds, Dimension.TIME) + " when it was verified")
            .orElse("was not measured yet");
  }

  private static String disk(Survey survey) {
    String needs = "all indexes need " + size(survey.forecast());
    return survey
        .diskFree()
        .map(
            free ->
                needs
                    + ", "
                    + size(free)
                    + " are free"
                    + (free < 2 * survey.forecast()
                        ? ": TOO LITTLE, a build needs twice that"
                        : ""))
        .orElse(needs + "; free disk unavailable: " + survey.noDisk().orElse(""));
  }

  private static String size(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
