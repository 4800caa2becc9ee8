package io.lockkeeper.section;

import java.util.OptionalInt;

/** Steps over numbers: decimal, and from PostgreSQL 16 on 0x1F, 0o17, 0b01 and 1_000. */
final class Numeral {
  private static final int DECIMAL = 10;

  private final Characters characters;

  Numeral(Characters characters) {
    this.characters = characters;
  }

  /**
   * @throws SqlSyntaxException where it goes over into a name, which the server refuses from 15 on
   */
  void skip(Place start) {
    int radix = radix();
    if (radix != DECIMAL) {
      characters.advance(2);
      digits(radix);
    } else {
      decimal();
    }
    refuseNameAfter(characters, start);
  }

  static void refuseNameAfter(Characters characters, Place start) {
    if (Characters.startsName(characters.now())) {
      while (Characters.continuesName(characters.now())) {
        characters.advance();
      }
      String written = characters.since(start);
      OptionalInt odd = OddCharacters.in(written);
      if (odd.isPresent()) {
        throw OddCharacters.refuse(start, odd.getAsInt());
      }
      throw start.refuse(
          "sql-syntax",
          Place.shown(written)
              + " begins as a number and goes on as a name: write a blank between them");
    }
  }

  /** Of what follows, where at least one digit does. */
  private int radix() {
    int radix =
        switch (characters.now() == '0' ? characters.after(1) : ' ') {
          case 'x', 'X' -> 16;
          case 'o', 'O' -> 8;
          case 'b', 'B' -> 2;
          default -> DECIMAL;
        };
    int first = characters.after(2) == '_' ? 3 : 2;
    return isDigit(characters.after(first), radix) ? radix : DECIMAL;
  }

  private void decimal() {
    digits(DECIMAL);
    // Two dots are a range in PL/pgSQL and never part of a number.
    if (characters.now() == '.' && characters.after(1) != '.') {
      characters.advance();
      if (characters.now() != '_') {
        digits(DECIMAL);
      }
    }
    boolean exponent = (characters.now() | 0x20) == 'e';
    boolean signed = characters.after(1) == '+' || characters.after(1) == '-';
    if (exponent && Characters.isDigit(characters.after(signed ? 2 : 1))) {
      characters.advance(signed ? 2 : 1);
      digits(DECIMAL);
    }
  }

  private void digits(int radix) {
    while (isDigit(characters.now(), radix)
        || (characters.now() == '_' && isDigit(characters.after(1), radix))) {
      characters.advance();
    }
  }

  private static boolean isDigit(char c, int radix) {
    return c < 0x80 && Character.digit(c, radix) >= 0;
  }
}
