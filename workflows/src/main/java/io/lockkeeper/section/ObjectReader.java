package io.lockkeeper.section;

import io.lockkeeper.section.ObjectChange.Act;
import io.lockkeeper.section.ObjectChange.AddValue;
import io.lockkeeper.section.ObjectChange.Create;
import io.lockkeeper.section.ObjectChange.Drop;
import io.lockkeeper.section.ObjectChange.OnTable;
import io.lockkeeper.section.ObjectChange.Refresh;
import io.lockkeeper.section.ObjectChange.Settle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code CREATE}, {@code ALTER}, {@code DROP} and {@code REFRESH} of objects. */
final class ObjectReader {
  private final Statement statement;
  private final TokenReader tokens;

  ObjectReader(Statement statement, TokenReader tokens) {
    this.statement = statement;
    this.tokens = tokens;
  }

  /** Nothing where it is something else. */
  Optional<Meaning> read() {
    if (tokens.skip("create")) {
      return create();
    }
    if (tokens.skip("drop")) {
      return ObjectKind.take(tokens).flatMap(this::drop);
    }
    if (tokens.skip("alter")) {
      return alter();
    }
    if (tokens.skip("refresh", "materialized", "view")) {
      return Optional.of(refresh());
    }
    return Optional.empty();
  }

  private Optional<Meaning> create() {
    boolean orReplace = tokens.skip("or", "replace");
    tokens.skip("constraint");
    boolean temporary = temporary();
    tokens.skip("recursive");
    Optional<ObjectKind> kind = ObjectKind.take(tokens);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    ObjectKind of = kind.get();
    return switch (of) {
      case FUNCTION, PROCEDURE ->
          Optional.of(new RoutineReader(statement, tokens, of).create(orReplace));
      case POLICY, TRIGGER, RULE -> Optional.of(onTable(Act.CREATE, of, orReplace));
      case TABLE, FOREIGN_TABLE -> Optional.of(table(of, temporary));
      case VIEW, MATERIALIZED_VIEW -> Optional.of(view(of, orReplace, temporary));
      case SEQUENCE, TYPE, DOMAIN, EXTENSION, STATISTICS -> Optional.of(plain(of, temporary));
      case SCHEMA -> schema();
      default -> Optional.of(new Settle(Clauses.title(statement.tokens())));
    };
  }

  /** Whether it says so; takes the words. */
  private boolean temporary() {
    boolean scoped = tokens.skip("global") || tokens.skip("local");
    boolean temporary = tokens.skip("temporary") || tokens.skip("temp");
    if (!scoped && !temporary) {
      tokens.skip("unlogged");
    }
    return temporary;
  }

  private static QualifiedName made(QualifiedName name, boolean temporary) {
    return temporary ? QualifiedName.of("pg_temp", name.name()) : name;
  }

  private Meaning table(ObjectKind of, boolean temporary) {
    boolean ifNotExists = tokens.skip("if", "not", "exists");
    QualifiedName name = made(tokens.qualifiedName(), temporary);
    List<LockUse> locks = new ArrayList<>();
    List<Token> rest = tokens.rest();
    boolean filled = false;
    for (int at = 0; at + 1 < rest.size(); at++) {
      if (rest.get(at).is("references")) {
        locks.add(new LockUse(LockMode.SHARE_ROW_EXCLUSIVE, name(rest, at + 1)));
      } else if (rest.get(at).is("like") && begins(rest, at)) {
        locks.add(new LockUse(LockMode.ACCESS_SHARE, name(rest, at + 1)));
      } else if (rest.get(at).is("of") && at > 0 && rest.get(at - 1).is("partition")) {
        locks.add(new LockUse(LockMode.ACCESS_EXCLUSIVE, name(rest, at + 1)));
      } else if (rest.get(at).is("inherits")) {
        TokenReader parents = new TokenReader(rest.subList(at + 1, rest.size()));
        parents.skipSymbol('(');
        Clauses.names(parents)
            .forEach(p -> locks.add(new LockUse(LockMode.SHARE_UPDATE_EXCLUSIVE, p)));
      } else if (rest.get(at).is("as") && query(rest, at + 1)) {
        filled = true;
        locks.addAll(reads(rest.subList(at + 1, rest.size())));
        break;
      }
    }
    return new Create(
        of,
        name,
        false,
        ifNotExists,
        Meaning.strongest(locks.stream().filter(l -> !l.relation().equals(name)).toList()),
        filled ? Effect.BUILDS : Effect.CATALOG);
  }

