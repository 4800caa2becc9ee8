package io.lockkeeper.activities.backup;

/**
 * Told how far a restore has come: for tests, which end it there as a crash would. What throws here
 * finds things as a dead worker leaves them, because nothing is cleaned up on the way out.
 */
interface Moments {
  /** Nobody listens. */
  Moments UNHEARD = moment -> {};

  void at(Moment moment);

  /** In the order in which they are met. */
  enum Moment {
    /** The lock on the names is held. */
    LOCKED,
    /** The intent stands in the ledger. */
    BEGUN,
    /** The new database is there, perhaps empty. */
    CREATED,
    /** The backup is in it. */
    RESTORED,
    /** It is as the backup tells, and the ledger knows it. */
    COMPARED,
    /** The ledger is in it too. */
    CARRIED,
    /** The live database takes no new sessions, and ours is the last in it. */
    KEPT_OUT,
    /** The live database has another name, for the swap's own transaction alone. */
    OLD_RENAMED,
    /** And the new one has its name. */
    NEW_RENAMED,
    /** Everybody sees that. */
    SWAPPED
  }
}
