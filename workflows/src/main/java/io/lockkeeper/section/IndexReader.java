package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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
    expect("on");
    tokens.skip("only");
    QualifiedName table = tokens.qualifiedName();
    IndexShape shape = shape();
    return new Meaning.CreateIndex(table, name.name(), unique, concurrently, ifNotExists, shape);
  }

  private IndexShape shape() {
    String method = tokens.skip("using") ? tokens.name() : "btree";
    List<String> keys = elements();
    List<String> included = tokens.skip("include") ? elements() : List.of();
    boolean nullsNotDistinct = false;
    if (tokens.skip("nulls")) {
      nullsNotDistinct = tokens.skip("not");
      expect("distinct");
    }
    if (tokens.skip("with")) {
      elements();
    }
    if (tokens.skip("tablespace")) {
      tokens.name();
    }
    String predicate = tokens.skip("where") ? words(rest()) : "";
    return new IndexShape(method, keys, included, predicate, nullsNotDistinct);
  }

  /** A list in parentheses, each element as comparable words. */
  private List<String> elements() {
    if (!tokens.skipSymbol('(')) {
      Token token = tokens.peek();
      throw new SqlSyntaxException(
          "sql-syntax", token.line(), token.column(), "expected ( before \"" + token.text() + "\"");
    }
    List<String> elements = new ArrayList<>();
    List<Token> element = new ArrayList<>();
    int depth = 1;
    while (depth > 0) {
      Token token = tokens.take();
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
      if (depth == 0 || (depth == 1 && token.isSymbol(','))) {
        elements.add(key(element));
        element = new ArrayList<>();
      } else {
        element.add(token);
      }
    }
    return elements;
  }

  private List<Token> rest() {
    List<Token> rest = new ArrayList<>();
    while (!tokens.atEnd()) {
      rest.add(tokens.take());
    }
    return rest;
  }

  /** One key without what the server leaves out when it prints it: ASC and the nulls default. */
  private static String key(List<Token> element) {
    String words = words(element);
    boolean descending = words.matches(".* desc( nulls (first|last))?");
    words =
        words
            .replaceFirst(" asc( nulls last)?$", "")
            .replaceFirst(" asc nulls first$", " nulls first");
    if (descending) {
      return words.replaceFirst(" desc nulls first$", " desc");
    }
    return words.replaceFirst(" nulls last$", "");
  }

  /** Names folded, parentheses and casts dropped, one blank between. */
  private static String words(List<Token> element) {
    List<Token> kept = new ArrayList<>();
    for (int i = 0; i < element.size(); i++) {
      Token token = element.get(i);
      boolean cast =
          token.isSymbol(':') && i + 1 < element.size() && element.get(i + 1).isSymbol(':');
      if (cast) {
        i = afterType(element, i + 2) - 1;
      } else if (!token.isSymbol('(') && !token.isSymbol(')')) {
        kept.add(token);
      }
    }
    return kept.stream().map(IndexReader::word).collect(Collectors.joining(" "));
  }

  /** The place after the type's name of a cast, which may have two words and a length. */
  private static int afterType(List<Token> element, int start) {
    int at = start;
    while (at < element.size() && (element.get(at).isName() && !endsType(element.get(at)))) {
      at++;
    }
    if (at < element.size() && element.get(at).isSymbol('[')) {
      at += 2;
    }
    return at;
  }

  private static boolean endsType(Token token) {
    return token.is("and")
        || token.is("or")
        || token.is("is")
        || token.is("desc")
        || token.is("asc")
        || token.is("nulls")
        || token.is("not")
        || token.is("collate");
  }

  private static String word(Token token) {
    if (token.isName()) {
      return token.name();
    }
    boolean string = token.kind() == Token.Kind.STRING;
    return string ? token.text() : token.text().toLowerCase(Locale.ROOT);
  }

  private void expect(String keyword) {
    Token token = tokens.take();
    if (!token.is(keyword)) {
      throw new SqlSyntaxException(
          "sql-syntax",
          token.line(),
          token.column(),
          "expected " + keyword.toUpperCase(Locale.ROOT) + ", found \"" + token.text() + "\"");
    }
  }
}
