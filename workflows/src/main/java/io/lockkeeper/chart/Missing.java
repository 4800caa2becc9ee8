package io.lockkeeper.chart;

import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.series.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Stretches of a chart without figures: the gaps, and what is missing at its ends. */
final class Missing {
  /** As in the middle: two readings in a row, and the way to the first. */
  private static final double AT_THE_ENDS = 3;

  private Missing() {}

  static List<Stretch> of(Chart chart) {
    Series series = chart.series();
    if (series.isEmpty()) {
      return chart.from().equals(chart.until())
          ? List.of()
          : List.of(new Stretch(chart.from(), chart.until(), false));
    }
    double usual = AT_THE_ENDS * series.usualDistance();
    List<Stretch> missing = new ArrayList<>();
    Instant since = chart.from();
    boolean first = true;
    boolean gap = false;
    for (int i = 0; i < series.size(); i++) {
      if (series.isGap(i)) {
        gap = true;
        continue;
      }
      Instant at = Instant.ofEpochMilli(series.millis(i));
      boolean late = first && at.toEpochMilli() - since.toEpochMilli() > usual;
      if (late || (gap && !first)) {
        missing.add(new Stretch(since, at, false));
      }
      since = at;
      first = false;
      gap = false;
    }
    if (chart.until().toEpochMilli() - since.toEpochMilli() > usual) {
      missing.add(new Stretch(since, chart.until(), false));
    }
    return missing;
  }
}
