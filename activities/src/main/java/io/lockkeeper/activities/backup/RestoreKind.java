package io.lockkeeper.activities.backup;

import java.io.IOException;
import java.sql.SQLException;

/** A way of backup, as far as a backup is brought back. One for each kind of the worker's file. */
interface RestoreKind {

  /**
   * Whether all of it is there, as it was when it was verified. Changes nothing.
   *
   * @throws io.lockkeeper.failure.LockkeeperException {@code RESTORE_FAILED} where it is not
   */
  void refuseDamaged(Manifest manifest) throws IOException, SQLException;

  /**
   * Makes the new database and fills it. Never called twice for one database: what a call leaves
   * that does not end is dropped before the next.
   *
   * @param beside not there yet
   */
  void restore(Manifest manifest, NewDatabase beside) throws IOException, SQLException;
}
