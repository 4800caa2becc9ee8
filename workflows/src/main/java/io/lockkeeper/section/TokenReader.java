package io.lockkeeper.section;

import java.util.List;
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
          "expected a name, found \"" + token.text() + "\"");
    }
    return token.name();
  }
}
