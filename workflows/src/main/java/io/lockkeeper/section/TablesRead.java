package io.lockkeeper.section;

import io.lockkeeper.section.RowChange.Target;
import io.lockkeeper.section.RowChange.Verb;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which tables a query reads and which it changes, in one pass over its tokens: what stands after
 * {@code FROM}, {@code JOIN}, {@code USING}, and after the verbs that change rows, wherever a
 * subquery may stand.
 */
final class TablesRead {
  /** Words after which no table of the same FROM follows. */
  private static final Set<String> ENDS =
      Set.of(
          "where",
          "group",
          "order",
          "having",
          "limit",
          "offset",
          "fetch",
          "window",
          "union",
          "intersect",
          "except",
          "returning",
          "set",
          "on",
          "when",
          "select",
          "values",
          "for");

  /** Functions in whose parentheses FROM is no clause. */
  private static final Set<String> FROM_INSIDE =
      Set.of("extract", "substring", "trim", "overlay", "position", "normalize");

  /** Parentheses, or the statement itself. */
  private static final class Level {
    private final boolean functionFrom;
    private boolean inFrom;
    private boolean expectsTable;

    Level(boolean functionFrom) {
      this.functionFrom = functionFrom;
    }
  }

  private final List<Token> tokens;
  private final Deque<Level> levels = new ArrayDeque<>();
  private final Set<String> named = new HashSet<>();
  private final Set<QualifiedName> reads = new LinkedHashSet<>();
  private final List<Target> targets = new ArrayList<>();
  private final Set<QualifiedName> calls = new LinkedHashSet<>();
  private boolean locksRows;
  private boolean deletes;

  private TablesRead(List<Token> tokens) {
    this.tokens = tokens;
  }

  static TablesRead of(List<Token> tokens) {
    TablesRead read = new TablesRead(tokens);
    read.walk();
    return read;
  }

  /** Tables that are read and not changed, each once. */
  List<QualifiedName> reads() {
    Set<QualifiedName> changed = new HashSet<>();
    targets.forEach(target -> changed.add(target.table()));
    return reads.stream()
        .filter(table -> table.schema().isPresent() || !named.contains(table.name()))
        .filter(table -> !changed.contains(table))
        .toList();
  }

  List<Target> targets() {
    return targets;
  }

  List<QualifiedName> calls() {
    return calls.stream()
        .filter(call -> call.schema().isPresent() || !named.contains(call.name()))
        .toList();
  }

  boolean locksRows() {
    return locksRows;
  }

  boolean deletes() {
    return deletes;
  }

  private void walk() {
    levels.push(new Level(false));
    for (int at = 0; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      if (token.isSymbol('(')) {
        open(at);
      } else if (token.isSymbol(')')) {
        close();
      } else if (token.isSymbol(',')) {
        level().expectsTable = level().inFrom;
      } else if (token.isName()) {
        at = name(at);
      }
    }
  }

  private Level level() {
    return levels.element();
  }

  private void open(int at) {
    boolean joined =
        level().expectsTable
            && !is(at + 1, "select")
            && !is(at + 1, "with")
            && !is(at + 1, "values")
            && !is(at + 1, "table");
    Level inner = new Level(at > 0 && FROM_INSIDE.contains(word(at - 1)));
    inner.inFrom = joined;
    inner.expectsTable = joined;
    level().expectsTable = false;
    levels.push(inner);
  }

  private void close() {
    if (levels.size() > 1) {
      levels.pop();
    }
  }

  /** The place of the last token that it took. */
  private int name(int at) {
    Optional<Verb> verb = verb(at);
    if (verb.isPresent()) {
      return change(verb.get(), at);
    }
    String word = word(at);
    if ((word.equals("from") && !level().functionFrom && !is(at - 1, "distinct"))
        || word.equals("join")
        || (word.equals("using") && at + 1 < tokens.size() && tokens.get(at + 1).isName())) {
      level().inFrom = true;
      level().expectsTable = true;
      return at;
    }
    if (word.equals("for") && rowLock(at + 1)) {
      locksRows = true;
    }
    if (word.equals("delete") && is(at - 1, "then")) {
      deletes = true;
    }
    if (level().expectsTable) {
      return table(at);
    }
    if (ENDS.contains(word)) {
      level().inFrom = false;
    }
    noteNamed(at);
    return call(at);
  }

