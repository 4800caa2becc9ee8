package io.lockkeeper.section;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.section.Token.Kind;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Splits SQL into tokens as the server's scanner does with standard_conforming_strings on. It
 * refuses what no server from 15 to 18 takes, and what reads otherwise than it looks; all else is
 * the server's to judge. Each character is stepped over once, and looked at a few times at most.
 * Source: PostgreSQL 15 to 18, chapter 4.1 "Lexical structure" and scan.l.
 */
final class Lexer {
  /** Longer names are cut by the server, and two of them may then be one (NAMEDATALEN - 1). */
  private static final int MAX_NAME_BYTES = 63;

  /** Of one UTF-16 character. */
  private static final int MAX_UTF8_BYTES = 3;

  private static final String UESCAPE = "uescape";

  private final Characters characters;
  private final Quotes quotes;

  Lexer(CharSequence text) {
    this.characters = new Characters(text);
    this.quotes = new Quotes(characters);
  }

  /**
   * The next token, or null at the end.
   *
   * @throws SqlSyntaxException where there is none
   */
  @Nullable Token next() {
    characters.skipBlanks();
    if (characters.atEnd()) {
      return null;
    }
    Place start = characters.place();
    Kind kind = scan(start);
    String written = characters.since(start);
    int end = start.offset() + written.length();
    String text = kind == Kind.QUOTED_NAME ? name(written, start) : written;
    if (kind == Kind.QUOTED_NAME || kind == Kind.WORD) {
      refuseLongName(text, start);
    }
    if (kind == Kind.WORD) {
      OptionalInt odd = OddCharacters.in(text);
      if (odd.isPresent()) {
        throw OddCharacters.refuse(start, odd.getAsInt());
      }
    }
    return new Token(kind, text, start.offset(), end, start.line(), start.column());
  }

  private Kind scan(Place start) {
    char c = characters.now();
    if (c == '\'') {
      quotes.string();
      return Kind.STRING;
    }
    if (c == '"') {
      quotes.name();
      return Kind.QUOTED_NAME;
    }
    if (c == '$') {
      return dollar(start);
    }
    if (Characters.isDigit(c) || (c == '.' && Characters.isDigit(characters.after(1)))) {
      new Numeral(characters).skip(start);
      return Kind.NUMBER;
    }
    if (Characters.startsName(c)) {
      return word(c);
    }
    return symbol(c, start);
  }

  private Kind symbol(char c, Place start) {
    if (c == '\\') {
      throw MetaCommands.refuse(characters);
    }
    if (c == '{' || c == '}') {
      throw start.refuse(
          "sql-syntax", c + " is no sign of SQL: write what the template would put there");
    }
    if (c != '\0' && (c < ' ' || c == 0x7F)) {
      throw start.refuse(
          "odd-character",
          Characters.code(c)
              + " is not seen, and not every version of the server takes it for a blank: write a"
              + " blank");
    }
    characters.advance();
    return Kind.SYMBOL;
  }

  private Kind word(char c) {
    char following = characters.after(1);
    if (following == '\'' && "eEbBxXnN".indexOf(c) >= 0) {
      characters.advance();
      prefixed(c);
      return Kind.STRING;
    }
    if (following == '&' && (c == 'u' || c == 'U')) {
      char quote = characters.after(2);
      if (quote == '\'' || quote == '"') {
        characters.advance(2);
        return withUnicode(quote);
      }
    }
    while (Characters.continuesName(characters.now())) {
      characters.advance();
    }
    return Kind.WORD;
  }

  private void prefixed(char c) {
    switch (c) {
      case 'e', 'E' -> quotes.escapedString();
      case 'n', 'N' -> quotes.string();
      default -> quotes.bitString();
    }
  }

  /** {@code U&'…'} and {@code U&"…"}, with the escape character that may follow. */
  private Kind withUnicode(char quote) {
    if (quote == '"') {
      quotes.name();
    } else {
      quotes.string();
    }
    Characters ahead = characters.fork();
    ahead.skipBlanks();
    if (startsUescape(ahead)) {
      ahead.advance(UESCAPE.length());
      ahead.skipBlanks();
      skipEscapeCharacter(ahead);
      characters.moveTo(ahead);
    }
    return quote == '"' ? Kind.QUOTED_NAME : Kind.STRING;
  }

  private static boolean startsUescape(Characters ahead) {
    for (int i = 0; i < UESCAPE.length(); i++) {
      if ((ahead.after(i) | 0x20) != UESCAPE.charAt(i)) {
        return false;
      }
    }
    return !Characters.continuesName(ahead.after(UESCAPE.length()));
  }

  private static void skipEscapeCharacter(Characters ahead) {
    char escape = ahead.after(1);
    boolean fits =
        escape > 0
            && escape < 0x80
            && QuotedName.hexDigit(escape) < 0
            && "+'\"\u000B".indexOf(escape) < 0
            && !Characters.isBlank(escape);
    if (ahead.now() != '\'' || !fits || ahead.after(2) != '\'') {
      throw ahead
          .place()
          .refuse(
              "unicode-escape",
              "UESCAPE takes one character in quotes: not a hexadecimal digit, a plus, a quote or"
                  + " a blank");
    }
    ahead.advance(3);
  }

  private Kind dollar(Place start) {
    if (!Characters.isDigit(characters.after(1))) {
      if (quotes.dollar()) {
        return Kind.STRING;
      }
      throw start.refuse(
          "sql-syntax", "this $ begins neither a parameter nor a dollar quote: remove it");
    }
    characters.advance();
    while (Characters.isDigit(characters.now())) {
      characters.advance();
    }
    Numeral.refuseNameAfter(characters, start);
    return Kind.PARAMETER;
  }

  private static String name(String written, Place start) {
    String name;
    try {
      name = QuotedName.read(written);
    } catch (IllegalArgumentException e) {
      throw start.refuse(
          "unicode-escape",
          "the name " + Place.shown(written) + " cannot be read: " + e.getMessage());
    }
    if (name.isEmpty()) {
      throw start.refuse("empty-name", "a name without characters stands here: write it");
    }
    return name;
  }

  private static void refuseLongName(String name, Place start) {
    if (name.length() <= MAX_NAME_BYTES / MAX_UTF8_BYTES) {
      return;
    }
    int bytes = name.getBytes(UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw start.refuse(
          "name-too-long",
          "the name \""
              + Place.shown(name)
              + "\" has "
              + bytes
              + " bytes, and the server would cut it after "
              + MAX_NAME_BYTES
              + ": shorten it");
    }
  }
}
