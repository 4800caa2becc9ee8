package io.lockkeeper.environment;

/**
 * Tells one database from every other, also from one of the same name on another server.
 *
 * @param systemIdentifier of the cluster (pg_control_system), as text because it has 64 bits
 * @param databaseOid of the database (pg_database)
 */
public record TargetIdentity(String systemIdentifier, long databaseOid) {

  /** For people. */
  public String text() {
    return systemIdentifier + "/" + databaseOid;
  }
}
