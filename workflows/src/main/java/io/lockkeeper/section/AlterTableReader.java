package io.lockkeeper.section;

import io.lockkeeper.section.TableAction.AddConstraint;
import io.lockkeeper.section.TableAction.AttachPartition;
import io.lockkeeper.section.TableAction.ClusterOn;
import io.lockkeeper.section.TableAction.ColumnDefault;
import io.lockkeeper.section.TableAction.ColumnSetting;
import io.lockkeeper.section.TableAction.ColumnStatistics;
import io.lockkeeper.section.TableAction.ColumnType;
import io.lockkeeper.section.TableAction.ConstraintKind;
import io.lockkeeper.section.TableAction.DetachPartition;
import io.lockkeeper.section.TableAction.DropColumn;
import io.lockkeeper.section.TableAction.DropConstraint;
import io.lockkeeper.section.TableAction.DropNotNull;
import io.lockkeeper.section.TableAction.Inherit;
import io.lockkeeper.section.TableAction.Owner;
import io.lockkeeper.section.TableAction.Rename;
import io.lockkeeper.section.TableAction.RenamePart;
import io.lockkeeper.section.TableAction.ReplicaIdentity;
import io.lockkeeper.section.TableAction.Rest;
import io.lockkeeper.section.TableAction.Rewrite;
import io.lockkeeper.section.TableAction.RowSecurity;
import io.lockkeeper.section.TableAction.SetNotNull;
import io.lockkeeper.section.TableAction.SetSchema;
import io.lockkeeper.section.TableAction.Storage;
import io.lockkeeper.section.TableAction.TriggerSwitch;
import io.lockkeeper.section.TableAction.ValidateConstraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code ALTER TABLE} and its kin, action by action. */
final class AlterTableReader {
  /** Storage parameters whose change keeps everybody out (reloptions.c, PostgreSQL 15). */
  private static final Set<String> STRONG =
      Set.of(
          "user_catalog_table",
          "buffering",
          "fastupdate",
          "gin_pending_list_limit",
          "pages_per_range",
          "autosummarize",
          "length",
          "security_barrier",
          "security_invoker",
          "check_option");

  private final Statement statement;
  private final ObjectKind of;

  private AlterTableReader(Statement statement, ObjectKind of) {
    this.statement = statement;
    this.of = of;
  }

  /** After {@code ALTER TABLE}. */
  static Meaning.AlterTable read(Statement statement, TokenReader tokens, ObjectKind of) {
    boolean ifExists = tokens.skip("if", "exists");
    boolean only = tokens.skip("only");
    QualifiedName table = tokens.qualifiedName();
    tokens.skipSymbol('*');
    AlterTableReader reader = new AlterTableReader(statement, of);
    List<TableAction> actions =
        Clauses.byComma(tokens.rest()).stream().map(reader::action).toList();
    if (actions.isEmpty()) {
      throw new SqlSyntaxException(
          "sql-syntax", statement.line(), statement.column(), "the statement ends too early");
    }
    return new Meaning.AlterTable(of, table, ifExists, only, actions);
  }

  private TableAction action(List<Token> action) {
    if (action.isEmpty()) {
      throw new SqlSyntaxException(
          "sql-syntax", statement.line(), statement.column(), "an action is missing");
    }
    TokenReader tokens = new TokenReader(action);
    if (tokens.skip("add")) {
      return add(tokens, action);
    }
    if (tokens.skip("drop")) {
      return drop(tokens, action);
    }
    if (tokens.skip("alter")) {
      return alter(tokens, action);
    }
    if (tokens.skip("rename")) {
      return rename(tokens);
    }
    if (tokens.skip("set")) {
      return set(tokens, action);
    }
    if (tokens.skip("reset")) {
      return storage(tokens, false);
    }
    if (tokens.skip("validate", "constraint")) {
      return new ValidateConstraint(tokens.name());
    }
    if (tokens.skip("owner", "to")) {
      return new Owner(tokens.name());
    }
    if (tokens.skip("attach", "partition")) {
      return new AttachPartition(tokens.qualifiedName());
    }
    if (tokens.skip("detach", "partition")) {
      QualifiedName partition = tokens.qualifiedName();
      return new DetachPartition(partition, tokens.skip("concurrently"), tokens.skip("finalize"));
    }
    return switched(tokens, action);
  }

