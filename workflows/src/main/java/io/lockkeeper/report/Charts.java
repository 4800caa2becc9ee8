package io.lockkeeper.report;

import io.lockkeeper.chart.Chart;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.report.Report.Observed;
import io.lockkeeper.report.Report.Observing;
import io.lockkeeper.report.Report.Stage;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.series.Series;
import io.lockkeeper.series.Series.Point;
import io.lockkeeper.step.Evidence.Comparison;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which pictures a report has: of every soak and watch those of the metrics that a trigger watches,
 * of the core probes, of requests, logs, the machine and the indexes; of what was applied those of
 * the guard. Pure.
 */
public final class Charts {
  /** Told also where no trigger watches them: people look for them first. */
  private static final List<String> ALWAYS =
      List.of(
          "http.*.error_rate",
          "http.*.p95",
          "log.*.matches",
          "host.cpu",
          "host.memory",
          "host.io",
          "index.usage",
          "index.bloat");

  private static final List<String> WHILE_APPLIED =
      List.of("locks.waiting", "locks.caused_wait", "sessions.active");

  private final Report report;
  private final List<Chained> journal;
  private final KeptSeries kept;
  private final Map<String, Before> befores = new HashMap<>();

  private Charts(Report report, List<Chained> journal, KeptSeries kept) {
    this.report = report;
    this.journal = journal;
    this.kept = kept;
  }

  /**
   * A picture of one metric in one stage.
   *
   * @param file its name among the promotion's attachments, unique in the promotion
   */
  public record Named(String stage, String metric, String file, Chart chart) {
    /** What no other picture of a page is called. */
    public String id() {
      return "c-" + file.replaceAll("\\.svg$", "");
    }
  }

  /**
   * @param journal from which the report was drawn
   * @param kept series that are still there; a metric without one has no picture
   */
  public static List<Named> of(Report report, List<Chained> journal, KeptSeries kept) {
    Charts charts = new Charts(report, journal, kept);
    List<Named> all = new ArrayList<>();
    for (Stage stage : report.stages()) {
      charts.all().stream()
          .filter(seen -> seen.stage().equals(stage.name()))
          .forEach(seen -> all.addAll(charts.observed(stage, seen)));
      if (stage.kind().equals("deploy")) {
        WHILE_APPLIED.forEach(metric -> charts.applied(stage, metric).ifPresent(all::add));
      }
    }
    for (Observed seen : charts.all()) {
      if (report.stages().stream().noneMatch(stage -> stage.name().equals(seen.stage()))) {
        all.addAll(charts.observed(charts.recovery(seen), seen));
      }
    }
    return all;
  }

  /** Those that have ended, and what others have seen so far, which is of now. */
  private List<Observed> all() {
    List<Observed> all = new ArrayList<>(report.observed());
    for (Observing running : report.observing()) {
      if (running.hasSeen()) {
        all.removeIf(before -> before.stage().equals(running.stage()));
        all.add(running.seen());
      }
    }
    return all;
  }

  private boolean isRunning(String stage) {
    return report.observing().stream()
        .anyMatch(running -> running.hasSeen() && running.stage().equals(stage));
  }

  /** The watch after a rollback is no stage of the flight. */
  private Stage recovery(Observed seen) {
    String environment =
        report.stages().stream()
            .map(Stage::environment)
            .filter(name -> seen.stage().startsWith(name + "-"))
            .max(Comparator.comparingInt(String::length))
            .orElse("");
    return new Stage(
        seen.stage(),
        "watch",
        environment,
        Optional.of(seen.verdict()),
        seen.sentence(),
        Optional.of(seen.samples().started()),
        Optional.of(seen.samples().ended()),
        List.of());
  }

  private Optional<Named> applied(Stage stage, String metric) {
    return chart(stage, metric, List.of(), stage.startedAt())
        .map(
            named -> {
              Chart all = named.chart();
              Chart chart =
                  new Chart(
                      all.title(),
                      all.dimension(),
                      Instant.ofEpochMilli(all.series().millis(0)),
                      all.series().last().map(Point::at).orElseThrow(),
                      all.series(),
                      all.limits(),
                      all.before(),
                      all.stretches(),
                      "no section was applied");
              return new Named(named.stage(), named.metric(), named.file(), chart);
            });
  }

