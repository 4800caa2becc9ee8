package io.lockkeeper.section;

import java.util.OptionalInt;

/**
 * Characters that look like a blank or a sign of SQL, and that the server takes for a letter: a
 * no-break space, a typographic quote, an en dash. {@code SELECT 5 –3} is 5, under the name "–3".
 */
final class OddCharacters {
  private static final int MINUS_SIGN = 0x2212;

  private OddCharacters() {}

  /** The first one in a name without quotes. */
  static OptionalInt in(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x80) {
        return name.codePoints().filter(OddCharacters::isOdd).findFirst();
      }
    }
    return OptionalInt.empty();
  }

  private static boolean isOdd(int codePoint) {
    return codePoint >= 0x80 && (isUnseen(codePoint) || looksLikeASign(codePoint));
  }

  static boolean isUnseen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      // The Hangul fillers and the blank of Braille are no white space, and nobody sees them.
      default ->
          codePoint == 0x115F
              || codePoint == 0x1160
              || codePoint == 0x2800
              || codePoint == 0x3164
              || codePoint == 0xFFA0;
    };
  }

  /** Not those that languages write in words, as Catalan has the middle dot. */
  private static boolean looksLikeASign(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          !Character.isUnicodeIdentifierPart(codePoint);
      default -> codePoint == MINUS_SIGN;
    };
  }

  static SqlSyntaxException refuse(Place place, int codePoint) {
    String sign = Characters.code(codePoint) + " (" + Character.getName(codePoint) + ")";
    boolean unseen = isUnseen(codePoint);
    return place.refuse(
        "odd-character",
        sign
            + (unseen ? " is not seen" : " looks like a sign of SQL")
            + ", and the server takes it for a part of a name: write "
            + (unseen ? "a blank" : "the ASCII character")
            + ", or put the name in double quotes");
  }
}
