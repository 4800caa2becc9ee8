package io.lockkeeper.section;

/**
 * Steps over strings, quoted names and dollar quotes, with standard_conforming_strings on. Source:
 * PostgreSQL 15 to 18, scan.l.
 */
final class Quotes {
  private enum Form {
    /** A doubled quote stands for itself. */
    PLAIN,
    /** And a backslash takes the next character with it. */
    ESCAPES,
    /** The first quote ends it. */
    BITS
  }

  private final Characters characters;

  Quotes(Characters characters) {
    this.characters = characters;
  }

  /** {@code '…'}. */
  void string() {
    string(Form.PLAIN);
  }

  /** {@code E'…'}, from its quote. */
  void escapedString() {
    string(Form.ESCAPES);
  }

  /** {@code B'…'} and {@code X'…'}, from the quote. */
  void bitString() {
    string(Form.BITS);
  }

  /** {@code "…"}. */
  void name() {
    quoted('"', Form.PLAIN, "quoted name");
  }

  private void string(Form form) {
    quoted('\'', form, "string");
    while (stepToContinuation()) {
      quoted('\'', form, "string");
    }
  }

  private void quoted(char quote, Form form, String what) {
    Place start = characters.place();
    characters.advance();
    while (!characters.atEnd()) {
      char c = characters.now();
      boolean takesNext =
          (c == quote && form != Form.BITS && characters.after(1) == quote)
              || (c == '\\' && form == Form.ESCAPES);
      characters.advance();
      if (takesNext && !characters.atEnd()) {
        characters.advance();
      } else if (c == quote) {
        return;
      }
    }
    throw start.unterminated(what);
  }

  /**
   * A string goes on in the next line's quote, by the rules of its beginning: {@code E'a'} before
   * {@code '\''} in the next line is one string. Of comments only {@code --} may stand between.
   */
  private boolean stepToContinuation() {
    int ahead = 0;
    boolean newLine = false;
    char c = characters.now();
    while (Characters.isBlank(c) || (c == '-' && characters.after(ahead + 1) == '-')) {
      newLine |= c == '\n' || c == '\r';
      ahead = c == '-' ? endOfLine(ahead) : ahead + 1;
      c = characters.after(ahead);
    }
    if (!newLine || c != '\'') {
      return false;
    }
    characters.advance(ahead);
    return true;
  }

  private int endOfLine(int ahead) {
    int end = ahead;
    for (char c = '-'; c != '\n' && c != '\r' && c != '\0'; c = characters.after(end)) {
      end++;
    }
    return end;
  }

  /** Whether a dollar quote stood here; it is stepped over then. */
  boolean dollar() {
    int tag = 1;
    if (Characters.startsName(characters.after(tag))) {
      while (continuesTag(characters.after(tag))) {
        tag++;
      }
    }
    if (characters.after(tag) != '$') {
      return false;
    }
    Place start = characters.place();
    characters.advance(tag + 1);
    String delimiter = characters.since(start);
    while (!characters.atEnd()) {
      // The delimiter has no other $ inside, so no character is compared twice.
      if (characters.now() == '$' && characters.startWith(delimiter)) {
        characters.advance(delimiter.length());
        return true;
      }
      characters.advance();
    }
    throw start.unterminated("dollar quote " + Place.shown(delimiter));
  }

  private static boolean continuesTag(char c) {
    return Characters.startsName(c) || Characters.isDigit(c);
  }
}
