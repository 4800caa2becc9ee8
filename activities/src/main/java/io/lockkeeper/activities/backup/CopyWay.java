package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Literal;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A copy by the server itself. It needs the database without other sessions at its start and keeps
 * new ones out until it has ended, so nothing has to be put back, whatever happens.
 */
final class CopyWay implements Way {
  static final String HOW = "template";
  private static final int TRIES = 30;

  /** A name of PostgreSQL's, in bytes. */
  private static final int LONGEST = 63;

  private static final int HASH = 12;

  private final Target target;
  private final Running running;

  CopyWay(Target target, Running running) {
    this.target = target;
    this.running = running;
  }

  @Override
  public String how() {
    return HOW;
  }

  /** Its moment lies between two counts: tables that changed between them are not compared. */
  @Override
  public Manifest take(Connection connection, Wanted wanted) throws SQLException {
    long began = System.nanoTime();
    String name = name(wanted.id());
    String lsn = Statements.one(connection, "SELECT pg_current_wal_lsn()");
    SortedMap<String, Long> before = RowCounts.of(connection);
    running.beat("copies " + wanted.database() + " to " + name);
    Statements.dropDatabase(connection, name);
    create(connection, name, wanted.database());
    String quoted = Literal.of(name);
    return new Manifest(
        wanted.id(),
        wanted.promotion(),
        wanted.environment(),
        target.settings().name(),
        wanted.identity(),
        HOW,
        name,
        Long.parseLong(Statements.one(connection, "SELECT pg_database_size(" + quoted + ")")),
        Optional.empty(),
        lsn,
        wanted.now(),
        (System.nanoTime() - began) / 1e9,
        RowCounts.quiet(before, RowCounts.of(connection)),
        Optional.empty(),
        Map.of(),
        wanted.databaseSize(),
        Optional.empty(),
        Optional.empty(),
        Statements.oid(connection, name),
        Optional.empty());
  }

  /** {@code lk_dev_backup_2026_11_21}. */
  static String name(String id) {
    String name = "lk_" + id.replace('-', '_');
    return name.length() <= LONGEST
        ? name
        : name.substring(0, LONGEST - HASH - 1) + "_" + Sha256.hex(id).substring(0, HASH);
  }

  private void create(Connection connection, String name, String database) throws SQLException {
    for (int tries = 1; ; tries++) {
      Statements.execute(
          connection,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
      try {
        Statements.execute(
            connection,
            "CREATE DATABASE "
                + QualifiedName.quote(name)
                + " TEMPLATE "
                + QualifiedName.quote(database));
        target.forgetSessions();
        return;
      } catch (SQLException e) {
        // 55006 object_in_use: somebody came back between the two statements.
        if (!SqlFailures.state(e).equals("55006") || tries == TRIES) {
          throw e;
        }
        running.beat("keeps sessions out for the copy, try " + (tries + 1));
      }
    }
  }

  @Override
  public String damage(Connection connection, Manifest manifest) throws SQLException {
    Optional<Long> found = Statements.oid(connection, manifest.file());
    if (found.isEmpty()) {
      return "the copy " + ClientTool.plain(manifest.file()) + " is not there";
    }
    return found.equals(manifest.copyOid())
        ? ""
        : "the database " + manifest.file() + " is not the copy that was made";
  }

  @Override
  public Compared verify(Connection connection, Manifest manifest) throws SQLException {
    try (Connection copy = target.dedicated(Target.OURS + "backup counts", manifest.file())) {
      return new Compared(
          RowCounts.missing(manifest.rows(), RowCounts.of(copy)), manifest.rows().size());
    }
  }
}
