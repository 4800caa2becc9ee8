package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.ObjectChange.Create;
import io.lockkeeper.section.ObjectChange.CreateRoutine;
import io.lockkeeper.section.TableAction.AddColumn;
import io.lockkeeper.section.TableAction.Rename;
import io.lockkeeper.section.TableAction.RenamePart;
import java.util.stream.Stream;

/** Names that this change makes. */
final class NameRules {
  private NameRules() {}

  static void check(Place place) {
    made(place)
        .filter(Names::mixedCase)
        .findFirst()
        .ifPresent(
            name ->
                place.tell(
                    Hazard.QUOTED_CASE,
                    "the name \"" + name + "\" has upper case: it must be quoted for ever"));
  }

  private static Stream<String> made(Place place) {
    if (place.meaning() instanceof Create create) {
      return Stream.of(create.name().name());
    }
    if (place.meaning() instanceof CreateIndex index) {
      return Stream.of(index.name());
    }
    if (place.meaning() instanceof CreateRoutine routine) {
      return Stream.of(routine.signature().name().name());
    }
    if (!(place.meaning() instanceof AlterTable alter)) {
      return Stream.empty();
    }
    return alter.actions().stream()
        .flatMap(
            action ->
                action instanceof AddColumn column
                    ? Stream.of(column.column())
                    : action instanceof Rename rename
                        ? Stream.of(rename.to())
                        : action instanceof RenamePart part
                            ? Stream.of(part.to())
                            : Stream.empty());
  }
}
