package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;

/** Parts of a statement by its tokens. */
final class Clauses {
  private Clauses() {}

  /** As written, from the first token to the last; empty for none. */
  static String text(Statement statement, List<Token> tokens) {
    if (tokens.isEmpty()) {
      return "";
    }
    int base = statement.tokens().get(0).offset();
    return statement
        .text()
        .substring(tokens.get(0).offset() - base, tokens.get(tokens.size() - 1).end() - base);
  }

  /** Split at the commas that stand in no parentheses and no brackets. */
  static List<List<Token>> byComma(List<Token> tokens) {
    List<List<Token>> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int at = 0; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      depth += opens(token) ? 1 : closes(token) ? -1 : 0;
      if (depth == 0 && token.isSymbol(',')) {
        parts.add(tokens.subList(from, at));
        from = at + 1;
      }
    }
    if (from < tokens.size()) {
      parts.add(tokens.subList(from, tokens.size()));
    }
    return parts;
  }

  static boolean opens(Token token) {
    return token.isSymbol('(') || token.isSymbol('[');
  }

  static boolean closes(Token token) {
    return token.isSymbol(')') || token.isSymbol(']');
  }

  /** Qualified names of a list: {@code a, app.b}. */
  static List<QualifiedName> names(TokenReader tokens) {
    List<QualifiedName> names = new ArrayList<>();
    do {
      tokens.skip("only");
      names.add(tokens.qualifiedName());
      tokens.skipSymbol('*');
    } while (tokens.skipSymbol(','));
    return names;
  }

  /** The first words, at most three: {@code create publication p}. */
  static String title(List<Token> tokens) {
    List<String> words = new ArrayList<>();
    for (Token token : tokens) {
      if (!token.isName() || words.size() == 3) {
        break;
      }
      words.add(token.name());
    }
    return words.isEmpty() ? tokens.get(0).text() : String.join(" ", words);
  }
}