  private TableAction add(TokenReader tokens, List<Token> action) {
    if (tokens.skip("constraint")) {
      return constraint(Optional.of(tokens.name()), tokens, action);
    }
    boolean key =
        tokens.nextIs("check")
            || tokens.nextIs("unique")
            || tokens.nextIs("primary")
            || tokens.nextIs("foreign");
    TokenReader ahead = new TokenReader(tokens.rest());
    boolean exclude =
        ahead.skip("exclude", "using") || (ahead.skip("exclude") && ahead.nextIsSymbol('('));
    if (key || exclude) {
      return constraint(Optional.empty(), tokens, action);
    }
    if (of != ObjectKind.TABLE && of != ObjectKind.FOREIGN_TABLE) {
      return rest(action, LockMode.ACCESS_EXCLUSIVE);
    }
    tokens.skip("column");
    return new ColumnReader(statement, tokens).read();
  }

  private TableAction constraint(Optional<String> name, TokenReader tokens, List<Token> action) {
    Optional<ConstraintKind> kind = constraintKind(tokens);
    if (kind.isEmpty()) {
      return rest(action, LockMode.ACCESS_EXCLUSIVE);
    }
    boolean notValid = false;
    Optional<String> usingIndex = Optional.empty();
    Optional<QualifiedName> references = Optional.empty();
    while (!tokens.atEnd()) {
      if (tokens.skip("not", "valid")) {
        notValid = true;
      } else if (tokens.skip("using", "index")) {
        usingIndex = tokens.skip("tablespace") ? Optional.empty() : Optional.of(tokens.name());
      } else if (tokens.skip("references")) {
        references = Optional.of(tokens.qualifiedName());
      } else if (!tokens.skipGroup()) {
        tokens.take();
      }
    }
    return new AddConstraint(kind.get(), name, notValid, usingIndex, references);
  }

  private static Optional<ConstraintKind> constraintKind(TokenReader tokens) {
    if (tokens.skip("check")) {
      return Optional.of(ConstraintKind.CHECK);
    }
    if (tokens.skip("foreign", "key")) {
      return Optional.of(ConstraintKind.FOREIGN_KEY);
    }
    if (tokens.skip("unique")) {
      return Optional.of(ConstraintKind.UNIQUE);
    }
    if (tokens.skip("primary", "key")) {
      return Optional.of(ConstraintKind.PRIMARY_KEY);
    }
    return tokens.skip("exclude") ? Optional.of(ConstraintKind.EXCLUDE) : Optional.empty();
  }

  private TableAction drop(TokenReader tokens, List<Token> action) {
    boolean constraint = tokens.skip("constraint");
    if (!constraint && of != ObjectKind.TABLE && of != ObjectKind.FOREIGN_TABLE) {
      return rest(action, LockMode.ACCESS_EXCLUSIVE);
    }
    if (!constraint) {
      tokens.skip("column");
    }
    boolean ifExists = tokens.skip("if", "exists");
    String name = tokens.name();
    boolean cascade = tokens.skip("cascade");
    return constraint
        ? new DropConstraint(name, ifExists, cascade)
        : new DropColumn(name, ifExists, cascade);
  }

  private TableAction alter(TokenReader tokens, List<Token> action) {
    if (tokens.skip("constraint")) {
      return rest(action, LockMode.ACCESS_EXCLUSIVE);
    }
    tokens.skip("column");
    // An index's columns have numbers.
    if (!tokens.nextIsName()) {
      String number = tokens.take().text();
      return tokens.skip("set", "statistics")
          ? new ColumnStatistics(number)
          : rest(action, LockMode.ACCESS_EXCLUSIVE);
    }
    String column = tokens.name();
    if (tokens.skip("set", "data", "type") || tokens.skip("type")) {
      return type(column, tokens);
    }
    if (tokens.skip("set", "default")) {
      return new ColumnDefault(column, Optional.of(Clauses.text(statement, tokens.rest())));
    }
    if (tokens.skip("drop", "default")) {
      return new ColumnDefault(column, Optional.empty());
    }
    if (tokens.skip("set", "not", "null")) {
      return new SetNotNull(column);
    }
    if (tokens.skip("drop", "not", "null")) {
      return new DropNotNull(column);
    }
    if (tokens.skip("set", "statistics")) {
      return new ColumnStatistics(column);
    }
    if (tokens.skip("set", "storage")) {
      return new ColumnSetting(column, false, "set storage of " + column);
    }
    if (tokens.skip("set", "compression")) {
      return new ColumnSetting(column, false, "set compression of " + column);
    }
    boolean options = (tokens.skip("set") || tokens.skip("reset")) && tokens.nextIsSymbol('(');
    return options
        ? new ColumnSetting(column, true, "set options of " + column)
        : rest(action, LockMode.ACCESS_EXCLUSIVE);
  }

