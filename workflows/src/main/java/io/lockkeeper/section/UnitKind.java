package io.lockkeeper.section;

import java.util.Locale;

/** Kinds of units by what becomes of them when they are cut off. */
public enum UnitKind {
  CONCURRENT_BUILD,
  CONCURRENT_DROP,
  REINDEX,
  DETACH,
  VACUUM,
  /** Alters a relation, or builds an index with a lock. */
  ALTER,
  MATERIALIZED_VIEW,
  ROUTINE,
  POLICY,
  DATA,
  OTHER,
  /** Several of these in one transaction. */
  MIXED;

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
