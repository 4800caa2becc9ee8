package io.lockkeeper.limit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The unit of a metric whose name does not tell it: that of its limit. Prometheus gives seconds,
 * bytes and ratios, as Lockkeeper does inside.
 */
final class FreeUnit {
  private static final Pattern AMOUNT =
      Pattern.compile(
          "(baseline\\s*[-+]\\s*)?[-+]?\\s*("
              + Quantity.NUMBER
              + "\\s*"
              + Quantity.UNIT
              + "?)(?=\\s|\\.\\.|$)(.*)");

  private FreeUnit() {}

  /**
   * The metric in the unit of what stands on the right side.
   *
   * @param right without {@code for}
   */
  static Metric of(Metric metric, String right) {
    Matcher amount = AMOUNT.matcher(right);
    boolean free = SourceMetrics.takesAnyUnit(metric.name());
    // A share of the baseline has the baseline's unit, which nobody knows here.
    if (!free || !amount.matches() || amount.group(3).contains(" of ")) {
      return metric;
    }
    Quantity quantity = Quantity.parse(amount.group(2));
    boolean scales = amount.group(1) != null && !quantity.points();
    return scales && quantity.dimension() == Dimension.RATIO
        ? metric
        : new Metric(metric.name(), quantity.dimension(), metric.counter());
  }
}
