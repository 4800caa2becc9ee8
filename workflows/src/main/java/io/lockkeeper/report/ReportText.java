package io.lockkeeper.report;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.report.Report.Applied;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Blocks;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A report as Markdown. The page for browsers is made of the same text. */
public final class ReportText {
  private final Report report;
  private final Markdown text = new Markdown();

  private ReportText(Report report) {
    this.report = report;
  }

  public static String markdown(Report report) {
    return markdown(report, List.of());
  }

  /**
   * With its pictures, as links to {@code attachments/NAME}.
   *
   * @param charts of the report's stages
   */
  public static String markdown(Report report, List<Charts.Named> charts) {
    ReportText text = new ReportText(report);
    text.head();
    text.way();
    text.comparisons();
    text.applied();
    text.outlooks();
    text.objects();
    text.backups();
    text.checks();
    new ObservedText(report, charts, text.text).write();
    text.signOffs();
    text.waysBack();
    text.rollbacks();
    text.fingerprints();
    text.attachments();
    text.timeline();
    text.foot();
    return text.text.toString();
  }

  private void head() {
    line("# " + report.promotion() + ": " + report.status());
    line("");
    line("**" + report.sentence() + "**");
    line("");
    line("- change: " + report.change() + ", " + report.why());
    line("- hash: `" + report.changeHash() + "`, the same in all environments");
    line("- asked for by " + report.requestedBy() + ": " + report.reason());
    line(
        "- started "
            + at(report.startedAt())
            + report.endedAt().map(e -> ", ended " + at(e)).orElse(""));
    if (!report.shortened().isEmpty()) {
      line("- times were shortened in sandboxes: " + report.shortened());
    }
    for (Report.Place place : report.environments()) {
      line(
          "- "
              + place.environment()
              + ": database "
              + place.database()
              + " as "
              + place.role()
              + ", "
              + bytes(place.databaseSize())
              + ", "
              + place.server());
    }
    line(
        "- carries the change now: "
            + (report.carries().isEmpty()
                ? "no environment"
                : String.join(", ", report.carries())));
    report.next().forEach(next -> line("- next: " + next.sentence()));
    line("");
  }

  private void way() {
    line("## Stages");
    line("");
    text.head("stage", "kind", "verdict", "took", "what was found");
    for (Report.Stage stage : report.stages()) {
      row(
          stage.name(),
          stage.kind(),
          verdict(stage.verdict()),
          took(stage.startedAt(), stage.endedAt()),
          stage.sentence());
    }
    line("");
    for (Report.Stage stage : report.stages()) {
      List<Report.Step> done =
          stage.steps().stream().filter(step -> step.verdict().isPresent()).toList();
      if (!done.isEmpty()) {
        line("### " + stage.name());
        line("");
        text.head("step", "verdict", "took", "what was found");
        done.forEach(
            step ->
                row(
                    step.title(),
                    verdict(step.verdict()),
                    seconds(step.seconds()),
                    step.sentence()));
        line("");
      }
    }
  }

  private void comparisons() {
    if (report.comparisons().isEmpty()) {
      return;
    }
    line("## Performance comparison");
    line("");
    for (Report.Comparison comparison : report.comparisons()) {
      line("### " + comparison.environment());
      line("");
      List<Evidence.Comparison> probes = comparison.table().probes();
      text.head("query", "before", "after", "improvement", "index used", "blocks", "verdict");
      probes.stream().filter(Evidence.Comparison::core).forEach(this::comparison);
      row(
          "Average improvement",
          "",
          "",
          percent(comparison.table().averageImprovement()),
          "",
          "",
          "");
      probes.stream().filter(c -> !c.core()).forEach(this::comparison);
      line("");
      line(
          "The average is the mean of the improvements of p50 above it; of their summed times it is "
              + percent(comparison.table().totalImprovement())
              + ". What stands below it is measured too, but the change is not judged by it."
              + " Blocks are those that one run touched, before and after; they decide nothing.");
      line("");
    }
  }

  private void comparison(Evidence.Comparison probe) {
    row(
        probe.probe(),
        probe.beforeP50().map(p50 -> figure(probe, p50)).orElse("not possible"),
        figure(probe, probe.afterP50()),
        probe.beforeP50().isPresent() ? percent(probe.improvement()) : "",
        String.join(", ", probe.indexes()),
        blocks(probe),
        probe.verdict().name());
  }

  /** Before and after; empty where neither could be told, as of requests. */
  static String blocks(Evidence.Comparison probe) {
    return probe.beforeBlocks().isEmpty() && probe.afterBlocks().isEmpty()
        ? ""
        : touched(probe.beforeBlocks()) + " → " + touched(probe.afterBlocks());
  }

