package io.lockkeeper.change;

import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.RowChange;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.AddConstraint;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a section makes and the script that takes it back names nowhere, though its statements have
 * a way back of their own. What goes with something that the script drops is not told, nor anything
 * where the script runs code.
 */
final class Unmentioned {
  private Unmentioned() {}

  /**
   * Something that stays.
   *
   * @param statement that makes it
   * @param what for people: {@code the index idx_a}
   */
  record Made(Statement statement, String what) {}

  /** An object by its name, with the table that it goes with; absent where it stands alone. */
  private record Named(String what, String name, Optional<String> table) {}

  static List<Made> of(List<Unit> forward, List<Unit> back) {
    Set<String> named = new HashSet<>();
    Set<String> goneWith = new HashSet<>();
    for (Unit.Part part : parts(back)) {
      if (runsCode(part.meaning())) {
        return List.of();
      }
      part.statement().tokens().stream()
          .filter(token -> token.isName())
          .forEach(token -> named.add(token.name()));
      goneWith.addAll(dropsFrom(part.meaning()));
    }
    List<Made> left = new ArrayList<>();
    for (Unit.Part part : parts(forward)) {
      for (Named made : made(part.meaning())) {
        boolean gone = made.table().filter(goneWith::contains).isPresent();
        if (!gone && !named.contains(made.name()) && Inverse.of(part.meaning()).isPresent()) {
          left.add(new Made(part.statement(), made.what() + " " + made.name()));
        }
      }
    }
    return left;
  }

  private static List<Unit.Part> parts(List<Unit> units) {
    return units.stream().flatMap(unit -> unit.statements().stream()).toList();
  }

  private static boolean runsCode(Meaning meaning) {
    return meaning instanceof Meaning.Other
        || meaning instanceof RowChange.Block
        || (meaning instanceof RowChange.Query query && !query.calls().isEmpty());
  }

  /** Tables of which something is dropped with all that stands on it. */
  private static List<String> dropsFrom(Meaning meaning) {
    if (meaning instanceof ObjectChange.Drop drop) {
      return drop.names().stream().map(QualifiedName::name).toList();
    }
    boolean column =
        meaning instanceof AlterTable alter
            && alter.actions().stream().anyMatch(a -> a instanceof TableAction.DropColumn);
    return column ? List.of(((AlterTable) meaning).table().name()) : List.of();
  }

  private static List<Named> made(Meaning meaning) {
    if (meaning instanceof CreateIndex index) {
      return List.of(new Named("the index", index.name(), Optional.of(index.table().name())));
    }
    if (meaning instanceof ObjectChange.Create create
        && create.name().schema().filter("pg_temp"::equals).isEmpty()) {
      return List.of(
          new Named("the " + create.of().text(), create.name().name(), Optional.empty()));
    }
    if (meaning instanceof ObjectChange.CreateRoutine routine) {
      return List.of(
          new Named(
              "the " + routine.of().text(), routine.signature().name().name(), Optional.empty()));
    }
    if (meaning instanceof ObjectChange.OnTable part && part.act() == ObjectChange.Act.CREATE) {
      return List.of(
          new Named("the " + part.of().text(), part.name(), Optional.of(part.table().name())));
    }
    List<Named> constraints = new ArrayList<>();
    if (meaning instanceof AlterTable alter) {
      for (TableAction action : alter.actions()) {
        if (action instanceof AddConstraint added && added.name().isPresent()) {
          constraints.add(
              new Named("the constraint", added.name().get(), Optional.of(alter.table().name())));
        }
      }
    }
    return constraints;
  }
}
