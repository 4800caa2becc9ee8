package io.lockkeeper.chart;

import java.util.Locale;

/** SVG as it grows: every text is escaped, every number is finite. Used by one thread. */
final class Svg {
  private final StringBuilder text = new StringBuilder();

  /** An element without content. */
  Svg element(String name, Object... attributes) {
    open(name, attributes);
    text.insert(text.length() - 2, '/');
    return this;
  }

  Svg open(String name, Object... attributes) {
    text.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      text.append(' ').append(attributes[i]).append("=\"");
      text.append(escaped(value(attributes[i + 1]))).append('"');
    }
    text.append(">\n");
    return this;
  }

  Svg close(String name) {
    text.append("</").append(name).append(">\n");
    return this;
  }

  /** An element that holds words alone. */
  Svg words(String name, String words, Object... attributes) {
    open(name, attributes);
    text.setLength(text.length() - 1);
    text.append(escaped(words));
    return close(name);
  }

  private static String value(Object value) {
    return value instanceof Double number ? number(number) : String.valueOf(value);
  }

  /** A coordinate: a tenth of a pixel is enough. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(value + " has no place in a picture");
    }
    double rounded = Math.rint(value * 10) / 10;
    return rounded == Math.rint(rounded)
        ? Long.toString((long) rounded)
        : String.format(Locale.ROOT, "%.1f", rounded);
  }

  /** Characters that XML does not know become the one that stands for the unreadable. */
  static String escaped(String words) {
    StringBuilder safe = new StringBuilder();
    words
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(known(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  private static boolean known(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c < 0x7F)
        || (c >= 0xA0 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
