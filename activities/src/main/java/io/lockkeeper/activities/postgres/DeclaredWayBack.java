package io.lockkeeper.activities.postgres;

import java.util.List;

/**
 * What a change says about taking it back. It stands in the ledger since the baseline, because a
 * way back needs neither API nor bundle.
 *
 * @param leaves what may be left behind: {@code table.column}, or objects by name
 * @param keeps sections that a rollback leaves as they are
 * @param forwardOnly sections that have no way back
 * @param because why they have none; empty where there are none
 */
public record DeclaredWayBack(
    List<String> leaves, List<String> keeps, List<String> forwardOnly, String because) {
  /** Of a change that declares nothing, and of ledgers of the first version. */
  public static final DeclaredWayBack NOTHING =
      new DeclaredWayBack(List.of(), List.of(), List.of(), "");

  public DeclaredWayBack {
    leaves = List.copyOf(leaves);
    keeps = List.copyOf(keeps);
    forwardOnly = List.copyOf(forwardOnly);
  }
}
