package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Succession;
import io.lockkeeper.activities.postgres.SwapFence;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.environment.TargetIdentity;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which backup is restored, and by which way of backup. */
record BackupChoice(Target target, BackupSettings settings, BackupStore store, Running running) {

  /**
   * The newest verified one of this database, or of one in whose place it stands.
   *
   * @param change whose backup it is; absent for that which the promotion took, or relies on since
   *     it was verified for it
   */
  Manifest find(String promotion, Optional<String> change) throws IOException, SQLException {
    List<TargetIdentity> line = Succession.line(target);
    List<Manifest> asked = new ArrayList<>();
    for (Manifest manifest : store.manifests()) {
      // What costs nothing first: many lie in a directory, and most are of other databases.
      if (line.contains(manifest.identity()) && isMeant(manifest, promotion, change)) {
        asked.add(manifest);
      }
    }
    Manifest newest =
        asked.stream()
            .max(Comparator.comparing(Manifest::takenAt))
            .orElseThrow(
                () ->
                    RestoreFailures.before(
                        target,
                        "there is no backup of "
                            + change.orElse(promotion)
                            + " for this database in "
                            + store.file("")));
    if (newest.verifiedAt().isEmpty()) {
      throw RestoreFailures.before(
          target, "the backup " + newest.id() + " was never restored and compared: not verified");
    }
    if (!BackupGate.isKnown(target, newest)) {
      throw RestoreFailures.before(
          target,
          "the ledger does not know the manifest of the backup "
              + newest.id()
              + ": somebody made it anew");
    }
    return newest;
  }

  private boolean isMeant(Manifest manifest, String promotion, Optional<String> change)
      throws SQLException {
    return change.isPresent()
        ? manifest.promotion().matches(change.get() + "-[0-9]+")
        : BackupGate.isReliedOn(target, promotion, manifest);
  }

  /**
   * Whether all of it is there, as it was when it was verified. Changes nothing.
   *
   * @throws io.lockkeeper.failure.LockkeeperException {@code RESTORE_FAILED} where it is not
   */
  void refuseDamaged(Manifest manifest, SwapFence server) throws IOException, SQLException {
    Optional<String> gone = kind(manifest, server).gone(manifest);
    String why =
        gone.isPresent() ? gone.get() : way(manifest).damage(server.connection(), manifest);
    if (!why.isEmpty()) {
      throw RestoreFailures.before(target, why);
    }
  }

  RestoreKind kind(Manifest manifest, SwapFence server) {
    Way way = way(manifest);
    if (way instanceof DumpWay dump) {
      return new DumpRestore(store, dump);
    }
    if (way instanceof CommandWay command) {
      return new CommandRestore(command);
    }
    if (way instanceof CopyWay) {
      return new TemplateRestore(server);
    }
    throw new IllegalStateException("no way back from a backup by " + way.how());
  }

  private Way way(Manifest manifest) {
    return new Ways(
            target,
            manifest.environment(),
            settings,
            store,
            running,
            new ClientTool(target, running))
        .of(manifest)
        .orElseThrow(
            () ->
                RestoreFailures.before(
                    target,
                    "the worker's file does not tell how the backup "
                        + manifest.id()
                        + ", made by "
                        + manifest.how()
                        + ", is restored",
                    "Add its commands under backup and restart the worker, then retry; or restore"
                        + " it by the tool that made it, beside, and swap by hand"));
  }
}
