package io.lockkeeper.section;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A statement of somebody else, fit to be shown: its first characters, with {@code ?} for each
 * literal and without comments, because both may hold values of rows.
 */
public final class MaskedSql {
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
