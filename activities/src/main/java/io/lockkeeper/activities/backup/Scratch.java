package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** An empty database of its own for a trial restore, dropped at the end whatever happens. */
final class Scratch implements AutoCloseable {
  private static final String PREFIX = "lk_scratch_";
  private static final int HASH = 12;

  private final Target target;
  private final Connection connection;
  private final Running running;
  private final String name;

  private Scratch(Target target, Connection connection, Running running, String name) {
    this.target = target;
    this.connection = connection;
    this.running = running;
    this.name = name;
  }

  /** Made as the database of the connection is; what a lost attempt left of that database goes. */
  static Scratch make(Target target, Connection connection, Running running, Manifest manifest)
      throws SQLException {
    String ours = PREFIX + hash(manifest.identity().text()) + "_";
    for (String left :
        Statements.list(
            connection,
            "SELECT datname FROM pg_database WHERE starts_with(datname, '" + ours + "')")) {
      Statements.dropUnused(connection, left);
    }
    String name = ours + hash(manifest.id());
    Statements.dropDatabase(connection, name);
    create(target, connection, name);
    return new Scratch(target, connection, running, name);
  }

  String name() {
    return name;
  }

  Map<String, Long> rows() throws SQLException {
    try (Connection copy = target.dedicated(Target.OURS + "backup counts", name)) {
      return RowCounts.of(copy);
    }
  }

  @Override
  public void close() throws SQLException {
    running.cleaning(true);
    try {
      Statements.dropDatabase(connection, name);
    } finally {
      running.cleaning(false);
    }
  }

  private static String hash(String text) {
    return Sha256.hex(text).substring(0, HASH);
  }

  private static void create(Target target, Connection connection, String name)
      throws SQLException {
    String like =
        NewDatabase.empty(connection, Statements.one(connection, "SELECT current_database()"));
    try {
      Statements.execute(connection, "CREATE DATABASE " + QualifiedName.quote(name) + " " + like);
    } catch (SQLException e) {
      // 42501 insufficient_privilege
      if (SqlFailures.state(e).equals("42501")) {
        throw new LockkeeperException(
            FailureCode.BACKUP_FAILED,
            "backing up " + target.title(),
            "the role may not create the scratch database for the restore",
            "there is no verified backup, and nothing was changed",
            "ALTER ROLE "
                + QualifiedName.quote(target.settings().user())
                + " CREATEDB, then retry the step",
            e);
      }
      throw e;
    }
  }
}
