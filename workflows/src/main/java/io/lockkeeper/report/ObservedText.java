package io.lockkeeper.report;

import io.lockkeeper.limit.Quantity;
import io.lockkeeper.report.Report.Judged;
import io.lockkeeper.report.Report.Observed;
import io.lockkeeper.report.Report.Observing;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was seen over time, in a report: verdicts of triggers, pictures, samples. */
final class ObservedText {
  private static final Pattern INDEX = Pattern.compile("index\\.(.+)\\.(scans|usage|bloat)");

  private final Report report;
  private final List<Charts.Named> charts;
  private final Markdown text;

  ObservedText(Report report, List<Charts.Named> charts, Markdown text) {
    this.report = report;
    this.charts = charts;
    this.text = text;
  }

  void write() {
    applied();
    for (Observed seen : report.observed()) {
      boolean again =
          report.observing().stream()
              .anyMatch(now -> now.hasSeen() && now.stage().equals(seen.stage()));
      observed(seen, !again);
    }
    report.observing().forEach(this::observing);
  }

  private void observing(Observing running) {
    text.line("## " + running.stage() + ": so far").line();
    String deadline =
        "It is observed until " + ReportText.at(running.deadline()) + " and has no verdict yet. ";
    if (!running.hasSeen()) {
      text.line(deadline + "What is seen is told when its first window ends.").line();
      return;
    }
    text.line(
        deadline
            + "What stands here was seen from "
            + ReportText.at(running.samples().started())
            + " to "
            + ReportText.at(running.samples().ended())
            + ", in the windows that have ended; what came after is told when the next one ends.");
    text.line();
    told(running.seen(), true);
  }

  /** What the guard saw has no verdict of its own: it let the sections through, or it did not. */
  private void applied() {
    for (Report.Stage stage : report.stages()) {
      if (stage.kind().equals("deploy") && !of(stage.name()).isEmpty()) {
        text.line("## While sections were applied in " + stage.environment()).line();
        pictures(stage.name());
      }
    }
  }

  /**
   * @param drawn whether its pictures are its own: those of a stage that is observed again are not
   */
  private void observed(Observed seen, boolean drawn) {
    text.line("## " + seen.stage() + ": " + seen.verdict()).line();
    text.line(seen.sentence() + ".");
    text.line(
        "From "
            + ReportText.at(seen.samples().started())
            + " to "
            + ReportText.at(seen.samples().ended())
            + ", "
            + ReportText.took(
                Optional.of(seen.samples().started()), Optional.of(seen.samples().ended()))
            + ".");
    seen.seriesKeptUntil()
        .ifPresent(
            until ->
                text.line(
                    "Its series "
                        + seen.seriesKeptFrom()
                            .map(from -> "before " + ReportText.at(from) + " ")
                            .orElse("")
                        + "were kept until "
                        + ReportText.at(until)
                        + seen.seriesKeptFrom()
                            .map(from -> ": charts begin there, and figures of before are what the")
                            .orElse(": what stands here is what the")
                        + " journal holds of them."));
    text.line();
    told(seen, drawn);
  }

  private void told(Observed seen, boolean drawn) {
    triggers(seen);
    if (drawn) {
      pictures(seen.stage());
    }
    indexes(seen);
    seen.samples()
        .statements()
        .ifPresent(changes -> new StatementsText(changes, seen.statements(), text).write());
    samples(seen);
  }

  private void triggers(Observed seen) {
    if (seen.judged().isEmpty()) {
      return;
    }
    text.head("trigger", "metric", "state", "worst", "when", "what it did", "what was found");
    for (Judged judged : seen.judged()) {
      text.row(
          judged.trigger() + (judged.because().isEmpty() ? "" : " (" + judged.because() + ")"),
          judged.metric(),
          judged.state(),
          judged
              .worst()
              .map(worst -> print(seen, judged, worst))
              .orElse(isMeasured(seen, judged) ? "not kept" : "not measured"),
          judged.at().map(ReportText::at).orElse(""),
          judged.did(),
          judged.sentence());
    }
    text.line();
  }

  private static boolean isMeasured(Observed seen, Judged judged) {
    return seen.seriesKeptUntil().isPresent()
        && seen.samples().metrics().stream()
            .anyMatch(m -> m.metric().equals(judged.metric()) && m.taken() > 0);
  }

  private static String print(Observed seen, Judged judged, double worst) {
    return seen.samples().triggers().stream()
        .filter(t -> t.trigger().equals(judged.trigger()) && t.metric().equals(judged.metric()))
        .findFirst()
        .map(t -> Quantity.print(worst, Watched.of(t).dimension()))
        .orElseThrow();
  }

  private List<Charts.Named> of(String stage) {
    return charts.stream().filter(chart -> chart.stage().equals(stage)).toList();
  }

  private void pictures(String stage) {
    for (Charts.Named chart : of(stage)) {
      // A name from the change must not end the words of the link.
      String words = chart.chart().title().replaceAll("[\\[\\]\\\\`*_<>&!|]", "\\\\$0");
      text.line("![" + words + "](attachments/" + chart.file() + ")").line();
    }
  }

  private void indexes(Observed seen) {
    Map<String, Map<String, MetricSamples>> indexes = new LinkedHashMap<>();
    for (MetricSamples samples : seen.samples().metrics()) {
      Matcher index = INDEX.matcher(samples.metric());
      if (index.matches()) {
        indexes
            .computeIfAbsent(index.group(1), name -> new LinkedHashMap<>())
            .put(index.group(2), samples);
      }
    }
    if (indexes.isEmpty()) {
      return;
    }
    text.head("index", "scans", "share of its table's scans", "bloat", "");
    indexes.forEach(
        (name, figures) ->
            text.row(
                name,
                last(figures, "scans"),
                last(figures, "usage"),
                last(figures, "bloat"),
                isUnused(figures) ? "not scanned" : ""));
    text.line();
    text.line("Scans are those since the stage's start, without the probes' own.").line();
  }

  private static String last(Map<String, MetricSamples> figures, String kind) {
    MetricSamples samples = figures.get(kind);
    if (samples == null) {
      return "";
    }
    String figure = ReportText.figure(samples.metric(), samples.last());
    return figure.isEmpty()
        ? "not measured"
        : figure
            + (samples.how().isEmpty() || kind.equals("scans") ? "" : " (" + samples.how() + ")");
  }

  private static boolean isUnused(Map<String, MetricSamples> figures) {
    MetricSamples scans = figures.get("scans");
    return scans != null && scans.last().filter(count -> count == 0).isPresent();
  }

  private void samples(Observed seen) {
    text.head("metric", "samples due", "taken", "missing", "lowest", "highest", "last");
    for (MetricSamples m : seen.samples().metrics()) {
      text.row(
          m.how().isEmpty() ? m.metric() : m.metric() + " (" + m.how() + ")",
          Long.toString(m.due()),
          Long.toString(m.taken()),
          Long.toString(Math.max(0, m.due() - m.taken())),
          ReportText.figure(m.metric(), m.low()),
          ReportText.figure(m.metric(), m.high()),
          ReportText.figure(m.metric(), m.last()));
    }
    text.line();
  }
}
