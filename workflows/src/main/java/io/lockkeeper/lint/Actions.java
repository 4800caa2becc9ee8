package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The tokens of each action of an {@code ALTER TABLE}, so that a finding stands where it is. */
final class Actions {
  private Actions() {}

  /** As many as there are actions; the whole statement for each where they cannot be told apart. */
  static List<List<Token>> of(Statement statement, Meaning.AlterTable alter) {
    List<List<Token>> parts = byComma(statement.tokens());
    int head = headEnd(parts.get(0));
    parts.set(0, parts.get(0).subList(head, parts.get(0).size()));
    return parts.size() == alter.actions().size() && !parts.get(0).isEmpty()
        ? parts
        : Collections.nCopies(alter.actions().size(), statement.tokens());
  }

  private static List<List<Token>> byComma(List<Token> tokens) {
    List<List<Token>> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int at = 0; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      depth += Words.isSymbol(token, '(') || Words.isSymbol(token, '[') ? 1 : 0;
      depth -= Words.isSymbol(token, ')') || Words.isSymbol(token, ']') ? 1 : 0;
      if (depth == 0 && Words.isSymbol(token, ',')) {
        parts.add(tokens.subList(from, at));
        from = at + 1;
      }
    }
    parts.add(tokens.subList(from, tokens.size()));
    return parts;
  }

  /** Behind {@code ALTER kind [IF EXISTS] [ONLY] name [*]}. */
  private static int headEnd(List<Token> tokens) {
    int at = 1;
    while (at < tokens.size() && kind(tokens.get(at))) {
      at++;
    }
    while (at + 2 < tokens.size() && Words.isSymbol(tokens.get(at + 1), '.')) {
      at += 2;
    }
    at++;
    return at < tokens.size() && Words.isSymbol(tokens.get(at), '*')
        ? at + 1
        : Math.min(at, tokens.size());
  }

  private static boolean kind(Token token) {
    return Words.is(token, "table")
        || Words.is(token, "foreign")
        || Words.is(token, "materialized")
        || Words.is(token, "view")
        || Words.is(token, "index")
        || Words.is(token, "sequence")
        || Words.is(token, "if")
        || Words.is(token, "exists")
        || Words.is(token, "only");
  }
}