  private List<Named> observed(Stage stage, Observed seen) {
    List<Watched> watched = seen.samples().triggers().stream().map(Watched::of).toList();
    Set<String> metrics = new LinkedHashSet<>();
    watched.stream()
        .map(w -> w.outcome().metric())
        .filter(m -> shows(stage, m))
        .forEach(metrics::add);
    core(stage.environment()).forEach(metrics::add);
    for (String pattern : ALWAYS) {
      kept.stages().getOrDefault(stage.name(), Map.of()).keySet().stream()
          .filter(metric -> Limit.matches(pattern, metric))
          .forEach(metrics::add);
    }
    List<Named> all = new ArrayList<>();
    for (String metric : metrics) {
      List<Watched> of = watched.stream().filter(w -> w.outcome().metric().equals(metric)).toList();
      chart(stage, metric, of, Optional.of(seen.samples().started())).ifPresent(all::add);
    }
    return all;
  }

  /** A check that always held is told by its line in the table. */
  private boolean shows(Stage stage, String metric) {
    return !metric.startsWith("check.")
        || kept.find(stage.name(), metric)
            .flatMap(Series::greatest)
            .filter(most -> most.value() > 0)
            .isPresent();
  }

  private List<String> core(String environment) {
    return report.comparisons().stream()
        .filter(comparison -> comparison.environment().equals(environment))
        .flatMap(comparison -> comparison.table().probes().stream())
        // What could not be measured before has no other picture than this.
        .filter((Comparison probe) -> probe.core() || probe.beforeP50().isEmpty())
        .map(probe -> "probe." + probe.probe() + ".p50")
        .toList();
  }

  private Optional<Named> chart(
      Stage stage, String metric, List<Watched> watched, Optional<Instant> start) {
    Optional<Series> series = kept.find(stage.name(), metric).filter(s -> !s.isEmpty());
    if (series.isEmpty() || start.isEmpty()) {
      return Optional.empty();
    }
    Before before = befores.computeIfAbsent(stage.environment(), this::before);
    List<Stretch> stretches =
        watched.stream()
            .flatMap(w -> w.crossed(series.get(), before.value(metric), start.get()).stream())
            .sorted(Comparator.comparing(Stretch::breach).thenComparing(Stretch::from))
            .toList();
    boolean counts = watched.stream().anyMatch(Watched::isCounter);
    Chart chart =
        new Chart(
            metric + " in " + stage.name() + (isRunning(stage.name()) ? ", so far" : ""),
            dimension(metric, watched),
            from(stage, series.get()),
            until(stage, series.get()),
            series.get(),
            watched.stream().map(w -> w.line(before.value(metric))).toList(),
            counts ? Optional.empty() : before.band(metric),
            stretches);
    String file = (stage.name() + "-" + metric).replaceAll("[^A-Za-z0-9_.-]", "_") + ".svg";
    return Optional.of(new Named(stage.name(), metric, file, chart));
  }

  private static Dimension dimension(String metric, List<Watched> watched) {
    return watched.stream()
        .findFirst()
        .map(Watched::dimension)
        .orElseGet(() -> Metrics.dimension(metric));
  }

  private Before before(String environment) {
    Set<String> stages = new LinkedHashSet<>();
    report.stages().stream()
        .filter(stage -> stage.environment().equals(environment))
        .forEach(stage -> stages.add(stage.name()));
    return Before.of(journal, stages::contains);
  }

  /** What was removed was measured: it is none of the chart, and no missing data. */
  private Instant from(Stage stage, Series series) {
    Instant first = Instant.ofEpochMilli(series.millis(0));
    Optional<Instant> begin = kept.keptFrom(stage.name()).or(stage::startedAt);
    return begin.filter(at -> at.isBefore(first)).orElse(first);
  }

  private static Instant until(Stage stage, Series series) {
    Instant last = series.last().map(Point::at).orElseThrow();
    return stage.endedAt().filter(at -> at.isAfter(last)).orElse(last);
  }
}
