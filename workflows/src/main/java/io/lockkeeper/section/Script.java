package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Splits a file's text into statements at the semicolons that end one: not those in parentheses,
 * and not those in an SQL-standard function body ({@code BEGIN ATOMIC … END}). The rules are those
 * of psql (psqlscan.l, PostgreSQL 15).
 */
public final class Script {
  private final String text;
  private final List<Statement> statements = new ArrayList<>();
  private List<Token> current = new ArrayList<>();
  private int parentheses;
  private int bodies;

  private Script(String text) {
    this.text = text;
  }

  /**
   * @throws SqlSyntaxException where the text is not SQL as a section may hold it
   */
  public static List<Statement> split(String text) {
    Script script = new Script(text);
    script.read();
    return List.copyOf(script.statements);
  }

  private void read() {
    Lexer lexer = new Lexer(text);
    @Nullable Token token = lexer.next();
    while (token != null) {
      if (token.isSymbol(';') && parentheses == 0 && bodies == 0) {
        end();
      } else {
        count(token);
        current.add(token);
      }
      token = lexer.next();
    }
    if (parentheses > 0) {
      throw at(current.get(0), "unterminated", "a parenthesis of this statement is not closed");
    }
    if (bodies > 0) {
      throw at(current.get(0), "unterminated", "the body of this function does not end");
    }
    end();
  }

  private void end() {
    if (current.isEmpty()) {
      return;
    }
    Token first = current.get(0);
    Token last = current.get(current.size() - 1);
    if (copiesFromInput()) {
      throw at(
          first,
          "copy-from-stdin",
          "COPY … FROM stdin carries data in the script: write INSERT statements instead");
    }
    statements.add(
        new Statement(
            text.substring(first.offset(), last.end()), current, first.line(), first.column()));
    current = new ArrayList<>();
  }

  private void count(Token token) {
    if (token.isSymbol('(')) {
      parentheses++;
    } else if (token.isSymbol(')') && parentheses > 0) {
      parentheses--;
    } else if (token.kind() == Token.Kind.WORD && parentheses == 0 && createsRoutine()) {
      switch (token.text().toLowerCase(Locale.ROOT)) {
        case "begin" -> bodies++;
        case "case" -> bodies += bodies > 0 ? 1 : 0;
        case "end" -> bodies -= bodies > 0 ? 1 : 0;
        default -> {}
      }
    }
  }

  private boolean createsRoutine() {
    if (current.size() < 2 || !current.get(0).is("create")) {
      return false;
    }
    int kind = current.get(1).is("or") ? 3 : 1;
    return current.size() > kind
        && (current.get(kind).is("function") || current.get(kind).is("procedure"));
  }

  private boolean copiesFromInput() {
    if (!current.get(0).is("copy")) {
      return false;
    }
    for (int i = 1; i < current.size(); i++) {
      if (current.get(i).is("stdin") && current.get(i - 1).is("from")) {
        return true;
      }
    }
    return false;
  }

  private static SqlSyntaxException at(Token token, String code, String message) {
    return new SqlSyntaxException(code, token.line(), token.column(), message);
  }
}