  private Optional<Verb> verb(int at) {
    if (is(at, "insert") && is(at + 1, "into")) {
      return Optional.of(Verb.INSERT);
    }
    if (is(at, "merge") && is(at + 1, "into")) {
      return Optional.of(Verb.MERGE);
    }
    if (is(at, "delete") && is(at + 1, "from")) {
      return Optional.of(Verb.DELETE);
    }
    boolean begins =
        at == 0 || tokens.get(at - 1).isSymbol('(') || tokens.get(at - 1).isSymbol(')');
    return is(at, "update") && begins && at + 1 < tokens.size() && tokens.get(at + 1).isName()
        ? Optional.of(Verb.UPDATE)
        : Optional.empty();
  }

  private int change(Verb verb, int at) {
    int table = verb == Verb.UPDATE ? at + 1 : at + 2;
    if (is(table, "only")) {
      table++;
    }
    int end = nameEnd(table);
    if (end < 0) {
      return at;
    }
    targets.add(new Target(verb, qualified(table)));
    deletes |= verb == Verb.DELETE;
    level().inFrom = false;
    level().expectsTable = false;
    return end;
  }

  private int table(int at) {
    if (is(at, "only") || is(at, "lateral")) {
      return at;
    }
    level().expectsTable = false;
    if (is(at, "rows") && is(at + 1, "from")) {
      return at + 1;
    }
    int end = nameEnd(at);
    boolean function = end + 1 < tokens.size() && tokens.get(end + 1).isSymbol('(');
    if (function) {
      return call(at);
    }
    reads.add(qualified(at));
    return end;
  }

  private int call(int at) {
    int end = nameEnd(at);
    if (end >= 0
        && end + 1 < tokens.size()
        && tokens.get(end + 1).isSymbol('(')
        && !(end == at && Functions.steady(word(at)))) {
      calls.add(qualified(at));
    }
    return Math.max(at, end);
  }

  /** {@code name AS (} and {@code name (…) AS (} after WITH: a table of the query itself. */
  private void noteNamed(int at) {
    boolean listed =
        at > 0
            && (is(at - 1, "with") || is(at - 1, "recursive") || tokens.get(at - 1).isSymbol(','));
    if (!listed) {
      return;
    }
    if (is(at + 1, "as") || is(columnsEnd(at + 1), "as")) {
      named.add(tokens.get(at).name());
    }
  }

  /** The place after a list of column names in parentheses; -1 where there is none. */
  private int columnsEnd(int at) {
    if (at >= tokens.size() || !tokens.get(at).isSymbol('(')) {
      return -1;
    }
    int end = at + 1;
    while (end < tokens.size() && (tokens.get(end).isName() || tokens.get(end).isSymbol(','))) {
      end++;
    }
    return end < tokens.size() && tokens.get(end).isSymbol(')') ? end + 1 : -1;
  }

  private boolean rowLock(int at) {
    return is(at, "update")
        || is(at, "share")
        || (is(at, "key") && is(at + 1, "share"))
        || (is(at, "no") && is(at + 1, "key") && is(at + 2, "update"));
  }

  /** The last token of a qualified name that begins there; -1 where none does. */
  private int nameEnd(int at) {
    if (at >= tokens.size() || !tokens.get(at).isName()) {
      return -1;
    }
    int end = at;
    while (end + 2 < tokens.size()
        && tokens.get(end + 1).isSymbol('.')
        && tokens.get(end + 2).isName()) {
      end += 2;
    }
    return end;
  }

  private QualifiedName qualified(int at) {
    return new TokenReader(tokens.subList(at, nameEnd(at) + 1)).qualifiedName();
  }

  private boolean is(int at, String keyword) {
    return at >= 0 && at < tokens.size() && tokens.get(at).is(keyword);
  }

  private String word(int at) {
    Token token = tokens.get(at);
    return token.kind() == Token.Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : "";
  }
}
