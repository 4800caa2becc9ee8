package io.lockkeeper.section;

import java.util.Locale;

/** What a statement costs, cheapest first; of several parts the dearest counts. */
public enum Effect {
  /** Nothing but entries in the catalog: the time does not grow with the rows. */
  CATALOG,
  /** Reads whole tables. */
  SCANS,
  /** Builds an index or fills a new relation. */
  BUILDS,
  /** Writes whole tables anew. */
  REWRITES,
  /** Adds, changes or removes rows. */
  CHANGES_ROWS,
  /** Removes an object with what it holds. */
  DESTROYS,
  /** Cannot be told from the statement. */
  UNKNOWN;

  /** The dearer one. */
  public Effect and(Effect other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** For people: {@code changes rows}. */
  public String text() {
    return this == CATALOG ? "catalog only" : name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
