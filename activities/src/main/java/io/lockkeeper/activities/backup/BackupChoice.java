package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Succession;
import io.lockkeeper.activities.postgres.SwapFence;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.environment.TargetIdentity;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which backup is restored, and by which way of backup. */
record BackupChoice(Target target, BackupStore store, Running running) {

  /**
   * The newest verified one of this database, or of one in whose place it stands.
   *
   * @param change whose backup it is; absent for the promotion's own
   */
  Manifest find(String promotion, Optional<String> change) throws IOException, SQLException {
    List<TargetIdentity> line = Succession.line(target);
    Predicate<Manifest> asked =
        change
            .<Predicate<Manifest>>map(name -> m -> m.promotion().matches(name + "-[0-9]+"))
            .orElse(m -> m.promotion().equals(promotion));
    Manifest newest =
        store.manifests().stream()
            .filter(asked)
            .filter(manifest -> line.contains(manifest.identity()))
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

  RestoreKind kind(Manifest manifest, SwapFence server) {
    return switch (manifest.how()) {
      case "pg_dump" -> new DumpRestore(target, store, running);
      case "template" -> new TemplateRestore(target, server);
      default ->
          throw RestoreFailures.before(
              target,
              "the backup " + manifest.id() + " is of the kind " + manifest.how(),
              "Restore it by the tool that made it, into a database beside, and swap by hand");
    };
  }
}
