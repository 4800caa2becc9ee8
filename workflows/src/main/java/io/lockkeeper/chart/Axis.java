package io.lockkeeper.chart;

import io.lockkeeper.limit.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The upright axis: in one unit, with round steps.
 *
 * @param low figure at its foot, in the base unit
 * @param high figure at its top; greater than {@code low}
 * @param step between two marks
 * @param factor of the unit
 * @param unit that is written behind a mark's number; may be empty
 */
record Axis(double low, double high, double step, double factor, String unit) {
  private static final int MARKS = 4;

  /** What a picture can still tell apart is far below it, and nothing overflows. */
  private static final double HUGE = 1e300;

  private record Unit(double from, double factor, String sign) {}

  private static final List<Unit> TIMES =
      List.of(
          new Unit(7200, 3600, " h"),
          new Unit(120, 60, " min"),
          new Unit(1, 1, " s"),
          new Unit(0, 1e-3, " ms"));

  private static final List<Unit> SIZES =
      List.of(
          new Unit(1e12, 1e12, " TB"),
          new Unit(1e9, 1e9, " GB"),
          new Unit(1e6, 1e6, " MB"),
          new Unit(1e3, 1e3, " kB"),
          new Unit(0, 1, " B"));

  /** From zero, or from the least figure where that is below; up to the greatest. */
  static Axis of(Dimension dimension, double least, double greatest) {
    double bottom = Math.max(-HUGE, Math.min(0, least));
    double top = Math.min(HUGE, Math.max(0, greatest));
    if (top <= bottom) {
      top = bottom + one(dimension);
    }
    Unit unit = unit(dimension, Math.max(-bottom, top));
    double round = round((top - bottom) / unit.factor() / MARKS) * unit.factor();
    // There is no half of what is counted.
    boolean counts = dimension == Dimension.COUNT && top - bottom >= 1;
    double step = counts ? Math.max(1, round) : round;
    return new Axis(
        Math.floor(bottom / step + 1e-9) * step,
        Math.ceil(top / step - 1e-9) * step,
        step,
        unit.factor(),
        unit.sign());
  }

  /** What the axis shows where all is zero. */
  private static double one(Dimension dimension) {
    return switch (dimension) {
      case TIME -> 1e-3;
      case RATIO -> 0.01;
      case BYTES -> 1e3;
      case COUNT, RATE, VERSION, TEXT -> 1;
    };
  }

  private static Unit unit(Dimension dimension, double size) {
    return switch (dimension) {
      case TIME -> of(TIMES, size);
      case BYTES -> of(SIZES, size);
      case RATIO -> new Unit(0, 0.01, " %");
      case RATE -> new Unit(0, 1, "/s");
      case COUNT, VERSION, TEXT -> new Unit(0, 1, "");
    };
  }

  private static Unit of(List<Unit> units, double size) {
    return units.stream().filter(unit -> size >= unit.from()).findFirst().orElseThrow();
  }

  /** The next of 1, 2, 5, 10, … */
  private static double round(double size) {
    double power = Math.pow(10, Math.floor(Math.log10(size)));
    double digit = size / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  List<Double> marks() {
    List<Double> marks = new ArrayList<>();
    long steps = Math.round((high - low) / step);
    for (long i = 0; i <= steps; i++) {
      marks.add(low + i * step);
    }
    return marks;
  }

  String label(double figure) {
    double number = figure / factor;
    if (Math.abs(number) >= 1e6) {
      return String.format(Locale.ROOT, "%.1e", number) + unit;
    }
    int digits = (int) Math.max(0, Math.min(9, Math.ceil(-Math.log10(step / factor) - 1e-9)));
    String text = String.format(Locale.ROOT, "%." + digits + "f", number);
    return (text.matches("-0(\\.0+)?") ? text.substring(1) : text) + unit;
  }
}
