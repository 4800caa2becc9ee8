package io.lockkeeper.section;

/**
 * Where psql would put the value of a variable: {@code :name}, {@code :'name'}, {@code :"name"}.
 * Not at a cast, not at {@code :=}, and not where only digits follow.
 */
final class PsqlVariables {
  private final CharSequence text;
  private int castEnd;

  PsqlVariables(CharSequence text) {
    this.text = text;
  }

  /** At a colon; they come in order. */
  void refuseAt(Token colon) {
    if (colon.offset() < castEnd) {
      return;
    }
    if (at(colon.end()) == ':') {
      castEnd = colon.end() + 1;
      return;
    }
    char quote = at(colon.end());
    boolean quoted = quote == '\'' || quote == '"';
    int start = colon.end() + (quoted ? 1 : 0);
    int end = start;
    boolean named = false;
    while (continues(at(end))) {
      named |= !Characters.isDigit(at(end));
      end++;
    }
    if (named && (!quoted || at(end) == quote)) {
      String name = Place.shown(text.subSequence(start, end).toString());
      throw Place.of(colon)
          .refuse(
              "psql-variable",
              "psql would put the value of its variable "
                  + name
                  + " here, and a section has none: write the value itself; where the colon is one"
                  + " of SQL, write a blank after it");
    }
  }

  private static boolean continues(char c) {
    return Characters.startsName(c) || Characters.isDigit(c);
  }

  private char at(int place) {
    return place < text.length() ? text.charAt(place) : '\0';
  }
}
