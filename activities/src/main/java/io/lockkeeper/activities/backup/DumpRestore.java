package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A dump, by pg_restore, with its owners and rights. As a whole: told to leave out the ledger's
 * schema, pg_restore leaves out the rights on the schema public too.
 */
final class DumpRestore implements RestoreKind {
  private final Target target;
  private final BackupStore store;
  private final Running running;

  DumpRestore(Target target, BackupStore store, Running running) {
    this.target = target;
    this.store = store;
    this.running = running;
  }

  @Override
  public void refuseDamaged(Manifest manifest) throws IOException {
    Path file = store.file(manifest.file());
    if (!Files.exists(file)) {
      throw RestoreFailures.before(
          target, "the file " + file + " of " + manifest.id() + " is gone");
    }
    running.beat("reads " + manifest.id());
    if (!manifest.sha256().equals(Optional.of(BackupStore.sha256(file)))) {
      throw RestoreFailures.before(
          target, "the file " + file + " of " + manifest.id() + " is not the one that was written");
    }
  }

  @Override
  public void restore(Manifest manifest, NewDatabase beside) throws IOException, SQLException {
    beside.createEmpty();
    List<String> command =
        new ArrayList<>(
            List.of(
                "pg_restore",
                "--no-password",
                "--exit-on-error",
                "--jobs=2",
                "--dbname=" + beside.name(),
                store.file(manifest.file()).toString()));
    new ClientTool(target, running)
        .run(command, beside.name(), "restores " + manifest.id() + " beside " + beside.live());
    running.beat("analyzes " + beside.name());
    // A dump has no statistics, and the first plans would be made without.
    try (Connection connection = target.dedicated(Target.OURS + "restore", beside.name())) {
      Statements.execute(connection, "ANALYZE");
    }
  }
}
