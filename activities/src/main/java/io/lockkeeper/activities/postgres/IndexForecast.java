package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.Token;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How large a b-tree will be. Source: the layout of its pages and the merging of equal keys in
 * PostgreSQL 15 (storage/bufpage.h, access/nbtree/README), with the widths and numbers of distinct
 * values of pg_stats. Within a factor of two on columns that do not depend on one another.
 */
final class IndexForecast {
  private static final Set<String> AFTER_THE_LISTS = Set.of("where", "with", "tablespace", "nulls");

  private static final int PAGE = 8192;

  /** Without header and special space, filled to nine tenths. */
  private static final double USABLE = (PAGE - 24 - 16) * 0.9;

  private static final int TUPLE_HEADER = 8;
  private static final int LINE_POINTER = 4;
  private static final int ROW_POINTER = 6;
  private static final int ALIGNMENT = 8;

  /**
   * A column as ANALYZE saw it.
   *
   * @param distinct as pg_stats has it: negative is a share of the rows
   */
  private record Column(String name, int width, double distinct) {}

  private IndexForecast() {}

  /**
   * Its size in bytes; nothing where it is no b-tree, or its columns have no statistics.
   *
   * @param rows of the table
   */
  static Optional<Long> bytes(
      Connection connection, CreateIndex index, QualifiedName table, long rows)
      throws SQLException {
    Map<String, Column> known = columns(connection, table);
    List<Column> keys = new ArrayList<>();
    List<Token> tokens = Script.split(index.rest()).get(0).tokens();
    for (Token token : listed(tokens)) {
      Column column = known.get(token.text());
      if (column != null && !keys.contains(column)) {
        keys.add(column);
      }
    }
    return keys.isEmpty() || otherMethod(tokens)
        ? Optional.empty()
        : Optional.of(bytes(keys, rows, includes(tokens)));
  }

  /**
   * @param apart whether equal keys stay apart, as in an index with included columns
   */
  private static long bytes(List<Column> keys, long rows, boolean apart) {
    int width = keys.stream().mapToInt(Column::width).sum();
    double tuple = TUPLE_HEADER + aligned(width) + LINE_POINTER;
    double distinct = 1;
    for (Column key : keys) {
      distinct *= key.distinct() < 0 ? -key.distinct() * rows : Math.max(1, key.distinct());
    }
    distinct = Math.min(distinct, (double) rows);
    double merged = distinct * tuple + (double) rows * ROW_POINTER;
    double bytes = apart ? rows * tuple : Math.min(rows * tuple, merged);
    long pages = (long) (Math.ceil(bytes / USABLE) * 1.01 + 1);
    return pages * PAGE;
  }

  private static int aligned(int width) {
    return (width + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Words and names in the lists of keys and of included columns. */
  private static List<Token> listed(List<Token> tokens) {
    List<Token> listed = new ArrayList<>();
    int depth = 0;
    for (Token token : tokens) {
      if (depth == 0 && token.kind() == Token.Kind.WORD && AFTER_THE_LISTS.contains(word(token))) {
        return listed;
      }
      if (token.kind() == Token.Kind.SYMBOL) {
        depth += token.text().equals("(") ? 1 : token.text().equals(")") ? -1 : 0;
      } else if (depth > 0) {
        listed.add(token);
      }
    }
    return listed;
  }

  private static boolean includes(List<Token> tokens) {
    return tokens.stream()
        .anyMatch(token -> token.kind() == Token.Kind.WORD && word(token).equals("include"));
  }

  private static String word(Token token) {
    return token.text().toLowerCase(Locale.ROOT);
  }

  private static boolean otherMethod(List<Token> tokens) {
    return tokens.size() > 1
        && tokens.get(0).text().equalsIgnoreCase("using")
        && !tokens.get(1).text().equalsIgnoreCase("btree");
  }

  private static Map<String, Column> columns(Connection connection, QualifiedName table)
      throws SQLException {
    Map<String, Column> columns = new HashMap<>();
    Rows.list(
            connection,
            """
            SELECT attname, avg_width, n_distinct FROM pg_stats
            WHERE schemaname = ? AND tablename = ? AND NOT inherited
            """,
            row -> new Column(row.getString(1), row.getInt(2), row.getDouble(3)),
            table.schema().orElse("public"),
            table.name())
        .forEach(column -> columns.put(column.name(), column));
    return columns;
  }
}
