package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Where backups of one target are kept, and who knows of them: its directory and its ledger. */
record BackupPlace(
    Target target,
    String environment,
    BackupSettings settings,
    BackupStore store,
    Running running) {

  /**
   * @throws io.lockkeeper.failure.LockkeeperException where the target's backups are not
   *     configured, or their directory cannot be used
   */
  static BackupPlace of(Target target, String environment, Running running) {
    BackupSettings settings =
        target
            .settings()
            .backup()
            .orElseThrow(
                () ->
                    BackupFailures.problem(
                        target, "the worker's file names no way of backup for it", null));
    try {
      return new BackupPlace(
          target, environment, settings, new BackupStore(settings.directory()), running);
    } catch (IOException e) {
      throw BackupFailures.problem(
          target, "the directory " + settings.directory() + " cannot be used", e);
    }
  }

  /** Manifests of this database that say something. */
  List<Manifest> newestFirst(BackupGate gate, Predicate<String> promotion) throws IOException {
    return store.manifests().stream()
        .filter(gate::isOfThisDatabase)
        .filter(manifest -> promotion.test(manifest.promotion()))
        .sorted(Comparator.comparing(Manifest::takenAt).reversed())
        .toList();
  }

  /** Manifests that say nothing, each with the reason. */
  List<String> broken() throws IOException {
    return store.manifestFiles().stream()
        .filter(file -> file instanceof ManifestFile.Broken)
        .map(file -> (ManifestFile.Broken) file)
        .map(file -> ClientTool.plain(file.name()) + ": " + file.why())
        .toList();
  }

  /** What the ledger does not know does not count: it is told first. */
  void keep(Fence fence, Manifest manifest) throws IOException, SQLException {
    BackupLedger.add(fence, manifest.promotion(), manifest.id(), manifest.digest().orElseThrow());
    store.write(manifest);
  }

  /** As {@link #keep(Fence, Manifest)}, under a fence of its own. */
  void keep(Work work, Manifest manifest) throws IOException, SQLException {
    try (Fence fence = Fence.open(target, work, running)) {
      keep(fence, manifest);
    }
  }

  /**
   * @param applicationName of the tools' sessions
   */
  Ways ways(String applicationName) {
    return new Ways(
        target,
        environment,
        settings,
        store,
        running,
        new ClientTool(target, running, applicationName));
  }

  /** For a promotion, under its fence. */
  Ways ways() {
    return ways(ClientTool.NAME);
  }
}
