package io.lockkeeper.section;

import java.util.Locale;

/**
 * The characters of a text, each stepped over once, with line and column. Refuses those that no
 * script may hold, wherever they stand: what the server cannot be sent, and what shows a reader
 * another order than the one that runs.
 */
final class Characters {
  /** What stands past the end; in the text itself it is refused. */
  private static final char NOTHING = '\0';

  private final CharSequence text;
  private int at;
  private int line = 1;
  private int lineStart;

  Characters(CharSequence text) {
    this.text = text;
    // A byte order mark is not part of the text.
    if (text.length() > 0 && text.charAt(0) == '\uFEFF') {
      at = 1;
      lineStart = 1;
    }
  }

  private Characters(Characters other) {
    text = other.text;
    moveTo(other);
  }

  /** Another walk over the same text from here. */
  Characters fork() {
    return new Characters(this);
  }

  void moveTo(Characters other) {
    at = other.at;
    line = other.line;
    lineStart = other.lineStart;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  char now() {
    return after(0);
  }

  char after(int steps) {
    int place = at + steps;
    return place < text.length() ? text.charAt(place) : NOTHING;
  }

  boolean startWith(String expected) {
    for (int i = 0; i < expected.length(); i++) {
      if (after(i) != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  Place place() {
    return new Place(at, line, at - lineStart + 1);
  }

  String since(Place start) {
    return text.subSequence(start.offset(), at).toString();
  }

  void advance(int steps) {
    for (int i = 0; i < steps; i++) {
      advance();
    }
  }

  /** CR, LF and CR LF end a line, as in the server's scanner. */
  void advance() {
    char c = text.charAt(at);
    if (c == '\n' || c == '\r') {
      boolean ended = c == '\n' && at > 0 && text.charAt(at - 1) == '\r';
      line += ended ? 0 : 1;
      lineStart = at + 1;
    } else if (c == NOTHING) {
      throw place()
          .refuse(
              "nul-character",
              "U+0000 stands here, and the server takes no text with it: remove it");
    } else if (c >= 0x80) {
      refuseUnreadable(c);
    }
    at++;
  }

  private void refuseUnreadable(char c) {
    boolean alone =
        (Character.isHighSurrogate(c) && !Character.isLowSurrogate(after(1)))
            || (Character.isLowSurrogate(c)
                && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1))));
    if (alone) {
      throw place()
          .refuse(
              "not-unicode",
              code(c) + " is half of a character and cannot be sent: write the whole one");
    }
    // CVE-2021-42574: what a reviewer sees is then not what runs.
    if ((c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069')) {
      throw place()
          .refuse(
              "text-direction",
              code(c)
                  + " turns the direction of the text, so that it reads otherwise than it runs:"
                  + " remove it; in a string write U&'\\"
                  + hex(c)
                  + "'");
    }
  }

  /** White space as the server has it in every version, and comments. */
  void skipBlanks() {
    while (!atEnd()) {
      char c = now();
      if (isBlank(c)) {
        advance();
      } else if (c == '-' && after(1) == '-') {
        skipLine();
      } else if (c == '/' && after(1) == '*') {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipLine() {
    while (!atEnd() && now() != '\n' && now() != '\r') {
      advance();
    }
  }

  private void skipComment() {
    Place start = place();
    int depth = 0;
    do {
      if (atEnd()) {
        throw start.unterminated("comment");
      }
      boolean opens = now() == '/' && after(1) == '*';
      boolean closes = now() == '*' && after(1) == '/';
      depth += opens ? 1 : closes ? -1 : 0;
      advance(opens || closes ? 2 : 1);
    } while (depth > 0);
  }

  /** PostgreSQL 16 added the vertical tab; a script means the same on all versions. */
  static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Every character beyond ASCII may begin a name: the server's scanner looks at bytes. */
  static boolean startsName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  static boolean continuesName(char c) {
    return startsName(c) || isDigit(c) || c == '$';
  }

  /** {@code U+00A0}. */
  static String code(int codePoint) {
    return "U+" + hex(codePoint);
  }

  private static String hex(int codePoint) {
    return String.format(Locale.ROOT, "%04X", codePoint);
  }
}
