package io.lockkeeper.section;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.section.Token.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Splits SQL into tokens as the server's scanner does with standard_conforming_strings on: nested
 * comments, dollar quotes, {@code E''}, {@code U&""}, doubled quotes. Source: PostgreSQL 15,
 * chapter 4.1 "Lexical structure". One pass, no backtracking.
 */
final class Lexer {
  /** Longer names are cut by the server, and two of them may then be one (NAMEDATALEN - 1). */
  private static final int MAX_NAME_BYTES = 63;

  private final String text;
  private int at;
  private int line = 1;
  private int lineStart;

  Lexer(String text) {
    this.text = text;
    // A byte order mark is not part of the text.
    if (text.startsWith("\uFEFF")) {
      at = 1;
      lineStart = 1;
    }
  }

  /** The next token, or null at the end. */
  @Nullable Token next() {
    skipBlanksAndComments();
    if (at >= text.length()) {
      return null;
    }
    int start = at;
    int startLine = line;
    int startColumn = at - lineStart + 1;
    char c = text.charAt(at);
    if (c == '\\') {
      throw error("meta-command", "psql meta-commands do nothing here: remove " + metaCommand());
    }
    Kind kind = scan(c);
    String content = text.substring(start, at);
    if (kind == Kind.QUOTED_NAME && c != '"' && content.contains("\\")) {
      throw new SqlSyntaxException(
          "escaped-name",
          startLine,
          startColumn,
          "the name " + content + " has escapes: write its characters themselves");
    }
    if (kind == Kind.QUOTED_NAME) {
      content = unquoted(content);
    }
    if ((kind == Kind.QUOTED_NAME || kind == Kind.WORD)
        && content.getBytes(UTF_8).length > MAX_NAME_BYTES) {
      throw new SqlSyntaxException(
          "name-too-long",
          startLine,
          startColumn,
          "the name \"" + content + "\" has over 63 bytes: the server would cut it. Shorten it");
    }
    return new Token(kind, content, start, at, startLine, startColumn);
  }

  private Kind scan(char c) {
    if (c == '\'') {
      string(false);
      return Kind.STRING;
    }
    if (c == '"') {
      quoted('"', "quoted name");
      return Kind.QUOTED_NAME;
    }
    if (c == '$') {
      return dollar();
    }
    if (Character.isDigit(c) || (c == '.' && at + 1 < text.length() && digit(at + 1))) {
      number();
      return Kind.NUMBER;
    }
    if (startsName(c)) {
      return word(c);
    }
    advance();
    return Kind.SYMBOL;
  }

  private Kind word(char c) {
    char following = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    boolean prefix = "eEbBxXnN".indexOf(c) >= 0;
    if (prefix && following == '\'') {
      advance();
      string(c == 'e' || c == 'E');
      return Kind.STRING;
    }
    if ((c == 'u' || c == 'U') && following == '&' && at + 2 < text.length()) {
      char quote = text.charAt(at + 2);
      if (quote == '\'' || quote == '"') {
        advance();
        advance();
        if (quote == '"') {
          quoted('"', "quoted name");
          return Kind.QUOTED_NAME;
        }
        string(false);
        return Kind.STRING;
      }
    }
    while (at < text.length() && continuesName(text.charAt(at))) {
      advance();
    }
    return Kind.WORD;
  }

  private void string(boolean escapes) {
    if (!escapes) {
      quoted('\'', "string");
      return;
    }
    int startLine = line;
    int startColumn = at - lineStart + 1;
    advance();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        advance();
        advance();
      } else if (c == '\'' && at + 1 < text.length() && text.charAt(at + 1) == '\'') {
        advance();
        advance();
      } else if (c == '\'') {
        advance();
        return;
      } else {
        advance();
      }
    }
    throw unterminated("string", startLine, startColumn);
  }

  /** A quoted stretch in which the doubled quote stands for itself. */
  private void quoted(char quote, String what) {
    int startLine = line;
    int startColumn = at - lineStart + 1;
    advance();
    while (at < text.length()) {
      if (text.charAt(at) != quote) {
        advance();
      } else if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
        advance();
        advance();
      } else {
        advance();
        return;
      }
    }
    throw unterminated(what, startLine, startColumn);
  }

  private Kind dollar() {
    if (at + 1 < text.length() && digit(at + 1)) {
      advance();
      while (at < text.length() && digit(at)) {
        advance();
      }
      return Kind.PARAMETER;
    }
    int tagEnd = at + 1;
    while (tagEnd < text.length() && continuesTag(text.charAt(tagEnd))) {
      tagEnd++;
    }
    if (tagEnd >= text.length() || text.charAt(tagEnd) != '$') {
      advance();
      return Kind.SYMBOL;
    }
    String tag = text.substring(at, tagEnd + 1);
    int close = text.indexOf(tag, tagEnd + 1);
    if (close < 0) {
      throw unterminated("dollar quote " + tag, line, at - lineStart + 1);
    }
    while (at < close + tag.length()) {
      advance();
    }
    return Kind.STRING;
  }

  private void number() {
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      // Two dots are a range in PL/pgSQL and never part of a number.
      if (text.charAt(at) == '.' && at + 1 < text.length() && text.charAt(at + 1) == '.') {
        return;
      }
      advance();
    }
  }

  private void skipBlanksAndComments() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        advance();
      } else if (text.startsWith("--", at)) {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
          advance();
        }
      } else if (text.startsWith("/*", at)) {
        comment();
      } else {
        return;
      }
    }
  }

  private void comment() {
    int startLine = line;
    int startColumn = at - lineStart + 1;
    int depth = 0;
    do {
      if (at >= text.length()) {
        throw unterminated("comment", startLine, startColumn);
      }
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        advance();
      }
    } while (depth > 0);
  }

  private void advance() {
    if (text.charAt(at) == '\n') {
      line++;
      lineStart = at + 1;
    }
    at++;
  }

  private boolean digit(int place) {
    char c = text.charAt(place);
    return c >= '0' && c <= '9';
  }

  private static boolean startsName(char c) {
    return Character.isLetter(c) || c == '_' || c >= 0x80;
  }

  private static boolean continuesName(char c) {
    return startsName(c) || Character.isDigit(c) || c == '$';
  }

  private static boolean continuesTag(char c) {
    return startsName(c) || Character.isDigit(c);
  }

  private static String unquoted(String content) {
    int first = content.indexOf('"');
    return content.substring(first + 1, content.length() - 1).replace("\"\"", "\"");
  }

  private String metaCommand() {
    int end = at;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return text.substring(at, end);
  }

  private SqlSyntaxException error(String code, String message) {
    return new SqlSyntaxException(code, line, at - lineStart + 1, message);
  }

  private static SqlSyntaxException unterminated(String what, int line, int column) {
    return new SqlSyntaxException(
        "unterminated", line, column, "this " + what + " does not end: close it");
  }
}
