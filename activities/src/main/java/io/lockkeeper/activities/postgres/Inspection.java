package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.StatementReader;
import java.util.Optional;

/**
 * Decides what to do about an index by what the ledger meant and what the catalog shows. Pure.
 *
 * <p>An index is INVALID for the whole of its build, so INVALID alone does not mean abandoned; and
 * an index that somebody else made is never dropped.
 */
final class Inspection {
  private Inspection() {}

  /** What follows. */
  enum Decision {
    /** It is not there: run the statement. */
    RUN,
    /** It is there, valid, and as meant: the statement was run already. */
    DONE,
    /** A leftover of our own build: drop it, then run. */
    DROP_AND_RUN,
    /** Somebody else's, or not what was meant: touch nothing, ask a person. */
    IN_THE_WAY
  }

  /**
   * @param intended whether the ledger knows that this promotion began to build it, after it had
   *     seen that nothing of that name was there
   */
  static Decision decide(PlannedIndex planned, Optional<FoundIndex> found, boolean intended) {
    if (found.isEmpty()) {
      return Decision.RUN;
    }
    FoundIndex there = found.get();
    if (!intended || !there.index() || !asMeant(planned, there)) {
      return Decision.IN_THE_WAY;
    }
    if (there.valid()) {
      return Decision.DONE;
    }
    // We hold the lock, so a builder that lives is not ours.
    return there.builder() == 0 ? Decision.DROP_AND_RUN : Decision.IN_THE_WAY;
  }

  /** Whether the definition in the catalog is the planned one. */
  static boolean asMeant(PlannedIndex planned, FoundIndex found) {
    CreateIndex there = StatementReader.readDefinition(found.definition());
    CreateIndex meant = planned.meaning();
    return found.table().equals(planned.table())
        && there.unique() == meant.unique()
        && there.shape().equals(meant.shape());
  }

  /** What stands in the way, for people. */
  static String describe(PlannedIndex planned, FoundIndex found) {
    String what =
        found.index()
            ? (found.valid() ? "a valid index" : "an INVALID index") + ": " + found.definition()
            : "something that is not an index";
    String builder = found.builder() == 0 ? "" : ", being built by backend " + found.builder();
    return planned.name().text() + " is " + what + builder;
  }
}
