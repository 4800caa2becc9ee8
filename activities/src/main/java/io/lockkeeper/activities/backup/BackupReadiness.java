package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.settings.TargetSettings.BackupCommands;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.change.BackupRule.How;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether backups of a target would succeed: client tools, rights, room, commands. Reads only, so
 * that it is known before anything is done; each finding says what mends it.
 */
public final class BackupReadiness {
  private final Target target;
  private final Optional<BackupSettings> settings;

  /**
   * Something about backups of a target.
   *
   * @param stops whether a backup would fail; else it is a warning
   * @param sentence what was found, and what mends it
   */
  public record Finding(boolean stops, String sentence) {}

  public BackupReadiness(Target target) {
    this.target = target;
    this.settings = target.settings().backup();
  }

  /**
   * What stands in the way of it, and what is worth knowing; empty where all is well.
   *
   * @param how what is wanted of the backup
   */
  public List<Finding> look(How how) throws SQLException {
    if (how == How.NONE) {
      return List.of();
    }
    if (settings.isEmpty()) {
      return List.of(
          stops(
              "the worker's file names no way of backup for "
                  + target.title()
                  + ": add backup to the target and restart the worker"));
    }
    List<Finding> findings = new ArrayList<>(directory(settings.get().directory(), how));
    boolean restores = how != How.TAKEN;
    switch (settings.get().kind()) {
      case PG_DUMP -> {
        findings.addAll(target.read(c -> tools(c)));
        if (how != How.LATEST) {
          findings.addAll(target.read(c -> new BackupRights(c).toRead()));
          room().ifPresent(findings::add);
        }
        if (restores) {
          findings.addAll(target.read(c -> new BackupRights(c).toRestore()));
        }
      }
      case TEMPLATE -> findings.addAll(target.read(c -> new BackupRights(c).toCopy()));
      case COMMAND -> findings.addAll(commands(settings.get().commands().orElseThrow(), restores));
    }
    return findings;
  }

  /** What stands in the way of bringing a backup back beside; empty where all is well. */
  public List<Finding> lookBack() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    boolean without =
        settings.flatMap(BackupSettings::commands).filter(c -> c.restore().isEmpty()).isPresent();
    if (without) {
      findings.add(
          stops(
              "the worker's file has no command to restore a backup with: add restore under"
                  + " backup"));
    }
    RestoreRights.missing(target).forEach(missing -> findings.add(stops(missing.text())));
    return findings;
  }

  static Finding stops(String sentence) {
    return new Finding(true, sentence);
  }

  static Finding warns(String sentence) {
    return new Finding(false, sentence);
  }

  private static List<Finding> directory(Path directory, How how) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      return List.of(
          stops("the directory " + directory + " cannot be made: give the worker's user one"));
    }
    if (how == How.LATEST ? Files.isReadable(directory) : Files.isWritable(directory)) {
      return List.of();
    }
    return List.of(
        stops(
            "the worker may not write into "
                + directory
                + ": chown it to the worker's user, with mode 0700"));
  }

  private static List<Finding> tools(Connection connection) throws SQLException {
    ClientVersion server =
        ClientVersion.ofServer(
            Integer.parseInt(
                Statements.one(connection, "SELECT current_setting('server_version_num')")));
    return Stream.of("pg_dump", "pg_restore")
        .flatMap(tool -> tool(tool, ClientVersion.of(tool), server).stream())
        .toList();
  }

  /** One of the client tools, beside the server. */
  static Optional<Finding> tool(
      String tool, Optional<ClientVersion> installed, ClientVersion server) {
    if (installed.isEmpty()) {
      return Optional.of(
          stops(
              tool
                  + " is not on the worker's PATH: install PostgreSQL's client tools of version "
                  + server.major()
                  + " or newer"));
    }
    ClientVersion version = installed.get();
    if (!version.dumps(server)) {
      return Optional.of(
          stops(
              tool
                  + " "
                  + version.text()
                  + " cannot back up a server of version "
                  + server.text()
                  + ": install client tools of version "
                  + server.major()
                  + " or newer"));
    }
    return version.lacksFixesOf(server)
        ? Optional.of(
            warns(
                tool
                    + " "
                    + version.text()
                    + " lacks fixes that the server has since "
                    + server.text()
                    + ": upgrade the client tools to "
                    + server.text()))
        : Optional.empty();
  }

  private Optional<Finding> room() throws SQLException {
    Path directory = settings.orElseThrow().directory();
    try {
      TargetLedger ledger = new TargetLedger(target);
      BackupGate gate = BackupGate.of(target);
      Optional<Manifest> last =
          new BackupStore(directory)
              .manifests().stream()
                  .filter(gate::isOfThisDatabase)
                  .filter(manifest -> manifest.how().equals(DumpWay.HOW))
                  .max(Comparator.comparing(Manifest::takenAt));
      long needed = DumpCourse.expected(last, ledger.connected().databaseSize());
      long free = Files.getFileStore(directory).getUsableSpace();
      return room(directory, needed, free);
    } catch (IOException e) {
      // Said already: the directory cannot be used.
      return Optional.empty();
    }
  }

  /** The place for it, beside what it is thought to need. */
  static Optional<Finding> room(Path directory, long needed, long free) {
    return needed <= free
        ? Optional.empty()
        : Optional.of(
            stops(
                "a backup needs about "
                    + needed / 1_000_000
                    + " MB, and "
                    + directory
                    + " has "
                    + free / 1_000_000
                    + " MB free: make room there"));
  }

  private static List<Finding> commands(BackupCommands commands, boolean verifies) {
    List<Finding> findings = new ArrayList<>();
    if (verifies && commands.verify().isEmpty()) {
      findings.add(
          stops(
              "the worker's file has no command to verify a backup with: add verify under backup"));
    }
    Stream.of(commands.take(), commands.verify())
        .filter(command -> !command.isEmpty())
        .map(command -> command.get(0))
        .distinct()
        .filter(program -> !isThere(program))
        .forEach(
            program ->
                findings.add(
                    stops(program + " is not a program that the worker can start: install it")));
    return findings;
  }

  private static boolean isThere(String program) {
    if (program.contains("/")) {
      return Files.isExecutable(Path.of(program));
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
