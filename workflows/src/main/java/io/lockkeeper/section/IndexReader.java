package io.lockkeeper.section;

/** Reads {@code CREATE INDEX}, as a person writes it and as pg_get_indexdef prints it. */
final class IndexReader {
  private final TokenReader tokens;

  IndexReader(TokenReader tokens) {
    this.tokens = tokens;
  }

  /** After {@code CREATE [UNIQUE] INDEX}. */
  Meaning.CreateIndex read(boolean unique, Statement statement) {
    boolean concurrently = tokens.skip("concurrently");
    boolean ifNotExists = tokens.skip("if", "not", "exists");
    if (tokens.nextIs("on")) {
      throw new SqlSyntaxException(
          "index-without-name",
          statement.line(),
          statement.column(),
          "an index without a name cannot be found again: write CREATE INDEX NAME ON …");
    }
    QualifiedName name = tokens.qualifiedName();
    tokens.expect("on");
    boolean only = tokens.skip("only");
    QualifiedName table = tokens.qualifiedName();
    int rest = tokens.peek().offset() - statement.tokens().get(0).offset();
    refuseBroken();
    return new Meaning.CreateIndex(
        table,
        name.name(),
        unique,
        concurrently,
        ifNotExists,
        only,
        statement.text().substring(rest));
  }

  /** What the server would refuse at a glance; all else is its own to judge. */
  private void refuseBroken() {
    if (tokens.skip("using")) {
      tokens.name();
    }
    list();
    if (tokens.skip("include")) {
      list();
    }
    if (tokens.skip("nulls")) {
      tokens.skip("not");
      tokens.expect("distinct");
    }
  }

  private void list() {
    Token first = tokens.take();
    if (!first.isSymbol('(')) {
      throw new SqlSyntaxException(
          "sql-syntax", first.line(), first.column(), "expected ( before \"" + first.text() + "\"");
    }
    for (int depth = 1; depth > 0; ) {
      Token token = tokens.take();
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
    }
  }
}
