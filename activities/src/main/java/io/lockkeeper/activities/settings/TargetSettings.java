package io.lockkeeper.activities.settings;

import java.nio.file.Path;
import java.util.List;
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
   * @param jobs how many tables are dumped and restored at once; more than one makes a folder
   * @param commands for {@link Kind#COMMAND} alone
   */
  public record BackupSettings(
      Kind kind, Path directory, String schedule, int jobs, Optional<BackupCommands> commands) {
    public BackupSettings {
      if (jobs < 1 || commands.isPresent() != (kind == Kind.COMMAND)) {
        throw new IllegalArgumentException("jobs " + jobs + ", commands for " + kind);
      }
    }

    /** One table after the other, without commands. */
    public BackupSettings(Kind kind, Path directory, String schedule) {
      this(kind, directory, schedule, 1, Optional.empty());
    }
  }

  /**
   * Commands of somebody else's backup tool, as lists of arguments; {@code $name} in an argument is
   * a variable. None goes through a shell.
   *
   * @param verify empty where there is none, as the two below
   * @param restore into a database beside
   * @param find tells the newest that the tool has
   */
  public record BackupCommands(
      List<String> take, List<String> verify, List<String> restore, List<String> find) {
    public BackupCommands {
      take = List.copyOf(take);
      verify = List.copyOf(verify);
      restore = List.copyOf(restore);
      find = List.copyOf(find);
      if (take.isEmpty()) {
        throw new IllegalArgumentException("a backup that nothing takes");
      }
    }
  }

  /** Ways of making a backup. */
  public enum Kind {
    /** Custom format, or a folder where in parallel; by a client at least as new as the server. */
    PG_DUMP,
    /** A copy on the same server; sandboxes only, because sessions are kept out meanwhile. */
    TEMPLATE,
    /** By commands of the worker's file: pgBackRest, WAL-G, a snapshot of the cloud. */
    COMMAND
  }
}
