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
 * @param touched tables that the change touches, as SQL writes them
 */
public record DeclaredWayBack(
    List<String> leaves,
    List<String> keeps,
    List<String> forwardOnly,
    String because,
    List<String> touched) {
  /** Of a change that declares nothing, and of ledgers of the first version. */
  public static final DeclaredWayBack NOTHING =
      new DeclaredWayBack(List.of(), List.of(), List.of(), "", List.of());

  public DeclaredWayBack {
    leaves = List.copyOf(leaves);
    keeps = List.copyOf(keeps);
    forwardOnly = List.copyOf(forwardOnly);
    // Ledgers of earlier versions do not tell it.
    touched = touched == null ? List.of() : List.copyOf(touched);
  }
}
