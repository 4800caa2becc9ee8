package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query with {@code :name} parameters, as JDBC takes it.
 *
 * @param sql with {@code ?} in the place of each parameter, and {@code ??} for the operator
 * @param names in the order in which they stand; a name may stand twice
 */
public record NamedParameters(String sql, List<String> names) {
  public NamedParameters {
    names = List.copyOf(names);
  }

  /**
   * @throws SqlSyntaxException where the text is not SQL
   */
  public static NamedParameters of(String text) {
    StringBuilder sql = new StringBuilder();
    List<String> names = new ArrayList<>();
    Lexer lexer = new Lexer(text);
    int copied = 0;
    @Nullable Token before = null;
    @Nullable Token token = lexer.next();
    while (token != null) {
      @Nullable Token next = lexer.next();
      boolean marker = token.isSymbol(':') && !touches(before, token, ':');
      if (token.isSymbol('?')) {
        sql.append(text, copied, token.offset()).append("??");
        copied = token.end();
      } else if (marker && next != null && next.isName() && next.offset() == token.end()) {
        sql.append(text, copied, token.offset()).append('?');
        copied = next.end();
        names.add(next.text());
      }
      before = token;
      token = next;
    }
    sql.append(text, copied, text.length());
    return new NamedParameters(sql.toString(), names);
  }

  private static boolean touches(@Nullable Token before, Token token, char symbol) {
    return before != null && before.isSymbol(symbol) && before.end() == token.offset();
  }
}
