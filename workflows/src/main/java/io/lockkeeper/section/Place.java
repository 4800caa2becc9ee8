package io.lockkeeper.section;

/**
 * A place in a text.
 *
 * @param offset characters (UTF-16) before it
 * @param line from 1
 * @param column from 1, in characters as editors count them (UTF-16)
 */
record Place(int offset, int line, int column) {
  private static final int SHOWN = 40;

  static Place of(Token token) {
    return new Place(token.offset(), token.line(), token.column());
  }

  SqlSyntaxException refuse(String code, String message) {
    return new SqlSyntaxException(code, line, column, message);
  }

  SqlSyntaxException unterminated(String what) {
    return refuse("unterminated", "this " + what + " does not end: close it");
  }

  /** What a message quotes: a name may have a megabyte. */
  static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
