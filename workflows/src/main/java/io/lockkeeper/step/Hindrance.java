package io.lockkeeper.step;

/** What keeps a section from going on though nothing of it failed: waiting may change it. */
public enum Hindrance {
  /** The lock that a unit needs was not there, and nobody was made to wait for it. */
  LOCK,
  /** Our statement made others wait longer than they may; it was cancelled and cleaned up. */
  CAUSED_WAIT,
  /** A limit of {@code guard} was crossed while the section ran. */
  GUARD,
  /** A limit of {@code health} does not hold, so the section was not begun. */
  HEALTH,
  /** The measures that it needs are no longer in force: nobody had renewed them. */
  MEASURES
}
