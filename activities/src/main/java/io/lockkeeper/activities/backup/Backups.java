package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetLedger.Connected;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.QualifiedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes and verifies backups of one target. A backup counts once its manifest is there; a verified
 * one has been read in full, restored into a scratch database, and has the rows of its own
 * snapshot.
 */
public final class Backups {
  private static final int DROPS_BY_FORCE_SINCE = 13;
  private static final int COPY_TRIES = 30;

  private final Target target;
  private final String environment;
  private final BackupSettings settings;
  private final BackupStore store;
  private final Running running;

  /**
   * @param running told what is done, and asked whether it is still wanted
   * @throws LockkeeperException where the target's backups are not configured, or their directory
   *     cannot be used
   */
  public Backups(Target target, String environment, Running running) {
    this.target = target;
    this.environment = environment;
    this.running = running;
    this.settings =
        target
            .settings()
            .backup()
            .orElseThrow(() -> problem("the worker's file names no way of backup for it", null));
    try {
      this.store = new BackupStore(settings.directory());
    } catch (IOException e) {
      throw problem("the directory " + settings.directory() + " cannot be used", e);
    }
  }

  /** The newest complete backup of this database. */
  public Optional<Manifest> newest() {
    try {
      return store.newest(new TargetLedger(target).identity());
    } catch (IOException | SQLException e) {
      throw problem("its backups cannot be listed", e);
    }
  }

  /** How old the newest is, on the target's clock. */
  public Optional<Duration> newestAge() {
    try {
      Instant now = new TargetLedger(target).now();
      return newest().map(manifest -> Duration.between(manifest.takenAt(), now));
    } catch (SQLException e) {
      throw problem("its clock cannot be read", e);
    }
  }

  /** The name of the regular backups; empty where the worker's file has none. */
  public String schedule() {
    return settings.schedule();
  }

