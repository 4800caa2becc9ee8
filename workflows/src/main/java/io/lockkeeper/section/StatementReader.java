package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Understands a statement by its tokens, never by searching its text. */
public final class StatementReader {
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
    Refusals.check(statement);
    return understood(statement).orElseGet(() -> other(statement));
  }

  /** What has no form of its own, or one that only the server may judge. */
  private static Meaning other(Statement statement) {
    return new Meaning.Other(Clauses.title(statement.tokens()));
  }

  private static Optional<Meaning> understood(Statement statement) {
    try {
      TokenReader tokens = new TokenReader(statement.tokens());
      if (tokens.skip("reindex")) {
        return Optional.of(reindex(tokens));
      }
      if (tokens.skip("cluster")) {
        return Optional.of(cluster(tokens));
      }
      return new ObjectReader(statement, tokens)
          .read()
          .or(() -> new PrivilegeReader(statement, new TokenReader(statement.tokens())).read())
          .or(() -> new RowReader(statement, new TokenReader(statement.tokens())).read());
    } catch (SqlSyntaxException e) {
      // Another version's grammar, or a mistake: the server judges, and the rehearsal asks it.
      return Optional.empty();
    }
  }

  private static Meaning reindex(TokenReader tokens) {
    boolean concurrently = false;
    if (tokens.nextIsSymbol('(')) {
      int from = tokens.at();
      tokens.skipGroup();
      concurrently = tokens.since(from).stream().anyMatch(token -> token.is("concurrently"));
    }
    String of = tokens.name();
    concurrently |= tokens.skip("concurrently");
    return new Meaning.Reindex(
        of, tokens.atEnd() ? Optional.empty() : Optional.of(tokens.qualifiedName()), concurrently);
  }

  private static Meaning cluster(TokenReader tokens) {
    tokens.skipGroup();
    tokens.skip("verbose");
    QualifiedName first = tokens.qualifiedName();
    // The old form: CLUSTER index ON table.
    if (tokens.skip("on")) {
      return new Meaning.Cluster(tokens.qualifiedName(), Optional.of(first.name()));
    }
    return new Meaning.Cluster(
        first, tokens.skip("using") ? Optional.of(tokens.name()) : Optional.empty());
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
    boolean ifExists = tokens.skip("if", "exists");
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
    return new Meaning.DropIndex(names, concurrently, ifExists, tokens.nextIs("cascade"));
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

  private static SqlSyntaxException at(Statement statement, String code, String message) {
    return new SqlSyntaxException(code, statement.line(), statement.column(), message);
  }
}
