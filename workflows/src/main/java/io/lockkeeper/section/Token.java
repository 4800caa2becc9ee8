package io.lockkeeper.section;

import java.util.Locale;

/**
 * One token of an SQL text.
 *
 * @param text as written; of a quoted name without its quotes, with doubled quotes undone
 * @param offset of its first character in the file's text
 * @param line from 1
 * @param column from 1
 */
public record Token(Kind kind, String text, int offset, int end, int line, int column) {

  /** Kinds as the server's scanner has them, comments and white space left out. */
  public enum Kind {
    WORD,
    QUOTED_NAME,
    STRING,
    NUMBER,
    PARAMETER,
    SYMBOL
  }

  /** Whether this is the keyword, in any case, and not a quoted name. */
  boolean is(String keyword) {
    return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
  }

  boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && text.length() == 1 && text.charAt(0) == symbol;
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }

  /** As the server folds it: unquoted names in lower case. */
  String name() {
    return kind == Kind.WORD ? text.toLowerCase(Locale.ROOT) : text;
  }
}
