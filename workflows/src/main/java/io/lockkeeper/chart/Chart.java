package io.lockkeeper.chart;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.series.Series;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A series with what it is judged by.
 *
 * @param title what it shows; may come from the change, and is escaped where it is drawn
 * @param dimension of the figures, in whose base unit all of them are
 * @param from where the picture begins; not after {@code until}
 * @param limits in the order in which they were written
 * @param before what was measured before the change; absent where nothing was
 * @param stretches in which a limit was crossed, in order
 * @param gap what it means that there are no figures
 */
public record Chart(
    String title,
    Dimension dimension,
    Instant from,
    Instant until,
    Series series,
    List<Line> limits,
    Optional<Band> before,
    List<Stretch> stretches,
    String gap) {
  public Chart {
    if (until.isBefore(from)) {
      throw new IllegalArgumentException("a chart ends at " + until + ", before " + from);
    }
    limits = List.copyOf(limits);
    stretches = List.copyOf(stretches);
  }

  /** Of figures that were due all the time. */
  public Chart(
      String title,
      Dimension dimension,
      Instant from,
      Instant until,
      Series series,
      List<Line> limits,
      Optional<Band> before,
      List<Stretch> stretches) {
    this(title, dimension, from, until, series, limits, before, stretches, "no data");
  }

  /**
   * A limit.
   *
   * @param at its figures: one, both ends of a band, or none where they are not known
   * @param text as it was written
   */
  public record Line(List<Double> at, String text) {
    public Line {
      at = List.copyOf(at);
    }
  }

  /** Between two figures, which may be the same. */
  public record Band(double low, double high, String text) {}

  /**
   * A stretch of time in which a limit was crossed.
   *
   * @param breach whether it was for long enough
   */
  public record Stretch(Instant from, Instant until, boolean breach) {}
}
