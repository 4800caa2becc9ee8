package io.lockkeeper.section;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where a semicolon ends no statement: between parentheses, as CREATE RULE has them, and in the
 * body of a function or procedure, {@code BEGIN ATOMIC … END}. Source: PostgreSQL 15 to 18, gram.y;
 * stricter than psql, for which every BEGIN in CREATE FUNCTION begins a body and every CASE in it
 * needs an END.
 */
final class Nesting {
  /** Which of the open signs are brackets. */
  private final BitSet brackets = new BitSet();

  private final Deque<Level> levels = new ArrayDeque<>();
  private int open;
  private @Nullable Token outermost;

  Nesting() {
    levels.push(new Level(0, null));
  }

  /** Whether a semicolon here ends the script's statement. */
  boolean isNone() {
    return open == 0 && levels.size() == 1;
  }

  /** Whether the innermost sign that is open is a bracket, so that a colon is a slice's. */
  boolean isInBrackets() {
    return open > 0 && brackets.get(open - 1);
  }

  boolean isInParentheses() {
    return open > 0;
  }

  /** A statement of the script has ended. */
  void restart() {
    levels.element().restart();
  }

  void see(Token token) {
    Level level = levels.element();
    if (token.kind() == Token.Kind.SYMBOL && sign(token, level)) {
      return;
    }
    if (open > level.openBefore) {
      return;
    }
    if (token.isSymbol(';')) {
      level.restart();
    } else if (levels.size() > 1 && level.endsWith(token)) {
      levels.pop();
    } else if (level.beginsBodyWith(token)) {
      levels.push(new Level(open, token));
    }
  }

  /** Whether it opened or closed something. */
  private boolean sign(Token token, Level level) {
    boolean bracket = token.isSymbol('[') || token.isSymbol(']');
    if (token.isSymbol('(') || token.isSymbol('[')) {
      outermost = open == 0 ? token : outermost;
      brackets.set(open, bracket);
      open++;
      level.interrupt();
      return true;
    }
    if (!token.isSymbol(')') && !token.isSymbol(']')) {
      return false;
    }
    if (open == level.openBefore || brackets.get(open - 1) != bracket) {
      throw Place.of(token)
          .refuse("sql-syntax", "this " + token.text() + " closes nothing: remove it, or open it");
    }
    open--;
    return true;
  }

  /**
   * @throws SqlSyntaxException where something is open at the script's end
   */
  void refuseOpen() {
    Token body = levels.element().begin;
    if (open > levels.element().openBefore && outermost != null) {
      boolean bracket = outermost.isSymbol('[');
      throw Place.of(outermost)
          .refuse(
              "unterminated",
              "a " + (bracket ? "bracket" : "parenthesis") + " of this statement is not closed");
    }
    if (body != null) {
      throw Place.of(body)
          .refuse(
              "unterminated",
              "the body of this function does not end: write END after its last semicolon");
    }
  }

  /** The statements of the script, or those of one body. */
  private static final class Level {
    private final int openBefore;
    private final @Nullable Token begin;
    private Head head = Head.START;

    private Level(int openBefore, @Nullable Token begin) {
      this.openBefore = openBefore;
      this.begin = begin;
    }

    void restart() {
      head = Head.START;
    }

    void interrupt() {
      head = head.next("");
    }

    boolean endsWith(Token token) {
      return head == Head.START && token.is("end");
    }

    boolean beginsBodyWith(Token token) {
      if (head == Head.OTHER) {
        return false;
      }
      boolean begins = head == Head.BEGIN && token.is("atomic");
      head = head.next(token.kind() == Token.Kind.WORD ? token.name() : "");
      return begins;
    }
  }

  /** How far a statement has come towards the body of a function. */
  private enum Head {
    START,
    CREATE,
    OR,
    ROUTINE,
    BEGIN,
    OTHER;

    Head next(String word) {
      return switch (this) {
        case START -> word.equals("create") ? CREATE : OTHER;
        case CREATE ->
            switch (word) {
              case "or" -> OR;
              case "function", "procedure" -> ROUTINE;
              default -> OTHER;
            };
        case OR -> word.equals("replace") ? CREATE : OTHER;
        case ROUTINE, BEGIN -> word.equals("begin") ? BEGIN : ROUTINE;
        case OTHER -> OTHER;
      };
    }
  }
}
