package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Understands a statement by its tokens, never by searching its text. */
public final class StatementReader {
  private static final Set<String> TRANSACTION_CONTROL =
      Set.of("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release");

  private StatementReader() {}

  /**
   * @throws SqlSyntaxException where a section may not hold the statement
   */
  public static Meaning read(Statement statement) {
    TokenReader tokens = new TokenReader(statement.tokens());
    if (tokens.skip("create", "unique", "index")) {
      return new IndexReader(tokens).read(true, statement);
    }
    if (tokens.skip("create", "index")) {
      return new IndexReader(tokens).read(false, statement);
    }
    if (tokens.skip("drop", "index")) {
      return dropIndex(tokens, statement);
    }
    if (tokens.skip("vacuum")) {
      return vacuum(tokens, statement);
    }
    if (tokens.skip("analyze") || tokens.skip("analyse")) {
      return analyze(tokens);
    }
    refuse(statement);
    return new Meaning.Other(title(statement), table(statement));
  }

  /** A definition as pg_get_indexdef prints it. */
  public static Meaning.CreateIndex readDefinition(String definition) {
    Meaning meaning = read(Script.split(definition).get(0));
    if (meaning instanceof Meaning.CreateIndex index) {
      return index;
    }
    throw new IllegalArgumentException("not an index definition: " + definition);
  }

  private static Meaning dropIndex(TokenReader tokens, Statement statement) {
    boolean concurrently = tokens.skip("concurrently");
    tokens.skip("if", "exists");
    List<QualifiedName> names = names(tokens);
    if (concurrently && names.size() > 1) {
      throw at(
          statement,
          "drop-one-by-one",
          "DROP INDEX CONCURRENTLY takes one index and the server refuses more: write a statement"
              + " for each");
    }
    if (concurrently && tokens.nextIs("cascade")) {
      throw at(
          statement,
          "drop-cascade",
          "DROP INDEX CONCURRENTLY has no CASCADE and the server refuses it: drop what depends on"
              + " the index first");
    }
    return new Meaning.DropIndex(names, concurrently);
  }

  private static Meaning vacuum(TokenReader tokens, Statement statement) {
    boolean analyzes = false;
    boolean full = false;
    if (tokens.skipSymbol('(')) {
      while (!tokens.skipSymbol(')')) {
        Token option = tokens.take();
        analyzes |= option.is("analyze") || option.is("analyse");
        full |= option.is("full");
      }
    }
    while (tokens.nextIs("full")
        || tokens.nextIs("freeze")
        || tokens.nextIs("verbose")
        || tokens.nextIs("analyze")
        || tokens.nextIs("analyse")) {
      Token option = tokens.take();
      analyzes |= option.is("analyze") || option.is("analyse");
      full |= option.is("full");
    }
    if (full) {
      throw at(
          statement,
          "vacuum-full",
          "VACUUM FULL rewrites the table and locks everybody out: use VACUUM");
    }
    String verb = analyzes ? "vacuum analyze" : "vacuum";
    return new Meaning.Maintain(verb, names(tokens), true, analyzes);
  }

  private static Meaning analyze(TokenReader tokens) {
    if (tokens.skipSymbol('(')) {
      while (!tokens.skipSymbol(')')) {
        tokens.take();
      }
    }
    tokens.skip("verbose");
    return new Meaning.Maintain("analyze", names(tokens), false, true);
  }

  private static List<QualifiedName> names(TokenReader tokens) {
    List<QualifiedName> names = new ArrayList<>();
    while (!tokens.atEnd() && tokens.peek().isName()) {
      names.add(tokens.qualifiedName());
      if (tokens.skipSymbol('(')) {
        while (!tokens.skipSymbol(')')) {
          tokens.take();
        }
      }
      if (!tokens.skipSymbol(',')) {
        break;
      }
    }
    return names;
  }

  private static void refuse(Statement statement) {
    Token first = statement.tokens().get(0);
    String word = first.text().toLowerCase(Locale.ROOT);
    if (first.kind() == Token.Kind.WORD && TRANSACTION_CONTROL.contains(word)) {
      throw at(
          statement,
          "transaction-control",
          word.toUpperCase(Locale.ROOT)
              + " does not stand in a section: its statements commit together by themselves");
    }
    if (outsideTransaction(statement)) {
      throw at(
          statement,
          "not-supported-yet",
          title(statement).toUpperCase(Locale.ROOT)
              + " cannot run in a transaction and is not supported yet");
    }
  }

  /** Statements that the server refuses in a transaction block, besides those understood above. */
  private static boolean outsideTransaction(Statement statement) {
    TokenReader tokens = new TokenReader(statement.tokens());
    if (tokens.skip("alter", "system")
        || tokens.skip("create", "database")
        || tokens.skip("drop", "database")
        || tokens.skip("create", "tablespace")
        || tokens.skip("drop", "tablespace")
        || tokens.skip("create", "subscription")
        || tokens.skip("drop", "subscription")
        || tokens.skip("cluster")
        || tokens.skip("call")
        || tokens.skip("prepare", "transaction")) {
      return true;
    }
    boolean concurrently = statement.tokens().stream().anyMatch(token -> token.is("concurrently"));
    return concurrently && (tokens.nextIs("reindex") || tokens.nextIs("alter"));
  }

  /** The leading keywords with the first name: {@code alter table positions}. */
  private static String title(Statement statement) {
    List<String> words = new ArrayList<>();
    for (Token token : statement.tokens()) {
      if (!token.isName() || words.size() == 3) {
        break;
      }
      words.add(token.name());
    }
    return words.isEmpty() ? statement.tokens().get(0).text() : String.join(" ", words);
  }

  private static Optional<QualifiedName> table(Statement statement) {
    TokenReader tokens = new TokenReader(statement.tokens());
    boolean named =
        tokens.skip("alter", "table")
            || tokens.skip("insert", "into")
            || tokens.skip("update")
            || tokens.skip("delete", "from");
    if (!named) {
      return Optional.empty();
    }
    tokens.skip("if", "exists");
    tokens.skip("only");
    return !tokens.atEnd() && tokens.peek().isName()
        ? Optional.of(tokens.qualifiedName())
        : Optional.empty();
  }

  private static SqlSyntaxException at(Statement statement, String code, String message) {
    return new SqlSyntaxException(code, statement.line(), statement.column(), message);
  }
}
