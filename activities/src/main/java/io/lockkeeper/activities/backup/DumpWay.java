package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * By pg_dump: a file in custom format, or a folder where several tables are dumped at once. It is
 * read and restored by pg_restore alone: psql would obey what stands in names.
 */
final class DumpWay implements Way {
  static final String HOW = "pg_dump";
  private static final int RESTORE_JOBS = 2;

  private final Target target;
  private final BackupStore store;
  private final ClientTool tool;
  private final Running running;
  private final int jobs;

  DumpWay(
      Target target, BackupStore store, BackupSettings settings, Running running, ClientTool tool) {
    this.target = target;
    this.store = store;
    this.tool = tool;
    this.running = running;
    this.jobs = settings.jobs();
  }

  @Override
  public String how() {
    return HOW;
  }

  /** The dump and the counts share one exported snapshot, so that they can be compared exactly. */
  @Override
  public Manifest take(Connection connection, Wanted wanted) throws IOException, SQLException {
    long began = System.nanoTime();
    Path part = store.file(wanted.id() + "." + ProcessHandle.current().pid() + BackupStore.PART);
    try (Connection snapshot = target.dedicated(Target.OURS + "backup snapshot")) {
      snapshot.setAutoCommit(false);
      Statements.execute(
          snapshot,
          "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0");
      Statements.execute(snapshot, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      String exported = Statements.one(snapshot, "SELECT pg_export_snapshot()");
      String lsn = Statements.one(snapshot, "SELECT pg_current_wal_lsn()");
      String doing = "dumps " + wanted.database();
      running.beat(doing);
      tool.run(
          command(exported, part),
          wanted.database(),
          doing,
          new DumpCourse(running, part, wanted.expectedSize()));
      running.countsNoMore();
      SortedMap<String, Long> rows = RowCounts.of(snapshot);
      snapshot.rollback();
      String file = wanted.id() + (jobs > 1 ? ".dir" : ".dump");
      store.complete(part, file);
      return manifest(wanted, file, lsn, rows, began);
    } finally {
      running.countsNoMore();
      BackupStore.delete(part);
    }
  }

  private List<String> command(String snapshot, Path part) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "pg_dump",
                "--compress=1",
                "--no-password",
                "--snapshot=" + snapshot,
                "--file=" + part));
    command.addAll(
        jobs > 1 ? List.of("--format=directory", "--jobs=" + jobs) : List.of("--format=custom"));
    return command;
  }

  private Manifest manifest(
      Wanted wanted, String file, String lsn, SortedMap<String, Long> rows, long began)
      throws IOException {
    Path whole = store.file(file);
    SortedMap<String, String> files =
        Files.isDirectory(whole) ? BackupStore.hashes(whole) : new TreeMap<>();
    return new Manifest(
        wanted.id(),
        wanted.promotion(),
        wanted.environment(),
        target.settings().name(),
        wanted.identity(),
        HOW,
        file,
        BackupStore.size(whole),
        Optional.of(files.isEmpty() ? BackupStore.sha256(whole) : BackupStore.sha256(files)),
        lsn,
        wanted.now(),
        (System.nanoTime() - began) / 1e9,
        rows,
        Optional.empty(),
        files,
        wanted.databaseSize(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public String damage(Connection connection, Manifest manifest) throws IOException {
    String name = manifest.file();
    if (!name.startsWith(manifest.id() + ".")
        || name.endsWith(BackupStore.PART)
        || name.contains("/")) {
      return "\"" + ClientTool.plain(name) + "\" is not the name of a whole backup";
    }
    Path file = store.file(name);
    boolean folder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    if (!folder && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return name + " is not there";
    }
    running.beat("computes the SHA-256 of " + name);
    if (folder != !manifest.files().isEmpty() || BackupStore.size(file) != manifest.size()) {
      return name
          + " has "
          + BackupStore.size(file)
          + " bytes, and "
          + manifest.size()
          + " were written";
    }
    String hash = folder ? folderHash(file, manifest.files()) : BackupStore.sha256(file);
    return manifest.sha256().equals(Optional.of(hash))
        ? ""
        : "the file of " + manifest.id() + " is not the one that was written";
  }

  /** Of the files as they are; of nothing where one of them is not as its own hash says. */
  private static String folderHash(Path folder, Map<String, String> meant) throws IOException {
    SortedMap<String, String> found = BackupStore.hashes(folder);
    return found.equals(meant) ? BackupStore.sha256(found) : "";
  }

  @Override
  public Compared verify(Connection connection, Manifest manifest)
      throws IOException, SQLException {
    read(connection, manifest);
    return restored(connection, manifest);
  }

  /** Reads every byte: a listing alone accepts a file that was cut off. */
  void read(Connection connection, Manifest manifest) throws IOException, SQLException {
    tool.run(
        List.of("pg_restore", "--file=/dev/null", store.file(manifest.file()).toString()),
        Statements.one(connection, "SELECT current_database()"),
        "reads " + manifest.id());
  }

  Compared restored(Connection connection, Manifest manifest) throws IOException, SQLException {
    try (Scratch scratch = Scratch.make(target, connection, running, manifest)) {
      restoreInto(
          scratch.name(),
          manifest,
          "restores " + manifest.id() + " into a scratch database",
          List.of(
              "--no-owner",
              "--no-privileges",
              "--no-publications",
              "--no-subscriptions",
              "--no-tablespaces"));
      running.beat("counts the rows of " + manifest.id());
      return new Compared(
          RowCounts.difference(manifest.rows(), scratch.rows()), manifest.rows().size());
    }
  }

  /**
   * Fills an empty database, several tables at once.
   *
   * @param options of pg_restore, besides those that every restore has
   */
  void restoreInto(String database, Manifest manifest, String doing, List<String> options)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("pg_restore", "--no-password", "--exit-on-error", "--verbose"));
    command.addAll(options);
    command.addAll(
        List.of(
            "--jobs=" + Math.max(RESTORE_JOBS, jobs),
            "--dbname=" + database,
            store.file(manifest.file()).toString()));
    try {
      tool.run(command, database, doing, new RestoreCourse(running, manifest.rows().size()));
    } finally {
      running.countsNoMore();
    }
  }
}
