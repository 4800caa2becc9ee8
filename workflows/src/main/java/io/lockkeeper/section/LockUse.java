package io.lockkeeper.section;

/**
 * A lock that a statement takes.
 *
 * @param relation as the statement names it: a table, an index, a view or a sequence. It may be
 *     absent on the target where the statement says IF EXISTS or OR REPLACE
 */
public record LockUse(LockMode mode, QualifiedName relation) {

  /** For people: {@code access exclusive on public.contacts}. */
  public String text() {
    return mode.text() + " on " + relation.text();
  }
}
