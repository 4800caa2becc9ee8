package io.lockkeeper.section;

/**
 * One token of an SQL text.
 *
 * @param text as written; of a quoted name without its quotes, with doubled quotes and escapes
 *     undone
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
    if (kind != Kind.WORD || text.length() != keyword.length()) {
      return false;
    }
    for (int i = 0; i < keyword.length(); i++) {
      if (folded(text.charAt(i)) != folded(keyword.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && text.charAt(0) == symbol;
  }

  public boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }

  /** As the server folds it: unquoted names in lower case, where a letter is one of ASCII. */
  public String name() {
    return kind == Kind.WORD ? folded(text) : text;
  }

  /** Not toLowerCase(): for the server Ä is not ä, and the Kelvin sign is no k. */
  private static String folded(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (isUpper(word.charAt(i))) {
        char[] letters = word.toCharArray();
        for (int j = i; j < letters.length; j++) {
          letters[j] = folded(letters[j]);
        }
        return String.valueOf(letters);
      }
    }
    return word;
  }

  private static char folded(char c) {
    return isUpper(c) ? (char) (c + 'a' - 'A') : c;
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
