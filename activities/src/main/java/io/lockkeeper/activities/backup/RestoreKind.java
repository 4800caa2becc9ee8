package io.lockkeeper.activities.backup;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** A way of backup, as far as a backup is brought back. One for each kind of the worker's file. */
interface RestoreKind {

  /**
   * What of it is gone, for people; nothing where it is there, as far as that can be told without
   * reading it. Changes nothing.
   */
  Optional<String> gone(Manifest manifest) throws SQLException;

  /**
   * Makes the new database and fills it. Never called twice for one database: what a call leaves
   * that does not end is dropped before the next.
   *
   * @param beside not there yet
   */
  void restore(Manifest manifest, NewDatabase beside) throws IOException, SQLException;

  /** Whether what it makes has statistics; the first plans would be made without. */
  boolean bringsStatistics();
}
