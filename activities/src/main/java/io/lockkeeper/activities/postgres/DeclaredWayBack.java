package io.lockkeeper.activities.postgres;

import io.lockkeeper.change.Measures;
import java.util.List;
import java.util.Map;

/**
 * What a change says about taking it back. It stands in the ledger since the baseline, because a
 * way back needs neither API nor bundle.
 *
 * @param leaves what may be left behind: {@code table.column}, or objects by name
 * @param keeps sections that a rollback leaves as they are
 * @param forwardOnly sections that have no way back
 * @param because why they have none; empty where there are none
 * @param touched tables that the change touches, as SQL writes them
 * @param statements of the steps of a rollback, by the step's name: run once, in their order
 * @param measures of such steps, by the step's name
 */
public record DeclaredWayBack(
    List<String> leaves,
    List<String> keeps,
    List<String> forwardOnly,
    String because,
    List<String> touched,
    Map<String, List<String>> statements,
    Map<String, Measures> measures) {
  /** Of a change that declares nothing, and of ledgers of the first version. */
  public static final DeclaredWayBack NOTHING =
      new DeclaredWayBack(List.of(), List.of(), List.of(), "", List.of());

  /** Of a change whose rollback has no steps of its own. */
  public DeclaredWayBack(
      List<String> leaves,
      List<String> keeps,
      List<String> forwardOnly,
      String because,
      List<String> touched) {
    this(leaves, keeps, forwardOnly, because, touched, Map.of(), Map.of());
  }

  public DeclaredWayBack {
    leaves = List.copyOf(leaves);
    keeps = List.copyOf(keeps);
    forwardOnly = List.copyOf(forwardOnly);
    // Ledgers of earlier versions do not tell it.
    touched = touched == null ? List.of() : List.copyOf(touched);
    statements = statements == null ? Map.of() : Map.copyOf(statements);
    measures = measures == null ? Map.of() : Map.copyOf(measures);
  }
}
