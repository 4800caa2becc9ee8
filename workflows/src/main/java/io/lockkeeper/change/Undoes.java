package io.lockkeeper.change;

import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Unit;
import io.lockkeeper.section.WayBack;

/** Whether a step has an undo: given by its author, or one of its statements' own. */
public final class Undoes {
  private Undoes() {}

  public static boolean of(WrittenStep step) {
    return step instanceof WrittenStep.Sql sql && (sql.undo().isPresent() || derived(sql.sql()));
  }

  private static boolean derived(String sql) {
    return Unit.parts(sql).stream()
        .map(part -> Inverse.wayBack(part.meaning()))
        .anyMatch(back -> back instanceof WayBack.Derived || back instanceof WayBack.FromCatalog);
  }
}
