package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a text into statements as the server does: at the semicolons that end one. Work and memory
 * grow with the text's length and with nothing else.
 */
public final class Script {
  private final CharSequence text;
  private final boolean section;
  private final List<Statement> statements = new ArrayList<>();
  private final Tokens.Collector current = new Tokens.Collector();
  private final Nesting nesting = new Nesting();
  private final CopyFromInput copy = new CopyFromInput();
  private final ReadingSettings settings = new ReadingSettings();
  private final PsqlVariables variables;

  private Script(CharSequence text, boolean section) {
    this.text = text;
    this.section = section;
    this.variables = new PsqlVariables(text);
  }

  /**
   * A section's text: what psql would put in the place of a variable is refused.
   *
   * @throws SqlSyntaxException at the first place where the text is not SQL as a section may hold
   *     it
   */
  public static List<Statement> split(String text) {
    return split((CharSequence) text);
  }

  /** As {@link #split(String)}, of what only tells its characters. */
  static List<Statement> split(CharSequence text) {
    return new Script(text, true).read();
  }

  /**
   * A query's text, in which {@code :name} is a parameter of ours.
   *
   * @throws SqlSyntaxException at the first place where the text is not SQL
   */
  public static List<Statement> splitQuery(String text) {
    return new Script(text, false).read();
  }

  private List<Statement> read() {
    Lexer lexer = new Lexer(text);
    @Nullable Token token = lexer.next();
    while (token != null) {
      if (token.isSymbol(';') && nesting.isNone()) {
        end();
      } else {
        see(token);
        current.add(token);
      }
      token = lexer.next();
    }
    nesting.refuseOpen();
    end();
    return List.copyOf(statements);
  }

  private void see(Token token) {
    if (section && token.isSymbol(':') && !nesting.isInBrackets()) {
      variables.refuseAt(token);
    }
    copy.see(token, nesting.isInParentheses());
    settings.see(token);
    nesting.see(token);
  }

  private void end() {
    if (!current.isEmpty()) {
      Statement statement = current.statement(text);
      settings.refuse(statement);
      statements.add(statement);
    }
    copy.restart();
    nesting.restart();
  }
}
