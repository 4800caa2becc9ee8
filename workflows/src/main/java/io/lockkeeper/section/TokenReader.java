package io.lockkeeper.section;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Walks the tokens of one statement. */
final class TokenReader {
  private final List<Token> tokens;
  private int at;

  TokenReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  boolean atEnd() {
    return at >= tokens.size();
  }

  /** How many tokens were taken. */
  int at() {
    return at;
  }

  /** All that is left, in order; taken by nobody. */
  List<Token> rest() {
    return tokens.subList(at, tokens.size());
  }

  /** What was taken since a place that {@link #at} told. */
  List<Token> since(int place) {
    return tokens.subList(place, at);
  }

  Token peek() {
    if (atEnd()) {
      Token last = tokens.get(tokens.size() - 1);
      throw new SqlSyntaxException(
          "sql-syntax", last.line(), last.column(), "the statement ends too early");
    }
    return tokens.get(at);
  }

  Token take() {
    Token token = peek();
    at++;
    return token;
  }

  /** Takes the keywords where all of them stand next, in this order. */
  boolean skip(String... keywords) {
    if (at + keywords.length > tokens.size()) {
      return false;
    }
    for (int i = 0; i < keywords.length; i++) {
      if (!tokens.get(at + i).is(keywords[i])) {
        return false;
      }
    }
    at += keywords.length;
    return true;
  }

  boolean skipSymbol(char symbol) {
    if (!atEnd() && peek().isSymbol(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  boolean nextIs(String keyword) {
    return !atEnd() && peek().is(keyword);
  }

  boolean nextIsSymbol(char symbol) {
    return !atEnd() && peek().isSymbol(symbol);
  }

  boolean nextIsName() {
    return !atEnd() && peek().isName();
  }

  /** Takes a group in parentheses with all that stands in it, where one stands next. */
  boolean skipGroup() {
    if (!nextIsSymbol('(')) {
      return false;
    }
    int depth = 0;
    do {
      Token token = take();
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
    } while (depth > 0);
    return true;
  }

  /** Takes the keyword, which must stand next. */
  void expect(String keyword) {
    Token token = take();
    if (!token.is(keyword)) {
      throw new SqlSyntaxException(
          "sql-syntax",
          token.line(),
          token.column(),
          "expected " + keyword.toUpperCase(Locale.ROOT) + ", found \"" + token.text() + "\"");
    }
  }

  QualifiedName qualifiedName() {
    String first = name();
    if (!skipSymbol('.')) {
      return new QualifiedName(Optional.empty(), first);
    }
    String second = name();
    // A third part is the database's name, which can only be the one connected to.
    return skipSymbol('.')
        ? new QualifiedName(Optional.of(second), name())
        : new QualifiedName(Optional.of(first), second);
  }

  String name() {
    Token token = take();
    if (!token.isName()) {
      throw new SqlSyntaxException(
          "sql-syntax",
          token.line(),
          token.column(),
          "expected a name, found \"" + Place.shown(token.text()) + "\"");
    }
    return token.name();
  }
}