  private static String touched(Optional<Blocks> blocks) {
    return blocks.map(b -> String.format(Locale.ROOT, "%,d", b.all())).orElse("?");
  }

  static String figure(Evidence.Comparison probe, double p50) {
    return probe.ratio() ? percent(p50) : ms(p50);
  }

  private void applied() {
    if (report.applied().isEmpty()) {
      return;
    }
    line("## Execution time");
    line("");
    Set<String> environments = new LinkedHashSet<>();
    report.applied().forEach(unit -> environments.addAll(unit.seconds().keySet()));
    List<String> ordered =
        report.environments().stream()
            .map(Report.Place::environment)
            .filter(environments::contains)
            .toList();
    List<String> header = new ArrayList<>(List.of("section", "unit", "pass"));
    header.addAll(ordered);
    text.head(header.toArray(new String[0]));
    Map<String, Double> totals = new LinkedHashMap<>();
    for (Applied unit : report.applied()) {
      List<String> cells = new ArrayList<>(List.of(unit.section(), unit.unit(), unit.pass()));
      for (String environment : ordered) {
        Double took = unit.seconds().get(environment);
        cells.add(took == null ? "" : seconds(took));
        if (took != null && unit.pass().equals("apply")) {
          totals.merge(environment, took, Double::sum);
        }
      }
      row(cells.toArray(new String[0]));
    }
    List<String> total = new ArrayList<>(List.of("**all**", "", "apply"));
    ordered.forEach(environment -> total.add(seconds(totals.getOrDefault(environment, 0.0))));
    row(total.toArray(new String[0]));
    line("");
  }

  private void outlooks() {
    for (Report.Outlook outlook : report.outlooks()) {
      line("## Forecast for " + outlook.environment() + " from " + outlook.from());
      line("");
      if (!outlook.sections().isEmpty()) {
        row("section", "forecast", "measured", "error", "taking it back");
        row("---", "---", "---", "---", "---");
        outlook
            .sections()
            .forEach(
                s ->
                    row(
                        s.section(),
                        s.forecast(),
                        s.measured().map(ReportText::seconds).orElse("not applied"),
                        s.errorText(),
                        s.backForecast()));
        line("");
      }
      line("Representativeness of " + outlook.from() + ": " + outlook.verdict() + ".");
      line("");
      row("what", "verdict", "figures");
      row("---", "---", "---");
      outlook.likeness().forEach(i -> row(i.name(), i.verdict().name(), i.sentence()));
      line("");
    }
  }

  private void objects() {
    for (Report.Objects made : report.objects()) {
      line("## Objects in " + made.environment());
      line("");
      text.head("index", "table", "valid", "size", "scans");
      made.state()
          .objects()
          .forEach(
              o ->
                  row(
                      o.name(),
                      o.table(),
                      o.valid() ? "yes" : "NO",
                      bytes(o.size()),
                      Long.toString(o.scans())));
      line("");
      Map<String, Integer> counts = new LinkedHashMap<>();
      made.state().objects().forEach(o -> counts.merge(o.table(), 1, Integer::sum));
      counts.forEach((table, count) -> line("- " + table + ": " + count));
      line(
          "- missing: "
              + none(made.state().missing())
              + "; not of this change: "
              + none(made.state().extra()));
      line("");
    }
  }

  private void backups() {
    if (report.backups().isEmpty()) {
      return;
    }
    line("## Backups");
    line("");
    text.head("environment", "backup", "how", "size", "SHA-256", "verified", "tables", "rows");
    for (Report.Backup backup : report.backups()) {
      Evidence.BackupTaken b = backup.taken();
      row(
          backup.environment(),
          b.id(),
          b.how(),
          bytes(b.size()),
          b.sha256().map(hash -> "`" + hash.substring(0, 16) + "…`").orElse("none"),
          b.verifiedAt().map(ReportText::at).orElse("no"),
          Integer.toString(b.tables()),
          Long.toString(b.rows()));
    }
    line("");
  }

  private void checks() {
    if (report.checks().stream().allMatch(checks -> checks.items().isEmpty())) {
      return;
    }
    line("## Checks");
    line("");
    text.head("environment", "step", "check", "verdict", "what was found");
    for (Report.Checks checks : report.checks()) {
      for (Evidence.Item item : checks.items()) {
        row(
            checks.environment(),
            checks.step(),
            item.name(),
            item.verdict().name(),
            item.sentence());
      }
    }
    line("");
  }

  private void signOffs() {
    if (report.signOffs().isEmpty()) {
      return;
    }
    line("## Sign-off");
    line("");
    text.head("role", "name", "decision", "date", "evidence", "comment");
    report
        .signOffs()
        .forEach(
            s ->
                row(
                    s.role(),
                    s.person(),
                    s.decision(),
                    at(s.at()),
                    s.evidenceHash().isEmpty() ? "" : "`" + s.evidenceHash().substring(0, 8) + "…`",
                    s.comment()));
    line("");
  }

