package io.lockkeeper.activities.backup;

import io.lockkeeper.environment.TargetIdentity;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** A way of making backups: a kind of the worker's file. */
interface Way {

  /** As manifests say it: {@code pg_dump}, {@code template}, {@code command}. */
  String how();

  /**
   * A backup to be taken.
   *
   * @param id its name, which nobody else has
   * @param promotion for which it is; empty for none
   * @param now on the target's clock
   * @param expectedSize bytes, by the last one
   */
  record Wanted(
      String id,
      String promotion,
      String environment,
      TargetIdentity identity,
      String database,
      long databaseSize,
      Instant now,
      long expectedSize) {}

  /**
   * Takes one. What is not complete is removed again.
   *
   * @param connection to the database
   * @return without its digest
   */
  Manifest take(Connection connection, Wanted wanted) throws IOException, SQLException;

  /** Why what lies there is not what was written; empty where it is. Looks at every byte. */
  String damage(Connection connection, Manifest manifest) throws IOException, SQLException;

  /**
   * What was found by reading all of it and restoring it.
   *
   * @param difference for people; empty where the rows are those of the manifest
   * @param tables that were compared
   */
  record Compared(String difference, int tables) {}

  /**
   * Reads all of it, restores it beside, and compares. Leaves nothing.
   *
   * @param connection from which databases are made
   */
  Compared verify(Connection connection, Manifest manifest) throws IOException, SQLException;
}
