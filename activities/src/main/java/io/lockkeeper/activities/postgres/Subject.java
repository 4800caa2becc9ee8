package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.ObjectChange.Signature;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One object that a way back is about, and what it does to it.
 *
 * @param kind index, column, constraint, policy, function, …
 * @param name the object's, or that of the relation to which it belongs
 * @param part its own name where it belongs to a relation; of a routine its identity
 * @param act what the way back does to it
 * @param graceful whether nothing fails where it is gone
 */
record Subject(
    ObjectKind kind, QualifiedName name, Optional<String> part, Act act, boolean graceful) {

  /** What a way back does to it. */
  enum Act {
    DROPS,
    MAKES,
    ALTERS
  }

  /** For people: {@code column a of public.t}. */
  String text() {
    boolean routine = kind == ObjectKind.FUNCTION || kind == ObjectKind.PROCEDURE;
    return kind.text()
        + " "
        + (part.isEmpty() || routine ? name.text() : part.get() + " of " + name.text());
  }

  /** What a statement of a way back is about; empty where that cannot be told. */
  static List<Subject> of(Meaning meaning) {
    if (meaning instanceof Meaning.DropIndex drop) {
      return drop.indexes().stream().map(index -> whole(ObjectKind.INDEX, index, true)).toList();
    }
    if (meaning instanceof Meaning.CreateIndex index) {
      QualifiedName name = new QualifiedName(index.table().schema(), index.name());
      return List.of(
          new Subject(ObjectKind.INDEX, name, Optional.empty(), Act.MAKES, index.concurrently()));
    }
    if (meaning instanceof Meaning.AlterTable alter) {
      List<Subject> subjects = new ArrayList<>();
      alter.actions().forEach(action -> subjects.add(of(alter, action)));
      return subjects;
    }
    return meaning instanceof ObjectChange change ? ofObject(change) : List.of();
  }

  private static Subject whole(ObjectKind kind, QualifiedName name, boolean graceful) {
    return new Subject(kind, name, Optional.empty(), Act.DROPS, graceful);
  }

  private static Subject of(Meaning.AlterTable alter, TableAction action) {
    if (action instanceof TableAction.DropConstraint drop) {
      return part(alter, ObjectKind.CONSTRAINT, drop.name(), Act.DROPS, drop.ifExists());
    }
    if (action instanceof TableAction.DropColumn drop) {
      return part(alter, ObjectKind.COLUMN, drop.column(), Act.DROPS, drop.ifExists());
    }
    if (action instanceof TableAction.AddConstraint added && added.name().isPresent()) {
      return part(alter, ObjectKind.CONSTRAINT, added.name().get(), Act.MAKES, false);
    }
    if (action instanceof TableAction.ValidateConstraint validate) {
      return part(alter, ObjectKind.CONSTRAINT, validate.name(), Act.ALTERS, false);
    }
    return column(action)
        .map(column -> part(alter, ObjectKind.COLUMN, column, Act.ALTERS, false))
        .orElseGet(
            () -> new Subject(alter.of(), alter.table(), Optional.empty(), Act.ALTERS, false));
  }

  private static Optional<String> column(TableAction action) {
    if (action instanceof TableAction.ColumnDefault changed) {
      return Optional.of(changed.column());
    }
    if (action instanceof TableAction.SetNotNull changed) {
      return Optional.of(changed.column());
    }
    if (action instanceof TableAction.DropNotNull changed) {
      return Optional.of(changed.column());
    }
    if (action instanceof TableAction.ColumnStatistics changed) {
      return Optional.of(changed.column());
    }
    return action instanceof TableAction.ColumnSetting changed
        ? Optional.of(changed.column())
        : Optional.empty();
  }

  private static Subject part(
      Meaning.AlterTable alter, ObjectKind kind, String name, Act act, boolean graceful) {
    return new Subject(kind, alter.table(), Optional.of(name), act, graceful);
  }

  private static List<Subject> ofObject(ObjectChange change) {
    if (change instanceof ObjectChange.Drop drop) {
      return drop.names().stream().map(n -> whole(drop.of(), n, drop.ifExists())).toList();
    }
    if (change instanceof ObjectChange.Create create) {
      Act act = create.orReplace() ? Act.ALTERS : Act.MAKES;
      return List.of(new Subject(create.of(), create.name(), Optional.empty(), act, true));
    }
    if (change instanceof ObjectChange.DropRoutine drop) {
      return drop.routines().stream()
          .map(routine -> routine(drop.of(), routine, Act.DROPS, drop.ifExists()))
          .toList();
    }
    if (change instanceof ObjectChange.CreateRoutine create) {
      Act act = create.orReplace() ? Act.ALTERS : Act.MAKES;
      return List.of(routine(create.of(), create.signature(), act, true));
    }
    if (change instanceof ObjectChange.AlterRoutine alter) {
      return List.of(routine(alter.of(), alter.signature(), Act.ALTERS, false));
    }
    return change instanceof ObjectChange.OnTable part ? List.of(onTable(part)) : List.of();
  }

  private static Subject onTable(ObjectChange.OnTable part) {
    Act act =
        switch (part.act()) {
          case CREATE -> part.orReplace() ? Act.ALTERS : Act.MAKES;
          case ALTER -> Act.ALTERS;
          case DROP -> Act.DROPS;
        };
    return new Subject(
        part.of(),
        part.table(),
        Optional.of(part.name()),
        act,
        part.ifExists() || part.orReplace());
  }

  private static Subject routine(ObjectKind of, Signature signature, Act act, boolean graceful) {
    return new Subject(of, signature.name(), Optional.of(signature.identity()), act, graceful);
  }
}
