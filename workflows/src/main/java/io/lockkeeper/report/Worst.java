package io.lockkeeper.report;

import io.lockkeeper.report.Report.Observed;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.series.Series.Point;
import java.time.Instant;
import java.util.Optional;

/**
 * The figure of a stage that is nearest to a limit, or farthest beyond it. The series tells it with
 * its time; where windows of it are gone the journal's totals may know of a worse one, without its
 * time. Pure.
 *
 * @param value absent where none was taken, and where nobody can tell it any more
 * @param at absent where the series does not tell
 */
record Worst(Optional<Double> value, Optional<Instant> at) {
  private static final Worst UNKNOWN = new Worst(Optional.empty(), Optional.empty());

  /** Totals are rounded on their way to the journal. */
  private static final double ROUNDED = 1e-6;

  /**
   * @param lowIsWorse whether the limit is one from below
   * @param start from which figures count; not before the stage's
   */
  static Worst of(
      Observed seen, KeptSeries kept, String metric, boolean lowIsWorse, Instant start) {
    Optional<Point> left =
        kept.find(seen.stage(), metric)
            .flatMap(series -> lowIsWorse ? series.least(start) : series.greatest(start));
    Optional<Double> whole = whole(seen, metric, lowIsWorse);
    boolean isGone =
        kept.keptUntil().containsKey(seen.stage())
            && kept.keptFrom(seen.stage()).filter(from -> !from.isAfter(start)).isEmpty();
    boolean knowsWorse =
        whole.isPresent()
            && left.filter(point -> !isWorse(whole.get(), point.value(), lowIsWorse)).isEmpty();
    // Totals are those of the whole stage.
    if (knowsWorse && !start.isAfter(seen.samples().started())) {
      return new Worst(whole, Optional.empty());
    }
    boolean isLeft = whole.isPresent() && !knowsWorse;
    return isGone && !isLeft ? UNKNOWN : new Worst(left.map(Point::value), left.map(Point::at));
  }

  private static Optional<Double> whole(Observed seen, String metric, boolean lowIsWorse) {
    return seen.samples().metrics().stream()
        .filter(samples -> samples.metric().equals(metric))
        .findFirst()
        .flatMap(samples -> lowIsWorse ? samples.low() : samples.high());
  }

  private static boolean isWorse(double total, double figure, boolean lowIsWorse) {
    double beyond = lowIsWorse ? figure - total : total - figure;
    return beyond > ROUNDED * Math.abs(figure);
  }
}
