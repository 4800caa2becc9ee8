package io.lockkeeper.section;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads what stands after {@code ADD COLUMN}. */
final class ColumnReader {
  /** Words that end a type, or an expression without parentheses, and begin a constraint. */
  private static final Set<String> CONSTRAINT =
      Set.of(
          "constraint",
          "not",
          "null",
          "check",
          "default",
          "generated",
          "unique",
          "primary",
          "references",
          "collate",
          "compression",
          "storage",
          "deferrable",
          "initially");

  private static final Set<String> SERIAL =
      Set.of("serial", "bigserial", "smallserial", "serial2", "serial4", "serial8");

  private final Statement statement;
  private final TokenReader tokens;

  private Optional<String> defaultValue = Optional.empty();
  private Optional<QualifiedName> references = Optional.empty();
  private boolean notNull;
  private boolean volatileDefault;
  private boolean constraint;

  ColumnReader(Statement statement, TokenReader tokens) {
    this.statement = statement;
    this.tokens = tokens;
  }

  /** After {@code ADD [COLUMN]}. */
  TableAction.AddColumn read() {
    boolean ifNotExists = tokens.skip("if", "not", "exists");
    String column = tokens.name();
    String type = Clauses.text(statement, untilConstraint());
    if (type.isEmpty()) {
      tokens.take();
    }
    volatileDefault = SERIAL.contains(type.toLowerCase(Locale.ROOT));
    notNull = volatileDefault;
    while (!tokens.atEnd()) {
      constraint();
    }
    return new TableAction.AddColumn(
        column, type, defaultValue, notNull, ifNotExists, references, volatileDefault, constraint);
  }

  private void constraint() {
    if (tokens.skip("not", "null")) {
      notNull = true;
    } else if (tokens.skip("default")) {
      int from = tokens.at();
      tokens.take();
      untilConstraint();
      List<Token> value = tokens.since(from);
      defaultValue = Optional.of(Clauses.text(statement, value));
      volatileDefault |= moves(value);
    } else if (tokens.skip("generated")) {
      volatileDefault = true;
      notNull |= tokens.rest().stream().anyMatch(token -> token.is("identity"));
    } else if (tokens.skip("primary", "key")) {
      notNull = true;
      constraint = true;
    } else if (tokens.skip("references")) {
      references = Optional.of(tokens.qualifiedName());
      constraint = true;
    } else if (tokens.nextIs("check") || tokens.nextIs("unique")) {
      tokens.take();
      constraint = true;
    } else if (!tokens.skipGroup()) {
      tokens.take();
    }
  }

  /** Takes tokens up to the next word that begins a constraint. */
  private List<Token> untilConstraint() {
    int from = tokens.at();
    while (!tokens.atEnd()) {
      Token next = tokens.peek();
      if (next.kind() == Token.Kind.WORD
          && CONSTRAINT.contains(next.text().toLowerCase(Locale.ROOT))) {
        break;
      }
      if (!tokens.skipGroup()) {
        tokens.take();
      }
    }
    return tokens.since(from);
  }

  /** Whether it calls a function that may give each row another value. */
  private static boolean moves(List<Token> expression) {
    for (int at = 0; at + 1 < expression.size(); at++) {
      Token token = expression.get(at);
      if (token.isName()
          && expression.get(at + 1).isSymbol('(')
          && !Functions.steady(token.name())) {
        return true;
      }
    }
    return false;
  }
}
