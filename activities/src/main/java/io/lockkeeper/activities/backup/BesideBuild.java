package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.backup.Moments.Moment;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the database beside, and looks whether it is what the backup says. */
record BesideBuild(Target target, Running running, Moments moments) {
  private static final Logger LOG = LoggerFactory.getLogger(BesideBuild.class);

  /** What hangs on the database itself and is in no backup: it is carried from the live one. */
  private static final String OF_THE_DATABASE = "[+-] (database owner|setting of) .*";

  /** A dump leaves out an index that a build left half-way. */
  private static final String INVALID_INDEX = "(?s)- index .* valid false/.*";

  /**
   * Makes it anew, in place of what an earlier attempt left.
   *
   * @param baseline the promotion whose schema it should have
   * @throws LockkeeperException {@code RESTORE_FAILED} where it differs; it is dropped again then
   */
  void build(Fence fence, RestoreKind kind, Manifest manifest, DatabaseNames names, String baseline)
      throws IOException, SQLException {
    Statements.dropDatabase(fence.connection(), names.beside());
    NewDatabase beside =
        new NewDatabase(
            fence.connection(), names.live(), names.beside(), () -> moments.at(Moment.CREATED));
    try {
      running.beat("restores " + manifest.id() + " as " + names.beside());
      kind.restore(manifest, beside);
      if (!kind.bringsStatistics()) {
        analyze(names.beside());
      }
      moments.at(Moment.RESTORED);
      compare(manifest, names.beside(), baseline);
      beside.carrySettings();
    } catch (LockkeeperException e) {
      dropQuietly(fence, names.beside());
      throw e.code() == FailureCode.RESTORE_FAILED ? e : RestoreFailures.before(target, e.text());
    } catch (SQLException e) {
      if (!SqlFailures.isConnection(e)) {
        dropQuietly(fence, names.beside());
      }
      throw e;
    } catch (IOException e) {
      dropQuietly(fence, names.beside());
      throw e;
    }
  }

  private void analyze(String database) throws SQLException {
    running.beat("analyzes " + database);
    try (Connection connection = target.dedicated(Target.OURS + "restore", database)) {
      Statements.execute(connection, "ANALYZE");
    }
  }

  private void compare(Manifest manifest, String database, String baseline) throws SQLException {
    running.beat("compares " + database + " with " + manifest.id());
    Map<String, Long> rows;
    Fingerprint now;
    try (Connection connection = target.dedicated(Target.OURS + "restore", database)) {
      rows = RowCounts.of(connection);
      now = Fingerprint.of(connection);
    }
    // Of a copy and a command only those tables are known whose rows nobody changed meanwhile.
    String difference =
        manifest.how().equals(DumpWay.HOW)
            ? RowCounts.difference(manifest.rows(), rows)
            : RowCounts.missing(manifest.rows(), rows);
    if (!difference.isEmpty()) {
      throw RestoreFailures.before(
          target, "the backup " + manifest.id() + " is not whole: " + difference);
    }
    List<String> differences =
        meant(baseline).map(now::allDifferences).orElse(List.of()).stream()
            .filter(line -> !line.matches(OF_THE_DATABASE) && !line.matches(INVALID_INDEX))
            .toList();
    if (!differences.isEmpty()) {
      throw RestoreFailures.before(
          target,
          "the schema of "
              + manifest.id()
              + " is not that of the baseline: "
              + String.join("; ", Fingerprint.told(differences)));
    }
  }

  /** The schema before a promotion began, where its ledger has it. */
  Optional<Fingerprint> meant(String promotion) throws SQLException {
    return new TargetLedger(target).fingerprintBefore(promotion);
  }

  private static void dropQuietly(Fence fence, String database) {
    try {
      Statements.dropDatabase(fence.connection(), database);
    } catch (SQLException e) {
      LOG.warn("{} stays and is dropped by the next attempt: {}", database, SqlFailures.text(e));
    }
  }
}