  /**
   * Takes a backup for a promotion under its fence, or finds the one that it took before.
   *
   * @param verified whether it is restored beside and compared too
   */
  public Manifest take(Work work, boolean verified) {
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      TargetIdentity identity = new TargetLedger(target).identity();
      Optional<Manifest> before = store.of(work.promotion(), identity);
      Manifest manifest =
          before.isPresent() ? before.get() : take(fence.connection(), work.promotion(), identity);
      return verified && manifest.verifiedAt().isEmpty()
          ? verify(fence.connection(), manifest)
          : manifest;
    } catch (IOException | SQLException e) {
      throw problem(e instanceof SQLException sql ? SqlFailures.text(sql) : e.toString(), e);
    }
  }

  /** Takes one by itself, for nobody's promotion: what a regular schedule does. */
  public Manifest takeFirst() {
    try (Connection connection = target.dedicated(Target.OURS + "first backup")) {
      return take(connection, "", new TargetLedger(target).identity());
    } catch (IOException | SQLException e) {
      throw problem(e instanceof SQLException sql ? SqlFailures.text(sql) : e.toString(), e);
    }
  }

  private Manifest take(Connection connection, String promotion, TargetIdentity identity)
      throws IOException, SQLException {
    Connected connected = new TargetLedger(target).connected();
    Instant now = new TargetLedger(target).now();
    String id = store.freeId(environment, now.atZone(ZoneOffset.UTC).toLocalDate());
    boolean dumps =
        settings.kind() == Kind.PG_DUMP
            && ClientTool.majorVersion("pg_dump")
                .filter(version -> version >= (int) connected.number())
                .isPresent();
    if (settings.kind() == Kind.PG_DUMP && !dumps) {
      throw problem(
          "pg_dump "
              + ClientTool.majorVersion("pg_dump").map(String::valueOf).orElse("is not installed")
              + " cannot back up a server of version "
              + (int) connected.number(),
          null);
    }
    Manifest manifest =
        dumps
            ? dump(id, promotion, identity, now, connected.database())
            : copy(connection, id, promotion, identity, now, connected.database());
    store.write(manifest);
    return manifest;
  }

  /** The dump and the counts share one exported snapshot, so that they can be compared exactly. */
  private Manifest dump(
      String id, String promotion, TargetIdentity identity, Instant now, String database)
      throws IOException, SQLException {
    long began = System.nanoTime();
    Path part = store.file(id + "." + ProcessHandle.current().pid() + ".part");
    try (Connection snapshot = target.dedicated(Target.OURS + "backup snapshot")) {
      snapshot.setAutoCommit(false);
      execute(snapshot, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      String exported = one(snapshot, "SELECT pg_export_snapshot()");
      String lsn = one(snapshot, "SELECT pg_current_wal_lsn()");
      running.beat("dumps " + database);
      new ClientTool(target, running)
          .run(
              List.of(
                  "pg_dump",
                  "--format=custom",
                  "--compress=1",
                  "--no-password",
                  "--snapshot=" + exported,
                  "--file=" + part),
              database,
              "dumps " + database);
      SortedMap<String, Long> rows = RowCounts.of(snapshot);
      snapshot.rollback();
      String file = id + ".dump";
      store.complete(part, file);
      Path whole = store.file(file);
      return new Manifest(
          id,
          promotion,
          environment,
          target.settings().name(),
          identity,
          "pg_dump",
          file,
          Files.size(whole),
          Optional.of(BackupStore.sha256(whole)),
          lsn,
          now,
          (System.nanoTime() - began) / 1e9,
          rows,
          Optional.empty());
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * A copy by the server itself. It needs the database without other sessions at its start and
   * keeps new ones out until it has ended, so nothing has to be put back.
   */
  private Manifest copy(
      Connection connection,
      String id,
      String promotion,
      TargetIdentity identity,
      Instant now,
      String database)
      throws SQLException {
    long began = System.nanoTime();
    String name = "lk_" + id.replace('-', '_');
    String lsn = one(connection, "SELECT pg_current_wal_lsn()");
    SortedMap<String, Long> rows = RowCounts.of(connection);
    running.beat("copies " + database + " to " + name);
    dropDatabase(connection, name);
    createCopy(connection, name, database);
    long size = Long.parseLong(one(connection, "SELECT pg_database_size('" + name + "')"));
    return new Manifest(
        id,
        promotion,
        environment,
        target.settings().name(),
        identity,
        "template",
        name,
        size,
        Optional.empty(),
        lsn,
        now,
        (System.nanoTime() - began) / 1e9,
        rows,
        Optional.empty());
  }

  private void createCopy(Connection connection, String name, String database) throws SQLException {
    for (int tries = 1; ; tries++) {
      execute(
          connection,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
      try {
        execute(
            connection,
            "CREATE DATABASE "
                + QualifiedName.quote(name)
                + " TEMPLATE "
                + QualifiedName.quote(database));
        target.forgetSessions();
        return;
      } catch (SQLException e) {
        // 55006 object_in_use: somebody came back between the two statements.
        if (!SqlFailures.state(e).equals("55006") || tries == COPY_TRIES) {
          throw e;
        }
        running.beat("keeps sessions out for the copy, try " + (tries + 1));
      }
    }
  }

  private Manifest verify(Connection connection, Manifest manifest)
      throws IOException, SQLException {
    running.beat("verifies " + manifest.id());
    Map<String, Long> found =
        manifest.how().equals("pg_dump")
            ? restored(connection, manifest)
            : counted(manifest.file());
    String difference = RowCounts.difference(manifest.rows(), found);
    if (!difference.isEmpty()) {
      throw problem("the backup " + manifest.id() + " is not whole: " + difference, null);
    }
    Manifest verified = manifest.verified(new TargetLedger(target).now());
    store.write(verified);
    return verified;
  }

  private Map<String, Long> restored(Connection connection, Manifest manifest)
      throws IOException, SQLException {
    Path file = store.file(manifest.file());
    if (!manifest.sha256().equals(Optional.of(BackupStore.sha256(file)))) {
      throw problem("the file of " + manifest.id() + " is not the one that was written", null);
    }
    ClientTool tool = new ClientTool(target, running);
    String database = new TargetLedger(target).connected().database();
    // Reads every byte: a listing alone accepts a file that was cut off.
    tool.run(
        List.of("pg_restore", "--file=/dev/null", file.toString()),
        database,
        "reads " + manifest.id());
    String scratch = "lk_scratch_" + Sha256.hex(manifest.id()).substring(0, 12);
    dropDatabase(connection, scratch);
    createScratch(connection, scratch);
    try {
      tool.run(
          List.of(
              "pg_restore",
              "--no-password",
              "--exit-on-error",
              "--no-owner",
              "--no-privileges",
              "--jobs=2",
              "--dbname=" + scratch,
              file.toString()),
          scratch,
          "restores " + manifest.id() + " into a scratch database");
      return counted(scratch);
    } finally {
      dropDatabase(connection, scratch);
    }
  }

  private void createScratch(Connection connection, String scratch) throws SQLException {
    try {
      execute(
          connection, "CREATE DATABASE " + QualifiedName.quote(scratch) + " TEMPLATE template0");
    } catch (SQLException e) {
      // 42501 insufficient_privilege
      if (SqlFailures.state(e).equals("42501")) {
        throw problem(
            "the role may not create the scratch database for the restore: ALTER ROLE "
                + target.settings().user()
                + " CREATEDB",
            e);
      }
      throw e;
    }
  }

  private Map<String, Long> counted(String database) throws SQLException {
    try (Connection copy = target.dedicated(Target.OURS + "backup counts", database)) {
      return RowCounts.of(copy);
    }
  }

  private static void dropDatabase(Connection connection, String name) throws SQLException {
    boolean forces = connection.getMetaData().getDatabaseMajorVersion() >= DROPS_BY_FORCE_SINCE;
    execute(
        connection,
        "DROP DATABASE IF EXISTS " + QualifiedName.quote(name) + (forces ? " WITH (FORCE)" : ""));
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private LockkeeperException problem(String found, @Nullable Exception cause) {
    return new LockkeeperException(
        FailureCode.BACKUP_FAILED,
        "backing up " + target.title(),
        found,
        "there is no new backup, and nothing was changed",
        "Mend the cause, then retry the step",
        cause);
  }
}
