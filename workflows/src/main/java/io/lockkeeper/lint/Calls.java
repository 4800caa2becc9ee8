package io.lockkeeper.lint;

import io.lockkeeper.section.Script;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Functions that a statement calls, also in the body of a function or block that it holds. */
final class Calls {
  private static final Set<String> SLEEPS = Set.of("pg_sleep", "pg_sleep_for", "pg_sleep_until");

  private Calls() {}

  /** Names before a parenthesis; a function's name that is being made is none of them. */
  static Stream<Token> in(List<Token> tokens) {
    boolean makes = Words.begins(tokens, "create");
    boolean runs = Words.begins(tokens, "do");
    List<Token> calls = new ArrayList<>();
    for (int at = 0; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      boolean called = at + 1 < tokens.size() && Words.isSymbol(tokens.get(at + 1), '(');
      if (!makes && Words.isName(token) && called) {
        calls.add(token);
      } else if ((makes || runs) && token.kind() == Token.Kind.STRING) {
        body(token.text()).forEach(calls::add);
      }
    }
    return calls.stream();
  }

  private static Stream<Token> body(String quoted) {
    int from = quoted.startsWith("$") ? quoted.indexOf('$', 1) + 1 : 1;
    if (from <= 0
        || quoted.length() < 2 * from
        || !(quoted.startsWith("$") || quoted.startsWith("'"))) {
      return Stream.empty();
    }
    String body = quoted.substring(from, quoted.length() - from);
    try {
      return Script.split(body.replace("''", "'")).stream()
          .map(Statement::tokens)
          .flatMap(Calls::in);
    } catch (SqlSyntaxException e) {
      // Another language: it calls nothing that is known here.
      return Stream.empty();
    }
  }

  static boolean sleeps(Token call) {
    return SLEEPS.contains(call.text().toLowerCase(Locale.ROOT));
  }

  /** By its name: {@code monitor_migration_performance}. */
  static boolean monitors(Token call) {
    String name = call.text().toLowerCase(Locale.ROOT);
    return name.startsWith("monitor_") || name.endsWith("_monitor") || name.contains("_monitor_");
  }
}
