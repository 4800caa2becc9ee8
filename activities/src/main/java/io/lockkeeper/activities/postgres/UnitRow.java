package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * A unit as the ledger knows it.
 *
 * @param object the index that it makes, in its schema; absent for other units
 * @param inverse statements that take it back, in order; empty where there is nothing to take back
 * @param revertedParts how many of them are done
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
    int revertedParts) {

  /** How far it is. */
  enum State {
    STARTED,
    FINISHED,
    REVERTING,
    REVERTED
  }

  UnitRow {
    inverse = List.copyOf(inverse);
  }
}
