package io.lockkeeper.section;

import java.util.List;
import java.util.Optional;

/** What takes a statement back, where that follows from the statement alone. */
public final class Inverse {
  private Inverse() {}

  /**
   * Nothing where the author must give it; an empty list where there is nothing to take back.
   *
   * <p>An index is dropped in the schema of its table, because that is where it was made.
   */
  public static Optional<List<String>> of(Meaning meaning) {
    if (meaning instanceof Meaning.CreateIndex index) {
      return Optional.of(List.of(dropIndex(index.table().schema(), index.name())));
    }
    if (meaning instanceof Meaning.Maintain) {
      return Optional.of(List.of());
    }
    return Optional.empty();
  }

  /** Concurrently also where the index was made with a lock: taking back must not block. */
  public static String dropIndex(Optional<String> schema, String name) {
    return "DROP INDEX CONCURRENTLY " + new QualifiedName(schema, name).sql();
  }
}
