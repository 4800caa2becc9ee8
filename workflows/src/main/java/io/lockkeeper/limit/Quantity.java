package io.lockkeeper.limit;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number with its unit.
 *
 * @param value in the dimension's base unit: seconds, bytes, ratio, per second, count
 * @param points whether a ratio was written in percentage points, which add instead of scaling
 */
public record Quantity(double value, Dimension dimension, boolean points) {
  static final String NUMBER = "[0-9]+(?:\\.[0-9]+)?";

  static final String UNIT = "(?:us|ms|s|m|h|d|[kMGT]?B|[KMGT]iB|%|points?|/s)";

  private static final Pattern FORM = Pattern.compile("(" + NUMBER + ")\\s*(" + UNIT + ")?");

  private static final Pattern VERSION = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]{1,3}))?");

  private enum Unit {
    MICROSECOND("us", 1e-6, Dimension.TIME),
    MILLISECOND("ms", 1e-3, Dimension.TIME),
    SECOND("s", 1, Dimension.TIME),
    MINUTE("m", 60, Dimension.TIME),
    HOUR("h", 3600, Dimension.TIME),
    DAY("d", 86_400, Dimension.TIME),
    BYTE("B", 1, Dimension.BYTES),
    KILOBYTE("kB", 1e3, Dimension.BYTES),
    MEGABYTE("MB", 1e6, Dimension.BYTES),
    GIGABYTE("GB", 1e9, Dimension.BYTES),
    TERABYTE("TB", 1e12, Dimension.BYTES),
    KIBIBYTE("KiB", 1L << 10, Dimension.BYTES),
    MEBIBYTE("MiB", 1L << 20, Dimension.BYTES),
    GIBIBYTE("GiB", 1L << 30, Dimension.BYTES),
    TEBIBYTE("TiB", 1L << 40, Dimension.BYTES),
    PERCENT("%", 0.01, Dimension.RATIO),
    POINTS("points", 0.01, Dimension.RATIO),
    PER_SECOND("/s", 1, Dimension.RATE);

    private final String sign;
    private final double factor;
    private final Dimension dimension;

    Unit(String sign, double factor, Dimension dimension) {
      this.sign = sign;
      this.factor = factor;
      this.dimension = dimension;
    }

    private static Unit of(String sign) {
      for (Unit unit : values()) {
        if (unit.sign.equals(sign)) {
          return unit;
        }
      }
      throw new IllegalArgumentException("\"" + sign + "\" is not a unit");
    }
  }

  /**
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static Quantity parse(String text) {
    Matcher form = FORM.matcher(text.trim());
    if (!form.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not a number with a unit");
    }
    BigDecimal number = new BigDecimal(form.group(1));
    String unit = form.group(2);
    if (unit == null) {
      return new Quantity(number.doubleValue(), Dimension.COUNT, false);
    }
    Unit known = Unit.of(unit.equals("point") ? "points" : unit);
    return new Quantity(
        number.multiply(BigDecimal.valueOf(known.factor)).doubleValue(),
        known.dimension,
        known == Unit.POINTS);
  }

  /** A version, where 15.10 comes after 15.9. */
  static Optional<Quantity> version(String text) {
    Matcher form = VERSION.matcher(text.trim());
    if (!form.matches()) {
      return Optional.empty();
    }
    int minor = form.group(2) == null ? 0 : Integer.parseInt(form.group(2));
    return Optional.of(
        new Quantity(Integer.parseInt(form.group(1)) + minor / 1000.0, Dimension.VERSION, false));
  }

  static boolean looksLike(String text) {
    return FORM.matcher(text.trim()).matches();
  }

  /** As people read it: {@code 61 ms}, {@code 48.2 MB}, {@code 20 %}, {@code 5}. */
  public static String print(double value, Dimension dimension) {
    return switch (dimension) {
      case TIME -> time(value);
      case BYTES -> bytes(value);
      case RATIO -> number(value * 100) + " %";
      case RATE -> number(value) + "/s";
      case VERSION -> version(value);
      case COUNT, TEXT -> number(value);
    };
  }

  private static String version(double value) {
    long thousandths = Math.round(value * 1000);
    long minor = thousandths % 1000;
    return thousandths / 1000 + (minor == 0 ? "" : "." + minor);
  }

  private static String time(double seconds) {
    if (seconds < 1) {
      return number(seconds * 1000) + " ms";
    }
    if (seconds < 120) {
      return number(seconds) + " s";
    }
    return seconds < 7200 ? number(seconds / 60) + " min" : number(seconds / 3600) + " h";
  }

  private static String bytes(double bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    int unit = 0;
    double rest = bytes;
    while (Math.abs(rest) >= 1000 && unit < units.length - 1) {
      rest /= 1000;
      unit++;
    }
    return number(rest) + " " + units[unit];
  }

  /** Three significant digits, whole numbers whole. */
  private static String number(double value) {
    // What was computed, such as 0.8 times 50, misses the whole number by a hair.
    boolean whole = Math.abs(value - Math.rint(value)) <= 1e-9 * Math.abs(value);
    if (whole && Math.abs(value) < 1e15) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    double size = Math.abs(value);
    String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }
}
