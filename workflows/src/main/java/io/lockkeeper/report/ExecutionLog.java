package io.lockkeeper.report;

import io.lockkeeper.change.Change;
import io.lockkeeper.report.Seen.SectionSeen;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The block {@code execution-log}: what was done in one environment, and what users felt of it. */
final class ExecutionLog {
  private final Report report;
  private final Seen seen;
  private final Change change;
  private final List<Reaction> reactions;
  private final Markdown text = new Markdown();

  ExecutionLog(Report report, Seen seen, Change change, List<Reaction> reactions) {
    this.report = report;
    this.seen = seen;
    this.change = change;
    this.reactions = reactions;
  }

  /**
   * @param words those of the impact, the status last
   */
  String markdown(List<Word> words) {
    head();
    sections();
    validation();
    performance();
    issues();
    stays();
    impact(words);
    return text.toString();
  }

  private void head() {
    text.line("# EXECUTION_LOG: " + report.change() + " in " + seen.environment()).line();
    text.line("- Promotion: " + report.promotion() + ", asked for by " + report.requestedBy());
    text.line("- Change: `" + report.changeHash() + "`, " + report.why());
    change.labels().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(label -> text.line("- " + label.getKey() + ": " + label.getValue()));
    report.stages().stream()
        .filter(stage -> stage.environment().equals(seen.environment()))
        .forEach(stage -> text.line("- " + line(stage)));
    report.signOffs().stream()
        .filter(s -> s.stage().startsWith(seen.environment() + "-"))
        .forEach(
            s -> text.line("- Sign-off: " + s.person() + " as " + s.role() + ", " + s.decision()));
    if (!report.shortened().isEmpty()) {
      text.line("- Times were shortened in sandboxes: " + report.shortened());
    }
    text.line();
  }

  private static String line(Report.Stage stage) {
    if (stage.startedAt().isEmpty()) {
      return stage.name() + ": not begun";
    }
    String began = stage.name() + ": " + ReportText.at(stage.startedAt().get());
    return stage
        .endedAt()
        .map(
            end ->
                began
                    + " to "
                    + ReportText.at(end)
                    + ", "
                    + ReportText.took(stage.startedAt(), stage.endedAt())
                    + ", "
                    + ReportText.verdict(stage.verdict()))
        .orElse(began + ", not over");
  }

  private void sections() {
    text.line("## Sections").line();
    if (seen.sections().isEmpty()) {
      text.line("None was applied.").line();
      return;
    }
    text.head("section", "units", "took", "verdict", "sessions.active", "locks.waiting");
    seen.sections()
        .forEach(
            (name, section) ->
                text.row(
                    name,
                    Integer.toString(section.units()),
                    ReportText.seconds(section.seconds()),
                    section.ended().verdict()
                        + (section.attempts() > 1 ? ", attempt " + section.attempts() : ""),
                    highest(section, "sessions.active"),
                    highest(section, "locks.waiting")));
    text.line().line("The last two are the highest that were seen while the section ran.").line();
  }

  private static String highest(SectionSeen section, String metric) {
    Optional<Double> figure = section.highest(metric);
    return figure.isPresent() ? ReportText.figure(metric, figure) : "not read";
  }

  /** One list for all environments, their verdicts side by side. */
  private void validation() {
    Map<String, Map<String, Evidence.Item>> found = new LinkedHashMap<>();
    List<String> environments = new ArrayList<>();
    for (Report.Checks checks : report.checks()) {
      if (checks.step().equals("verify-checks")) {
        environments.add(checks.environment());
        checks
            .items()
            .forEach(
                item ->
                    found
                        .computeIfAbsent(item.name(), name -> new LinkedHashMap<>())
                        .put(checks.environment(), item));
      }
    }
    text.line("## Validation").line();
    if (found.isEmpty()) {
      text.line("No check was made after the change.").line();
      return;
    }
    List<String> names = new ArrayList<>(List.of("check"));
    names.addAll(environments);
    names.add("found in " + seen.environment());
    text.head(names.toArray(new String[0]));
    found.forEach((check, items) -> text.row(row(check, items, environments)));
    text.line();
  }

