package io.lockkeeper.section;

/** A quoted name as it is written, and the name that it stands for. */
final class QuotedName {
  private static final int UTF16_DIGITS = 4;
  private static final int CODE_POINT_DIGITS = 6;

  private final String written;
  private final char escape;
  private int at;

  private QuotedName(String written, char escape) {
    this.written = written;
    this.escape = escape;
  }

  /**
   * The name without quotes, with doubled quotes and escapes undone.
   *
   * @param written {@code "…"}, {@code U&"…"} or {@code U&"…" UESCAPE '…'}
   * @throws IllegalArgumentException where an escape is none; the message is for people
   */
  static String read(String written) {
    int first = written.indexOf('"');
    if (first == 0) {
      return written.substring(1, written.length() - 1).replace("\"\"", "\"");
    }
    boolean ownEscape = !written.endsWith("\"");
    char escape = ownEscape ? written.charAt(written.length() - 2) : '\\';
    return new QuotedName(written, escape).unescaped(first + 1);
  }

  private String unescaped(int start) {
    StringBuilder name = new StringBuilder();
    at = start;
    while (!atClosingQuote()) {
      char c = written.charAt(at);
      if (c == escape) {
        name.append(escaped());
      } else {
        name.append(c);
        at += c == '"' ? 2 : 1;
      }
    }
    return name.toString();
  }

  private boolean atClosingQuote() {
    return written.charAt(at) == '"'
        && (at + 1 == written.length() || written.charAt(at + 1) != '"');
  }

  private String escaped() {
    if (written.charAt(at + 1) == escape) {
      at += 2;
      return String.valueOf(escape);
    }
    int first = codePoint();
    int second = isHalf(first) && written.charAt(at) == escape ? codePoint() : 0;
    int whole = isHalf(first) ? whole(first, second) : first;
    if (whole == 0 || !Character.isValidCodePoint(whole)) {
      throw new IllegalArgumentException("an escape of it is no character of Unicode");
    }
    return Character.toString(whole);
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static int whole(int first, int second) {
    boolean pair =
        isHalf(second)
            && Character.isHighSurrogate((char) first)
            && Character.isLowSurrogate((char) second);
    return pair ? Character.toCodePoint((char) first, (char) second) : 0;
  }

  /** At an escape: {@code \0061} or {@code \+000061}. */
  private int codePoint() {
    boolean longer = written.charAt(at + 1) == '+';
    int start = at + (longer ? 2 : 1);
    int end = start + (longer ? CODE_POINT_DIGITS : UTF16_DIGITS);
    int value = 0;
    for (at = start; at < end; at++) {
      int digit = at < written.length() ? hexDigit(written.charAt(at)) : -1;
      if (digit < 0) {
        throw new IllegalArgumentException(
            "an escape of it is neither "
                + escape
                + " with 4 hexadecimal digits nor "
                + escape
                + "+ with 6");
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /** ASCII only, unlike {@link Character#digit}. */
  static int hexDigit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