  private void waysBack() {
    for (Report.WayBackSeen seen : report.waysBack()) {
      line("## What a rollback of " + seen.environment() + " would have done at " + at(seen.at()));
      line("");
      line(
          "Somebody else had changed what the change touches. "
              + seen.verdict()
              + ": "
              + seen.sentence()
              + ".");
      line("");
      if (!seen.now().units().isEmpty()) {
        row("section", "unit", "found", "would be left", "what");
        row("---", "---", "---", "---", "---");
        seen.now()
            .units()
            .forEach(
                unit ->
                    row(
                        unit.section(),
                        unit.title(),
                        unit.finding().name(),
                        unit.left() ? "YES" : "no",
                        unit.sentence()));
        line("");
      }
      seen.now().differences().forEach(difference -> line("- `" + difference + "`"));
      line("");
    }
  }

  private void rollbacks() {
    for (Report.Rollback back : report.rollbacks()) {
      line("## Rollback of " + back.environment());
      line("");
      line("- why: " + back.because());
      line(
          "- option "
              + back.option()
              + switch (back.option()) {
                case "B" -> ": the backup, restored beside and swapped in";
                case "quick" -> ": the undos of the steps, in reverse; the sections stay";
                default -> ": what the ledger says was applied, in reverse";
              });
      line("- verdict: " + verdict(back.verdict()) + ", " + back.sentence());
      line("- took " + seconds(back.seconds()));
      back.left().forEach(left -> line("- left: " + left));
      line("");
    }
  }

  private void fingerprints() {
    if (report.fingerprints().isEmpty()) {
      return;
    }
    line("## Fingerprints");
    line("");
    text.head("environment", "before", "after taking back", "equal");
    for (Report.Fingerprint f : report.fingerprints()) {
      boolean equal = f.compared().before().equals(f.compared().now());
      row(
          f.environment(),
          "`" + f.compared().before().substring(0, 16) + "…`",
          "`" + f.compared().now().substring(0, 16) + "…`",
          equal ? "yes" : f.compared().differences().isEmpty() ? "but for what is declared" : "NO");
    }
    line("");
  }

  private void attachments() {
    if (report.attachments().isEmpty()) {
      return;
    }
    line("## Attachments");
    line("");
    for (Report.Observed seen : report.observed()) {
      List<Attachment> windows =
          report.attachments().stream().filter(file -> isSeries(seen, file)).toList();
      if (!windows.isEmpty()) {
        long size = windows.stream().mapToLong(file -> file.blob().size()).sum();
        line("- series of " + seen.stage() + ", windows: " + windows.size() + ", " + bytes(size));
      }
    }
    report.attachments().stream()
        .filter(file -> report.observed().stream().noneMatch(seen -> isSeries(seen, file)))
        .forEach(
            a ->
                line(
                    "- "
                        + a.name()
                        + ", "
                        + bytes(a.blob().size())
                        + ", SHA-256 `"
                        + a.blob().sha256()
                        + "`"));
    line("");
  }

  /** They are many, and read as one; each with its hash stands in the journal. */
  private static boolean isSeries(Report.Observed seen, Attachment file) {
    return file.name().startsWith(seen.stage() + "-samples-");
  }

  private void timeline() {
    line("## Timeline");
    line("");
    text.head("time", "by", "what happened");
    report
        .timeline()
        .forEach(
            l -> row(at(l.at()), l.writer(), l.sentence() + (l.late() ? " *(written late)*" : "")));
    line("");
  }

  private void foot() {
    line(
        "Drawn from "
            + report.journalLength()
            + " journal entries; hash of the last: `"
            + report.journalHash()
            + "`.");
  }

  private void line(String words) {
    text.line(words);
  }

  private void row(String... cells) {
    text.row(cells);
  }

  private static String none(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  static String verdict(Optional<Verdict> verdict) {
    return verdict.map(Verdict::name).orElse("");
  }

  static String at(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String took(Optional<Instant> from, Optional<Instant> to) {
    return from.isPresent() && to.isPresent()
        ? seconds(Duration.between(from.get(), to.get()).toMillis() / 1000.0)
        : "";
  }

  static String seconds(double seconds) {
    return Quantity.print(seconds, Dimension.TIME);
  }

  static String ms(double seconds) {
    return String.format(Locale.ROOT, "%.2f ms", seconds * 1000);
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  static String bytes(long bytes) {
    return Quantity.print((double) bytes, Dimension.BYTES);
  }

  static String figure(String metric, Optional<Double> value) {
    return value.map(v -> Quantity.print(v, Metrics.dimension(metric))).orElse("");
  }
}
