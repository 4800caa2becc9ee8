package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.PlannedIndex.Print;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.StatementReader;
import java.util.Optional;

/**
 * Decides what to do about an index by what the ledger meant and what the catalog shows. Pure.
 *
 * <p>An index is INVALID for the whole of its build, so INVALID alone does not mean abandoned; and
 * an index that somebody else made is never dropped.
 */
final class Inspection {
  private static final String USUAL = "USING btree ";

  private Inspection() {}

  /** What follows. */
  enum Decision {
    /** It is not there: run the statement. */
    RUN,
    /** It is there, valid, and as meant: the statement was run already. */
    DONE,
    /** It was there before this promotion, valid and as meant, and the section takes it so. */
    ADOPT,
    /** A leftover of our own build: drop it, then run. */
    DROP_AND_RUN,
    /** Somebody else's, or not what was meant: touch nothing, ask a person. */
    IN_THE_WAY
  }

  /**
   * @param intended whether the ledger knows that this promotion began to build it, after it had
   *     seen that nothing of that name was there
   * @param adopts whether what is there already counts as done
   */
  static Decision decide(
      PlannedIndex planned, Optional<FoundIndex> found, boolean intended, boolean adopts) {
    if (found.isEmpty()) {
      return Decision.RUN;
    }
    FoundIndex there = found.get();
    if (!intended && adopts && there.index() && there.valid() && asMeant(planned, there)) {
      return Decision.ADOPT;
    }
    if (!intended || !there.index() || !asMeant(planned, there)) {
      return Decision.IN_THE_WAY;
    }
    if (there.valid()) {
      return Decision.DONE;
    }
    // We hold the lock, so a builder that lives is not ours.
    return there.builder() == 0 ? Decision.DROP_AND_RUN : Decision.IN_THE_WAY;
  }

  /** Whether it is what our own statement left behind when it failed. */
  static boolean leftover(PlannedIndex planned, FoundIndex found) {
    return found.index() && !found.valid() && found.builder() == 0 && mayBeMeant(planned, found);
  }

  /** Whether the catalog's definition is the planned one, by the server's own print of both. */
  static boolean asMeant(PlannedIndex planned, FoundIndex found) {
    return planned.print() instanceof Print.Printed printed && same(planned, printed, found);
  }

  /**
   * Whether the server prints it as it was written, but for the usual method: then it need not be
   * asked how it would print what was written.
   */
  static boolean asWritten(CreateIndex written, QualifiedName name, FoundIndex found) {
    CreateIndex there = StatementReader.readDefinition(found.definition());
    return found.table().name().equals(written.table().name())
        && found.table().schema().equals(name.schema())
        && there.unique() == written.unique()
        && (there.rest().equals(written.rest()) || there.rest().equals(USUAL + written.rest()));
  }

  /** As {@link #asMeant}, also where it cannot be told: for what our own statement just made. */
  static boolean mayBeMeant(PlannedIndex planned, FoundIndex found) {
    return planned.print() instanceof Print.Unknown
        ? found.table().equals(planned.table())
        : asMeant(planned, found);
  }

  /** Why it cannot be told whether an index is the planned one; nothing where it can. */
  static Optional<String> untold(PlannedIndex planned) {
    return planned.print() instanceof Print.Unknown unknown
        ? Optional.of("whether it is the planned one cannot be told: " + unknown.why())
        : Optional.empty();
  }

  private static boolean same(PlannedIndex planned, Print.Printed printed, FoundIndex found) {
    CreateIndex there = StatementReader.readDefinition(found.definition());
    return found.table().equals(planned.table())
        && there.unique() == planned.meaning().unique()
        && there.rest().equals(printed.rest());
  }

  /** What stands in the way, for people. */
  static String describe(PlannedIndex planned, FoundIndex found) {
    String what =
        found.index()
            ? (found.valid() ? "a valid index" : "an INVALID index") + ": " + found.definition()
            : "something that is not an index";
    String builder = found.builder() == 0 ? "" : ", being built by backend " + found.builder();
    String untold = found.index() ? untold(planned).map(why -> "; " + why).orElse("") : "";
    return planned.name().text() + " is " + what + builder + untold;
  }
}
