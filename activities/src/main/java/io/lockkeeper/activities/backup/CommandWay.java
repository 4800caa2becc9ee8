package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings.BackupCommands;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * By somebody else's tool: its commands take, verify, find and restore. What it says is held
 * against what was written down when it took the backup: id, size, server, rows of tables.
 */
final class CommandWay implements Way {
  static final String HOW = "command";
  private static final Pattern VARIABLE = Pattern.compile("\\$([a-z]+)");

  private final Target target;
  private final String environment;
  private final BackupCommands commands;
  private final ClientTool tool;
  private final Running running;

  CommandWay(
      Target target,
      String environment,
      BackupCommands commands,
      Running running,
      ClientTool tool) {
    this.target = target;
    this.environment = environment;
    this.commands = commands;
    this.tool = tool;
    this.running = running;
  }

  @Override
  public String how() {
    return HOW;
  }

  /** Its moment lies between two counts: tables that changed between them are not compared. */
  @Override
  public Manifest take(Connection connection, Wanted wanted) throws IOException, SQLException {
    long began = System.nanoTime();
    String lsn = Statements.one(connection, "SELECT pg_current_wal_lsn()");
    SortedMap<String, Long> before = RowCounts.of(connection);
    String doing = "takes a backup of " + wanted.database();
    running.beat(doing);
    CommandAnswer.Told told =
        backup(
            tool.run(
                filled(commands.take(), wanted.database(), wanted.id()), wanted.database(), doing),
            doing);
    return manifest(
        wanted,
        told,
        lsn,
        RowCounts.quiet(before, RowCounts.of(connection)),
        (System.nanoTime() - began) / 1e9);
  }

  private Manifest manifest(
      Wanted wanted, CommandAnswer.Told told, String lsn, Map<String, Long> rows, double seconds) {
    return new Manifest(
        wanted.id(),
        wanted.promotion(),
        wanted.environment(),
        target.settings().name(),
        wanted.identity(),
        HOW,
        told.id(),
        told.size().orElse(0L),
        Optional.empty(),
        lsn,
        wanted.now(),
        seconds,
        rows,
        Optional.empty(),
        Map.of(),
        wanted.databaseSize(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Where its bytes are is the tool's own matter: verifying is what looks at them. */
  @Override
  public String damage(Connection connection, Manifest manifest) {
    return "";
  }

  @Override
  public Compared verify(Connection connection, Manifest manifest)
      throws IOException, SQLException {
    if (commands.verify().isEmpty()) {
      throw problem("the worker's file has no command to verify it with");
    }
    String database = Statements.one(connection, "SELECT current_database()");
    String output =
        tool.run(
            filled(commands.verify(), database, manifest.file()),
            database,
            "verifies " + manifest.id());
    CommandAnswer answer = CommandAnswer.parse(output);
    if (answer.tellsOfBackup()) {
      String other = difference(manifest, backup(output, "verifies " + manifest.id()));
      if (!other.isEmpty()) {
        return new Compared(other, 0);
      }
    }
    Map<String, Long> found = answer.rows();
    return found.isEmpty()
        ? new Compared("", 0)
        : new Compared(RowCounts.missing(manifest.rows(), found), manifest.rows().size());
  }

  /** The newest that the tool has, as a manifest without rows; nothing where it finds none. */
  Optional<Manifest> find(Wanted wanted) throws IOException {
    if (commands.find().isEmpty()) {
      return Optional.empty();
    }
    String doing = "looks for backups of " + wanted.database();
    String output =
        tool.run(filled(commands.find(), wanted.database(), ""), wanted.database(), doing);
    if (!CommandAnswer.parse(output).tellsOfBackup()) {
      return Optional.empty();
    }
    CommandAnswer.Told told = backup(output, doing);
    Wanted found =
        new Wanted(
            wanted.id(),
            "",
            environment,
            wanted.identity(),
            wanted.database(),
            0,
            taken(told, doing),
            0);
    String system = told.system().orElse("");
    if (!system.equals(wanted.identity().systemIdentifier())) {
      throw new ToolFailedException(
          doing,
          "the backup " + told.id() + " is of the system \"" + system + "\", and this is another");
    }
    return Optional.of(manifest(found, told, "0/0", new TreeMap<>(), 0));
  }

  /**
   * Restores one into a database beside, by the command.
   *
   * @param database empty; the command's argument {@code $database}
   */
  void restore(Manifest manifest, String database) throws IOException {
    if (commands.restore().isEmpty()) {
      throw problem("the worker's file has no command to restore it with");
    }
    tool.run(
        filled(commands.restore(), database, manifest.file()),
        database,
        "restores " + manifest.id() + " into " + database);
  }

  private static String difference(Manifest manifest, CommandAnswer.Told told) {
    if (!told.id().equals(manifest.file())) {
      return "it verified " + told.id() + " and not " + manifest.file();
    }
    if (told.size().filter(size -> manifest.size() > 0 && size != manifest.size()).isPresent()) {
      return "it has " + told.size().get() + " bytes, and " + manifest.size() + " were written";
    }
    TargetIdentity identity = manifest.identity();
    return told.system().filter(s -> !s.equals(identity.systemIdentifier())).isPresent()
        ? "it is of the system " + told.system().get()
        : "";
  }

  private CommandAnswer.Told backup(String output, String doing) throws ToolFailedException {
    try {
      return CommandAnswer.parse(output).backup();
    } catch (IllegalArgumentException e) {
      throw new ToolFailedException(doing, String.valueOf(e.getMessage()));
    }
  }

  private static Instant taken(CommandAnswer.Told told, String doing) throws ToolFailedException {
    try {
      return Instant.parse(told.taken().orElse(""));
    } catch (DateTimeParseException e) {
      throw new ToolFailedException(
          doing, "it did not say when the backup was taken, as taken=2026-11-21T02:00:00Z");
    }
  }

  /** An argument stays one argument, whatever a variable holds. */
  private List<String> filled(List<String> command, String database, String id) {
    Map<String, String> values =
        Map.of(
            "database", database,
            "id", id,
            "environment", environment,
            "target", target.settings().name(),
            "user", target.settings().user());
    return command.stream()
        .map(
            argument ->
                VARIABLE
                    .matcher(argument)
                    .replaceAll(
                        name ->
                            Matcher.quoteReplacement(
                                values.getOrDefault(name.group(1), name.group()))))
        .toList();
  }

  private LockkeeperException problem(String found) {
    return new LockkeeperException(
        FailureCode.CONFIGURATION,
        "backing up " + target.title() + " by commands",
        found,
        "nothing was done",
        "Add it to the worker's file under backup and restart the worker");
  }
}