  private TableAction type(String column, TokenReader tokens) {
    int from = tokens.at();
    while (!tokens.atEnd() && !tokens.nextIs("using") && !tokens.nextIs("collate")) {
      tokens.take();
    }
    String type = Clauses.text(statement, tokens.since(from));
    if (tokens.skip("collate")) {
      tokens.qualifiedName();
    }
    return new ColumnType(
        column,
        type,
        tokens.skip("using")
            ? Optional.of(Clauses.text(statement, tokens.rest()))
            : Optional.empty());
  }

  private static TableAction rename(TokenReader tokens) {
    if (tokens.skip("to")) {
      return new Rename(tokens.name());
    }
    boolean constraint = tokens.skip("constraint");
    tokens.skip("column");
    String from = tokens.name();
    tokens.expect("to");
    return new RenamePart(!constraint, from, tokens.name());
  }

  private TableAction set(TokenReader tokens, List<Token> action) {
    if (tokens.nextIsSymbol('(')) {
      return storage(tokens, true);
    }
    if (tokens.skip("schema")) {
      return new SetSchema(tokens.name());
    }
    if (tokens.nextIs("logged")
        || tokens.nextIs("unlogged")
        || tokens.nextIs("tablespace")
        || tokens.nextIs("access")) {
      return new Rewrite(Clauses.title(action));
    }
    return tokens.skip("without", "cluster")
        ? new ClusterOn(Optional.empty())
        : rest(action, LockMode.ACCESS_EXCLUSIVE);
  }

  private TableAction storage(TokenReader tokens, boolean sets) {
    List<Token> group = tokens.rest();
    if (group.size() < 2 || !tokens.skipGroup()) {
      return rest(group, LockMode.ACCESS_EXCLUSIVE);
    }
    List<String> names = new ArrayList<>();
    for (List<Token> parameter : Clauses.byComma(group.subList(1, group.size() - 1))) {
      names.add(new TokenReader(parameter).qualifiedName().text());
    }
    boolean weak =
        names.stream().map(n -> n.substring(n.indexOf('.') + 1)).noneMatch(STRONG::contains);
    return new Storage(sets, names, weak && of != ObjectKind.VIEW);
  }

  /** What is switched on and off, and the rest. */
  private TableAction switched(TokenReader tokens, List<Token> action) {
    for (RowSecurity.Switch to : RowSecurity.Switch.values()) {
      TokenReader ahead = new TokenReader(action);
      if (ahead.skip(to.words()) && ahead.skip("row", "level", "security")) {
        return new RowSecurity(to);
      }
    }
    boolean on = tokens.skip("enable");
    if (on || tokens.skip("disable")) {
      if (on && !tokens.skip("replica")) {
        tokens.skip("always");
      }
      return tokens.skip("trigger")
          ? new TriggerSwitch(tokens.name(), on)
          : rest(action, LockMode.ACCESS_EXCLUSIVE);
    }
    if (tokens.skip("replica", "identity")) {
      return new ReplicaIdentity();
    }
    if (tokens.skip("cluster", "on")) {
      return new ClusterOn(Optional.of(tokens.name()));
    }
    boolean leaves = tokens.skip("no", "inherit");
    return leaves || tokens.skip("inherit")
        ? new Inherit(tokens.qualifiedName(), !leaves)
        : rest(action, LockMode.ACCESS_EXCLUSIVE);
  }

  private static TableAction rest(List<Token> action, LockMode mode) {
    return new Rest(Clauses.title(action), mode, Effect.CATALOG);
  }
}