  private static boolean begins(List<Token> tokens, int at) {
    return at > 0 && (tokens.get(at - 1).isSymbol('(') || tokens.get(at - 1).isSymbol(','));
  }

  private static boolean query(List<Token> tokens, int at) {
    Token token = tokens.get(at);
    return token.is("select")
        || token.is("with")
        || token.is("values")
        || token.is("table")
        || token.isSymbol('(');
  }

  private static QualifiedName name(List<Token> tokens, int at) {
    return new TokenReader(tokens.subList(at, tokens.size())).qualifiedName();
  }

  private static List<LockUse> reads(List<Token> query) {
    TablesRead read = TablesRead.of(query);
    LockMode mode = read.locksRows() ? LockMode.ROW_SHARE : LockMode.ACCESS_SHARE;
    return read.reads().stream().map(table -> new LockUse(mode, table)).toList();
  }

  private Meaning view(ObjectKind of, boolean orReplace, boolean temporary) {
    boolean ifNotExists = tokens.skip("if", "not", "exists");
    QualifiedName name = made(tokens.qualifiedName(), temporary);
    List<LockUse> locks = new ArrayList<>();
    if (orReplace) {
      locks.add(new LockUse(LockMode.ACCESS_EXCLUSIVE, name));
    }
    locks.addAll(reads(tokens.rest()));
    List<Token> all = statement.tokens();
    boolean empty = all.get(all.size() - 1).is("data") && all.get(all.size() - 2).is("no");
    boolean filled = of == ObjectKind.MATERIALIZED_VIEW && !empty;
    return new Create(
        of,
        name,
        orReplace,
        ifNotExists,
        Meaning.strongest(locks),
        filled ? Effect.BUILDS : Effect.CATALOG);
  }

  private Meaning plain(ObjectKind of, boolean temporary) {
    boolean ifNotExists = tokens.skip("if", "not", "exists");
    QualifiedName name = made(tokens.qualifiedName(), temporary);
    List<LockUse> locks = new ArrayList<>();
    if (of == ObjectKind.STATISTICS) {
      TablesRead.of(tokens.rest())
          .reads()
          .forEach(table -> locks.add(new LockUse(LockMode.SHARE_UPDATE_EXCLUSIVE, table)));
    }
    return new Create(of, name, false, ifNotExists, locks, Effect.CATALOG);
  }

  /** One that holds more than itself is not taken back by dropping it. */
  private Optional<Meaning> schema() {
    boolean ifNotExists = tokens.skip("if", "not", "exists");
    boolean unnamed = tokens.skip("authorization");
    QualifiedName name = QualifiedName.of(tokens.name());
    if (!unnamed && tokens.skip("authorization")) {
      tokens.name();
    }
    return tokens.atEnd()
        ? Optional.of(
            new Create(ObjectKind.SCHEMA, name, false, ifNotExists, List.of(), Effect.CATALOG))
        : Optional.of(new Settle("create schema " + name.text()));
  }

