package io.lockkeeper.activities.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A dump, by pg_restore, with its owners and rights. As a whole: told to leave out the ledger's
 * schema, pg_restore leaves out the rights on the schema public too.
 */
record DumpRestore(BackupStore store, DumpWay way) implements RestoreKind {

  @Override
  public Optional<String> gone(Manifest manifest) {
    Path file = store.file(manifest.file());
    return Files.exists(file)
        ? Optional.empty()
        : Optional.of("the file " + file + " of " + manifest.id() + " is gone");
  }

  @Override
  public void restore(Manifest manifest, NewDatabase beside) throws IOException, SQLException {
    beside.createEmpty();
    way.restoreInto(
        beside.name(),
        manifest,
        "restores " + manifest.id() + " beside " + beside.live(),
        List.of());
  }

  @Override
  public boolean bringsStatistics() {
    return false;
  }
}
