package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.ConstraintKind;
import io.lockkeeper.section.Token;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a change did before a statement: who could be hurt by a lock on a table that nobody knows
 * yet?
 */
final class Before {
  private final Set<QualifiedName> made = new HashSet<>();
  private final Set<QualifiedName> partitioned = new HashSet<>();
  private final Set<String> indexes = new HashSet<>();
  private final Map<String, Unit> notValid = new HashMap<>();
  private final Map<String, Set<String>> proves = new HashMap<>();
  private final Set<String> proven = new HashSet<>();

  /** Whether this change made the relation, so that nobody else uses it yet. */
  boolean made(QualifiedName relation) {
    return made.contains(Names.known(relation));
  }

  boolean partitioned(QualifiedName table) {
    return partitioned.contains(Names.known(table));
  }

  boolean madeIndex(String name) {
    return indexes.contains(name);
  }

  /** Whether a constraint was added without looking at the rows, and in which unit. */
  boolean notValidIn(QualifiedName table, String constraint, Unit unit) {
    return unit.equals(notValid.get(key(table, constraint)));
  }

  /** Whether a validated check proves that the column holds no NULL. */
  boolean provesNotNull(QualifiedName table, String column) {
    return proven.contains(key(table, column));
  }

  void add(Unit unit, Unit.Part part) {
    Meaning meaning = part.meaning();
    if (meaning instanceof ObjectChange.Create create && create.of().relation()) {
      made.add(Names.known(create.name()));
      if (create.of() == ObjectKind.TABLE && partitions(part.statement().tokens())) {
        partitioned.add(Names.known(create.name()));
      }
    } else if (meaning instanceof Meaning.CreateIndex index) {
      indexes.add(index.name());
    } else if (meaning instanceof Meaning.AlterTable alter) {
      List<List<Token>> texts = Actions.of(part.statement(), alter);
      for (int at = 0; at < alter.actions().size(); at++) {
        add(unit, alter.table(), alter.actions().get(at), texts.get(at));
      }
    }
  }

  private void add(Unit unit, QualifiedName table, TableAction action, List<Token> tokens) {
    if (action instanceof TableAction.AddConstraint added && added.name().isPresent()) {
      String key = key(table, added.name().get());
      if (added.constraint() == ConstraintKind.CHECK) {
        Set<String> columns = new HashSet<>();
        notNull(tokens).forEach(column -> columns.add(key(table, column)));
        proves.put(key, columns);
      }
      if (added.notValid()) {
        notValid.put(key, unit);
      } else {
        proven.addAll(proves.getOrDefault(key, Set.of()));
      }
    } else if (action instanceof TableAction.ValidateConstraint validate) {
      proven.addAll(proves.getOrDefault(key(table, validate.name()), Set.of()));
    } else if (action instanceof TableAction.DropConstraint drop) {
      proven.removeAll(proves.getOrDefault(key(table, drop.name()), Set.of()));
    } else if (action instanceof TableAction.AddColumn column
        && column.notNull()
        && !column.ifNotExists()) {
      proven.add(key(table, column.column()));
    }
  }

  /** Columns that a check proves: {@code (a IS NOT NULL AND b IS NOT NULL)}, with no other way. */
  private static List<String> notNull(List<Token> tokens) {
    List<String> columns = new ArrayList<>();
    for (int at = 1; at + 2 < tokens.size(); at++) {
      if (Words.begins(tokens.subList(at, tokens.size()), "is", "not", "null")
          && Words.isName(tokens.get(at - 1))) {
        columns.add(name(tokens.get(at - 1)));
      }
    }
    return otherwise(tokens) ? List.of() : columns;
  }

  /** Whether it may hold though one of its parts does not. */
  private static boolean otherwise(List<Token> tokens) {
    if (Words.has(tokens, "or") || Words.has(tokens, "case")) {
      return true;
    }
    for (int at = 0; at + 1 < tokens.size(); at++) {
      if (Words.is(tokens.get(at), "not") && Words.isSymbol(tokens.get(at + 1), '(')) {
        return true;
      }
    }
    return false;
  }

  private static String name(Token token) {
    return token.kind() == Token.Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : token.text();
  }

  private static boolean partitions(List<Token> tokens) {
    return Words.outside(tokens, "partition").isPresent() && Words.has(tokens, "partition", "by");
  }

  private static String key(QualifiedName table, String name) {
    return Names.known(table).sql() + "." + name;
  }
}
