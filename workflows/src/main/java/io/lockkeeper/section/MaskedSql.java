package io.lockkeeper.section;

import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A statement of somebody else, fit to be shown: its first characters, with {@code ?} for each
 * literal and without comments, because both may hold values of rows.
 */
public final class MaskedSql {
  private static final Set<String> OF_ROWS =
      Set.of("select", "insert", "update", "delete", "merge", "with", "values", "table");

  private MaskedSql() {}

  /**
   * @param sql may be cut off anywhere; what can no longer be read as a token is left out
   * @param max characters of the answer
   */
  public static String of(String sql, int max) {
    StringBuilder masked = new StringBuilder();
    Lexer lexer = new Lexer(sql);
    OptionalInt end = OptionalInt.empty();
    while (masked.length() <= max) {
      @Nullable Token token = next(lexer);
      if (token == null) {
        break;
      }
      if (end.isPresent() && token.offset() > end.getAsInt()) {
        masked.append(' ');
      }
      masked.append(shown(token));
      end = OptionalInt.of(token.end());
    }
    return masked.length() <= max ? masked.toString() : masked.substring(0, max - 1) + "…";
  }

  /**
   * Whether it is one that reads or changes rows. Of all others, as {@code ALTER ROLE}, the words
   * themselves may be secrets.
   */
  public static boolean isOfRows(String sql) {
    Lexer lexer = new Lexer(sql);
    @Nullable Token token = next(lexer);
    while (token != null && token.isSymbol('(')) {
      token = next(lexer);
    }
    return token != null && token.kind() == Token.Kind.WORD && OF_ROWS.contains(token.name());
  }

  /**
   * The same for statements that differ only in literals, parameters, comments, blanks, and the
   * case of names that are not quoted.
   *
   * @param sql may be cut off anywhere
   */
  public static String shape(String sql) {
    StringBuilder shape = new StringBuilder();
    Lexer lexer = new Lexer(sql);
    for (@Nullable Token token = next(lexer); token != null; token = next(lexer)) {
      shape.append(
          switch (token.kind()) {
            case STRING, NUMBER, PARAMETER -> "?";
            case QUOTED_NAME, WORD -> QualifiedName.quote(token.name());
            case SYMBOL -> token.text();
          });
      shape.append(' ');
    }
    return shape.toString();
  }

  private static @Nullable Token next(Lexer lexer) {
    try {
      return lexer.next();
    } catch (SqlSyntaxException e) {
      return null;
    }
  }

  private static String shown(Token token) {
    return switch (token.kind()) {
      case STRING, NUMBER -> "?";
      case QUOTED_NAME -> QualifiedName.quote(token.text());
      case WORD, PARAMETER, SYMBOL -> token.text();
    };
  }
}
