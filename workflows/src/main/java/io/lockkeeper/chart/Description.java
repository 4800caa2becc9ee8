package io.lockkeeper.chart;

import io.lockkeeper.chart.Chart.Line;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.series.Series;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** What a picture tells, in words: for its legend, and for those who do not see it. */
final class Description {
  private final Chart chart;
  private final double top;
  private final List<Stretch> missing;

  /**
   * @param top the highest figure that the picture shows
   */
  Description(Chart chart, double top, List<Stretch> missing) {
    this.chart = chart;
    this.top = top;
    this.missing = missing;
  }

  String whole() {
    StringBuilder words = new StringBuilder(chart.title());
    words.append(" from ").append(at(chart.from())).append(" to ").append(at(chart.until()));
    words.append(". ").append(figures()).append('.');
    chart.limits().forEach(line -> words.append(" Limit ").append(limit(line)).append('.'));
    chart.before().ifPresent(band -> words.append(' ').append(band.text()).append('.'));
    if (!chart.stretches().isEmpty()) {
      words.append(' ').append(stretches()).append('.');
    }
    if (!missing.isEmpty()) {
      words.append(' ').append(missing()).append('.');
    }
    return words.toString();
  }

  String figures() {
    Series series = chart.series();
    return series
        .greatest()
        .map(
            most ->
                "lowest "
                    + print(series.least().orElseThrow().value())
                    + ", highest "
                    + print(most.value())
                    + " at "
                    + at(most.at())
                    + ", last "
                    + print(series.last().orElseThrow().value()))
        .orElse("no figures");
  }

  /** As it was written, with the figure that it came to where that is another. */
  String limit(Line limit) {
    List<String> figures = limit.at().stream().map(this::print).toList();
    String written = limit.text().replace(" ", "");
    boolean said = figures.stream().allMatch(figure -> written.contains(figure.replace(" ", "")));
    boolean far = limit.at().stream().anyMatch(at -> at > top);
    return limit.text()
        + (said ? "" : ": " + String.join(" to ", figures))
        + (far ? " (above the picture)" : "");
  }

  /** Of breaches, where there is one; else of what was crossed for too short a time. */
  String stretches() {
    List<Stretch> breaches = chart.stretches().stream().filter(Stretch::breach).toList();
    return breaches.isEmpty()
        ? told("crossed, but not for long enough,", chart.stretches())
        : told("breached", breaches);
  }

  String missing() {
    return told(chart.gap(), missing);
  }

  private static String told(String what, List<Stretch> stretches) {
    long millis =
        stretches.stream().mapToLong(s -> Duration.between(s.from(), s.until()).toMillis()).sum();
    String lasted = Quantity.print(millis / 1000.0, Dimension.TIME);
    Stretch first = stretches.get(0);
    return stretches.size() == 1
        ? what + " from " + at(first.from()) + " to " + at(first.until()) + ", " + lasted
        : what + " " + stretches.size() + " times from " + at(first.from()) + ", in all " + lasted;
  }

  private String print(double figure) {
    return Math.abs(figure) >= 1e15
        ? String.format(Locale.ROOT, "%.2e", figure)
        : Quantity.print(figure, chart.dimension());
  }

  private static String at(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
