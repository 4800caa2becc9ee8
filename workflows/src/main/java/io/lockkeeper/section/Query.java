package io.lockkeeper.section;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One read-only query, as probes, checks and parameters have it. They run in a read-only
 * transaction, so what changes something would fail there: this tells it before.
 */
public final class Query {
  private static final Set<String> TIMED = Set.of("select", "with", "values", "table");
  private static final Set<String> READ =
      Set.of("select", "with", "values", "table", "show", "explain");

  /** {@code UPDATE ONLY schema.name AS alias SET}. */
  private static final int LONGEST_UPDATE = 8;

  private Query() {}

  /**
   * @throws SqlSyntaxException where the text is not one query that only reads
   */
  public static void refuseUnlessRead(String text) {
    refuseOthers(text, READ);
  }

  /**
   * As {@link #refuseUnlessRead}, for what is also explained.
   *
   * @throws SqlSyntaxException where the text is not one query that only reads
   */
  public static void refuseUnlessTimed(String text) {
    refuseOthers(text, TIMED);
  }

  private static void refuseOthers(String text, Set<String> verbs) {
    List<Statement> statements = Script.splitQuery(text);
    if (statements.isEmpty()) {
      throw new SqlSyntaxException("empty-query", 1, 1, "the query is empty: write a SELECT");
    }
    if (statements.size() > 1) {
      Statement second = statements.get(1);
      throw new SqlSyntaxException(
          "several-statements",
          second.line(),
          second.column(),
          "a second statement begins here: write one query");
    }
    List<Token> tokens = statements.get(0).tokens();
    refuseOtherVerb(tokens, verbs);
    for (int at = 0; at < tokens.size(); at++) {
      refuseChange(tokens, at);
    }
  }

  private static void refuseOtherVerb(List<Token> tokens, Set<String> verbs) {
    Token first = tokens.get(0);
    for (int at = 1; first.isSymbol('(') && at < tokens.size(); at++) {
      first = tokens.get(at);
    }
    String verb = first.text().toLowerCase(Locale.ROOT);
    if (first.kind() != Token.Kind.WORD || !verbs.contains(verb)) {
      throw at(
          first,
          "not-a-query",
          "\""
              + first.text()
              + "\" does not begin a query that only reads: write a SELECT"
              + (READ.contains(verb) ? "; only a check may be a " + verb(verb) : ""));
    }
  }

  private static String verb(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  private static void refuseChange(List<Token> tokens, int at) {
    Token token = tokens.get(at);
    if (token.is("for") && locks(tokens, at + 1)) {
      throw at(
          token,
          "query-locks",
          "the query locks rows, and it runs read-only: remove " + words(tokens, at));
    }
    boolean begins =
        at > 0 && (tokens.get(at - 1).isSymbol('(') || tokens.get(at - 1).isSymbol(')'));
    if (begins && changes(tokens, at)) {
      throw at(
          token,
          "query-changes-data",
          verb(token.text()) + " changes data, and a query only reads: leave it out");
    }
    if (token.is("into")) {
      throw at(
          token,
          "query-changes-data",
          "SELECT INTO makes a table, and a query only reads: remove INTO");
    }
  }

  private static boolean locks(List<Token> tokens, int at) {
    return is(tokens, at, "update")
        || is(tokens, at, "share")
        || (is(tokens, at, "key") && is(tokens, at + 1, "share"))
        || (is(tokens, at, "no") && is(tokens, at + 1, "key") && is(tokens, at + 2, "update"));
  }

  /** {@code FOR NO KEY UPDATE}, of which the last word tells the end. */
  private static String words(List<Token> tokens, int at) {
    StringBuilder words = new StringBuilder("FOR");
    for (int next = at + 1; next < tokens.size(); next++) {
      words.append(' ').append(verb(tokens.get(next).text()));
      if (is(tokens, next, "update") || is(tokens, next, "share")) {
        break;
      }
    }
    return words.toString();
  }

  private static boolean changes(List<Token> tokens, int at) {
    if (is(tokens, at, "insert") || is(tokens, at, "merge")) {
      return is(tokens, at + 1, "into");
    }
    if (is(tokens, at, "delete")) {
      return is(tokens, at + 1, "from");
    }
    if (!is(tokens, at, "update")) {
      return false;
    }
    for (int next = at + 2; next <= at + LONGEST_UPDATE; next++) {
      if (is(tokens, next, "set")) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(List<Token> tokens, int at, String keyword) {
    return at < tokens.size() && tokens.get(at).is(keyword);
  }

  private static SqlSyntaxException at(Token token, String code, String message) {
    return new SqlSyntaxException(code, token.line(), token.column(), message);
  }
}
