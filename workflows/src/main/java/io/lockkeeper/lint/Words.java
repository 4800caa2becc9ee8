package io.lockkeeper.lint;

import io.lockkeeper.section.Token;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Looks for keywords among tokens: strings, comments and quoted names are none. */
final class Words {
  private Words() {}

  static boolean is(Token token, String keyword) {
    return token.kind() == Token.Kind.WORD && token.text().equalsIgnoreCase(keyword);
  }

  static boolean isSymbol(Token token, char symbol) {
    return token.kind() == Token.Kind.SYMBOL && token.text().charAt(0) == symbol;
  }

  static boolean isName(Token token) {
    return token.kind() == Token.Kind.WORD || token.kind() == Token.Kind.QUOTED_NAME;
  }

  /** Where the keywords begin, one after the other, wherever that is. */
  static OptionalInt find(List<Token> tokens, String... keywords) {
    for (int at = 0; at + keywords.length <= tokens.size(); at++) {
      if (standAt(tokens, at, keywords)) {
        return OptionalInt.of(at);
      }
    }
    return OptionalInt.empty();
  }

  static boolean has(List<Token> tokens, String... keywords) {
    return find(tokens, keywords).isPresent();
  }

  static boolean begins(List<Token> tokens, String... keywords) {
    return tokens.size() >= keywords.length && standAt(tokens, 0, keywords);
  }

  /** Where the keyword stands in no parentheses. */
  static Optional<Token> outside(List<Token> tokens, String keyword) {
    int depth = 0;
    for (Token token : tokens) {
      depth += isSymbol(token, '(') ? 1 : isSymbol(token, ')') ? -1 : 0;
      if (depth == 0 && is(token, keyword)) {
        return Optional.of(token);
      }
    }
    return Optional.empty();
  }

  private static boolean standAt(List<Token> tokens, int at, String... keywords) {
    for (int i = 0; i < keywords.length; i++) {
      if (!is(tokens.get(at + i), keywords[i])) {
        return false;
      }
    }
    return true;
  }
}
