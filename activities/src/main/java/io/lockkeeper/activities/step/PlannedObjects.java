package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Touched;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a change makes in one environment. */
final class PlannedObjects {
  private PlannedObjects() {}

  /** Indexes that stand once all of it is done: not those that a later statement drops. */
  static List<CreateIndex> indexes(Bundle bundle, EnvironmentPlan plan) {
    List<CreateIndex> indexes = new ArrayList<>();
    for (Meaning meaning : meanings(bundle, plan)) {
      if (meaning instanceof CreateIndex index) {
        indexes.add(index);
      } else if (meaning instanceof Meaning.DropIndex drop) {
        drop.indexes().forEach(name -> indexes.removeIf(index -> is(index, name)));
      } else if (meaning instanceof ObjectChange.Drop drop) {
        indexes.removeIf(index -> drop.names().contains(index.table()));
      } else if (meaning instanceof Meaning.AlterTable alter) {
        alter.actions().forEach(action -> altered(indexes, alter, action));
      }
    }
    return List.copyOf(indexes);
  }

  /** Names without a schema are those of the search path, as their table's is. */
  private static boolean is(CreateIndex index, QualifiedName name) {
    return index.name().equals(name.name())
        && (name.schema().isEmpty()
            || index.table().schema().isEmpty()
            || name.schema().equals(index.table().schema()));
  }

  private static void altered(
      List<CreateIndex> indexes, Meaning.AlterTable alter, TableAction action) {
    if (alter.of() == ObjectKind.INDEX && action instanceof TableAction.Rename rename) {
      indexes.replaceAll(
          index -> is(index, alter.table()) ? index.on(index.table(), rename.to()) : index);
    } else if (action instanceof TableAction.Rename rename) {
      QualifiedName now = new QualifiedName(alter.table().schema(), rename.to());
      indexes.replaceAll(
          index -> index.table().equals(alter.table()) ? index.on(now, index.name()) : index);
    } else if (action instanceof TableAction.SetSchema moved) {
      QualifiedName now = QualifiedName.of(moved.schema(), alter.table().name());
      indexes.replaceAll(
          index -> index.table().equals(alter.table()) ? index.on(now, index.name()) : index);
    } else if (action instanceof TableAction.AddConstraint added) {
      added.usingIndex().ifPresent(name -> indexes.removeIf(index -> index.name().equals(name)));
    }
  }

  /** Tables that it touches, each once. */
  static List<QualifiedName> tables(Bundle bundle, EnvironmentPlan plan) {
    Set<QualifiedName> tables = new LinkedHashSet<>();
    meanings(bundle, plan).forEach(meaning -> tables.addAll(meaning.touchedTables()));
    return List.copyOf(tables);
  }

  /** Relations and routines that it touches, each once, as they are written. */
  static Touched touched(Bundle bundle, EnvironmentPlan plan) {
    Set<QualifiedName> relations = new LinkedHashSet<>();
    Set<QualifiedName> routines = new LinkedHashSet<>();
    for (Meaning meaning : meanings(bundle, plan)) {
      relations.addAll(meaning.touchedTables());
      meaning.locks().forEach(lock -> relations.add(lock.relation()));
      if (meaning instanceof ObjectChange.Create create && create.of().relation()) {
        relations.add(create.name());
      } else if (meaning instanceof ObjectChange.CreateRoutine create) {
        routines.add(create.signature().name());
      } else if (meaning instanceof ObjectChange.AlterRoutine alter) {
        routines.add(alter.signature().name());
      } else if (meaning instanceof ObjectChange.DropRoutine drop) {
        drop.routines().forEach(signature -> routines.add(signature.name()));
      }
    }
    return new Touched(List.copyOf(relations), List.copyOf(routines));
  }

  private static List<Meaning> meanings(Bundle bundle, EnvironmentPlan plan) {
    List<Meaning> meanings = new ArrayList<>();
    for (Section section : plan.sections()) {
      for (Unit unit : Unit.read(bundle.text(section.file()))) {
        unit.statements().forEach(part -> meanings.add(part.meaning()));
      }
    }
    return meanings;
  }
}
