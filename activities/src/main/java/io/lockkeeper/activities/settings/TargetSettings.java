package io.lockkeeper.activities.settings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A database that changes are applied to.
 *
 * @param url JDBC
 * @param password where to find it; never the password itself
 * @param backup how backups of it are made; absent for none
 */
public record TargetSettings(
    String name, String url, String user, SecretRef password, Optional<BackupSettings> backup) {

  /**
   * How backups are made.
   *
   * @param directory where files and manifests are kept
   * @param schedule name of the regular backups, for people; may be empty
   */
  public record BackupSettings(Kind kind, Path directory, String schedule) {}

  /** Ways of making a backup. */
  public enum Kind {
    /** Custom format, by a client at least as new as the server. */
    PG_DUMP,
    /** A copy on the same server; sandboxes only, because sessions are kept out meanwhile. */
    TEMPLATE
  }
}