  private Meaning onTable(Act act, ObjectKind of, boolean orReplace) {
    boolean ifExists = tokens.skip("if", "exists");
    String name = tokens.name();
    while (!tokens.skip("on")) {
      tokens.take();
    }
    // A rule's event stands between: ON SELECT TO table.
    if (of == ObjectKind.RULE && act == Act.CREATE) {
      tokens.take();
      tokens.expect("to");
    }
    QualifiedName table = tokens.qualifiedName();
    Optional<String> renamed =
        act == Act.ALTER && tokens.skip("rename", "to")
            ? Optional.of(tokens.name())
            : Optional.empty();
    boolean cascade = tokens.skip("cascade");
    // A trigger's FROM names what its constraint refers to, and a rule's statements run later.
    List<QualifiedName> reads =
        of == ObjectKind.POLICY ? TablesRead.of(tokens.rest()).reads() : List.of();
    return new OnTable(act, of, name, table, renamed, orReplace, ifExists, cascade, reads);
  }

  private Optional<Meaning> drop(ObjectKind of) {
    if (of.routine()) {
      return of == ObjectKind.AGGREGATE
          ? Optional.of(new Settle(Clauses.title(statement.tokens())))
          : Optional.of(new RoutineReader(statement, tokens, of).drop());
    }
    if (of.ofTable()) {
      return Optional.of(onTable(Act.DROP, of, false));
    }
    if (of == ObjectKind.EVENT_TRIGGER || of == ObjectKind.DATABASE) {
      return Optional.of(new Settle(Clauses.title(statement.tokens())));
    }
    boolean ifExists = tokens.skip("if", "exists");
    List<QualifiedName> names = Clauses.names(tokens);
    return Optional.of(new Drop(of, names, ifExists, tokens.skip("cascade")));
  }

  private Optional<Meaning> alter() {
    Optional<Meaning> setting = new StoredSettingReader(new TokenReader(tokens.rest())).read();
    if (setting.isPresent()) {
      return setting;
    }
    Optional<ObjectKind> kind = ObjectKind.take(tokens);
    if (kind.isEmpty()) {
      return Optional.of(new Settle(Clauses.title(statement.tokens())));
    }
    ObjectKind of = kind.get();
    boolean all = tokens.nextIs("all") && new TokenReader(tokens.rest()).skip("all", "in");
    if (of == ObjectKind.SEQUENCE && !sameCommand()) {
      return Optional.of(sequence());
    }
    if (of.relation() && !all) {
      return Optional.of(AlterTableReader.read(statement, tokens, of));
    }
    if (of.routine() && of != ObjectKind.AGGREGATE) {
      return Optional.of(new RoutineReader(statement, tokens, of).alter());
    }
    if (of == ObjectKind.POLICY || of == ObjectKind.TRIGGER) {
      return Optional.of(onTable(Act.ALTER, of, false));
    }
    if (of == ObjectKind.TYPE) {
      QualifiedName type = tokens.qualifiedName();
      if (tokens.skip("add", "value")) {
        return Optional.of(new AddValue(type, tokens.skip("if", "not", "exists")));
      }
    }
    return Optional.of(new Settle(Clauses.title(statement.tokens())));
  }

  /** Whether a sequence is renamed, moved or given away, as a table is. */
  private boolean sameCommand() {
    TokenReader ahead = new TokenReader(tokens.rest());
    ahead.skip("if", "exists");
    ahead.qualifiedName();
    return ahead.nextIs("rename") || ahead.nextIs("owner") || ahead.skip("set", "schema");
  }

  private Meaning sequence() {
    boolean ifExists = tokens.skip("if", "exists");
    QualifiedName name = tokens.qualifiedName();
    TableAction options =
        new TableAction.Rest("set options", LockMode.SHARE_ROW_EXCLUSIVE, Effect.CATALOG);
    return new Meaning.AlterTable(ObjectKind.SEQUENCE, name, ifExists, false, List.of(options));
  }

  private Meaning refresh() {
    boolean concurrently = tokens.skip("concurrently");
    QualifiedName view = tokens.qualifiedName();
    return new Refresh(view, concurrently, !tokens.skip("with", "no", "data"));
  }
}
