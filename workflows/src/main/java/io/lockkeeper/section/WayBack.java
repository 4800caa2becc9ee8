package io.lockkeeper.section;

import java.util.List;

/** How a statement is taken back, as far as it alone tells. */
public sealed interface WayBack {

  /** There is nothing to take back. */
  record Nothing() implements WayBack {}

  /**
   * It follows from the statement.
   *
   * @param statements in order, with names as the statement has them
   */
  record Derived(List<String> statements) implements WayBack {
    public Derived {
      statements = List.copyOf(statements);
    }
  }

  /**
   * It follows from the statement and from what the catalog shows when its unit starts: it stands
   * in the ledger before the statement has its effect.
   *
   * @param what in words: {@code drops it where it was not there before}
   */
  record FromCatalog(String what) implements WayBack {}

  /**
   * Its author must give it.
   *
   * @param why for people
   */
  record Given(String why) implements WayBack {}
}