  private String[] row(String check, Map<String, Evidence.Item> items, List<String> environments) {
    List<String> cells = new ArrayList<>(List.of(check));
    for (String environment : environments) {
      cells.add(
          Optional.ofNullable(items.get(environment)).map(i -> i.verdict().name()).orElse(""));
    }
    cells.add(
        Optional.ofNullable(items.get(seen.environment())).map(Evidence.Item::sentence).orElse(""));
    return cells.toArray(new String[0]);
  }

  private void performance() {
    seen.evidence("compare", Evidence.Comparisons.class)
        .ifPresent(
            table -> {
              text.line("## Performance").line();
              text.head("query", "before", "after", "improvement", "index used", "verdict");
              table.probes().forEach(this::probe);
              text.line();
            });
  }

  private void probe(Evidence.Comparison probe) {
    text.row(
        probe.probe(),
        probe.beforeP50().map(p50 -> ReportText.figure(probe, p50)).orElse("not possible"),
        ReportText.figure(probe, probe.afterP50()),
        probe.beforeP50().isPresent() ? ReportText.percent(probe.improvement()) : "",
        String.join(", ", probe.indexes()),
        probe.verdict().name());
  }

  /** Where people or limits stopped it, and how soon. */
  private void issues() {
    text.line("## Issues").line();
    List<String> lines = new ArrayList<>();
    for (Reaction reaction : reactions) {
      lines.add(
          ReportText.at(reaction.asked())
              + " "
              + reaction.act()
              + reaction
                  .after()
                  .map(time -> took(time.toMillis()))
                  .orElse("; nothing came of it yet")
              + reaction.effect().map(effect -> ": " + effect).orElse(""));
    }
    report.stages().stream()
        .filter(stage -> stage.environment().equals(seen.environment()))
        .flatMap(stage -> stage.steps().stream())
        .filter(step -> step.verdict().filter(v -> v != Verdict.PASS).isPresent())
        .forEach(
            step ->
                lines.add(
                    step.title()
                        + ": "
                        + ReportText.verdict(step.verdict())
                        + ", "
                        + step.sentence()));
    report.rollbacks().stream()
        .filter(back -> back.environment().equals(seen.environment()))
        .forEach(
            back ->
                lines.add(
                    "rolled back by option "
                        + back.option()
                        + " in "
                        + ReportText.seconds(back.seconds())
                        + ", because "
                        + back.because()
                        + ": "
                        + back.sentence()));
    lines.forEach(line -> text.line("- " + line));
    text.line(lines.isEmpty() ? "None." : "").line();
  }

  private static String took(long millis) {
    return String.format(Locale.ROOT, "; took effect after %.1f s", millis / 1000.0);
  }

  /** Where it ended before its end. */
  private void stays() {
    seen.evidence("close", Evidence.Objects.class)
        .ifPresent(
            objects -> {
              text.line("## What stays").line();
              objects
                  .objects()
                  .forEach(
                      index ->
                          text.line(
                              "- "
                                  + index.name()
                                  + " on "
                                  + index.table()
                                  + (index.valid() ? ", valid" : ", INVALID")));
              text.line("- " + seen.step("close").orElseThrow().sentence()).line();
            });
  }

  private void impact(List<Word> words) {
    String place = seen.environment();
    text.line(
        "## " + place.substring(0, 1).toUpperCase(Locale.ROOT) + place.substring(1) + " Impact");
    text.line();
    words.subList(0, words.size() - 1).forEach(word -> text.line(word.line()));
    text.line();
    text.line("STATUS: " + words.get(words.size() - 1).word()).line();
    text.line("What these words rest on:").line();
    words.forEach(word -> text.line("- " + word.subject() + ": " + word.because()));
  }
}
