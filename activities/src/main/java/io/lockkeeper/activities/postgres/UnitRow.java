package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * A unit as the ledger knows it.
 *
 * @param object the index that it makes, in its schema; absent for other units
 * @param inverse parts that take it back, in order, each in a transaction of its own; empty where
 *     there is nothing to take back
 * @param revertedParts how many of them are done
 * @param oid of what it drops, as it was found before
 * @param found oids that were there before and are not its own
 * @param adopted whether what it would have made was there already, so that it is never taken back
 * @param batches how often its statement has run, where it runs in batches
 * @param changedRows rows that these have changed
 */
record UnitRow(
    String promotion,
    String pass,
    String section,
    int unit,
    String title,
    String digest,
    State state,
    Optional<QualifiedName> object,
    Optional<String> definition,
    List<String> inverse,
    int revertedParts,
    Optional<Long> oid,
    List<Long> found,
    boolean adopted,
    long batches,
    long changedRows) {

  /** How far it is. */
  enum State {
    STARTED,
    FINISHED,
    REVERTING,
    REVERTED
  }

  UnitRow {
    inverse = List.copyOf(inverse);
    found = List.copyOf(found);
  }
}
