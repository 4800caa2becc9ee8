package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.SwapFence;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A copy on the same server, copied once more: the backup itself stays as it is. */
record TemplateRestore(SwapFence server) implements RestoreKind {

  @Override
  public Optional<String> gone(Manifest manifest) throws SQLException {
    return server.databases(List.of(manifest.file())).isEmpty()
        ? Optional.of("the copy " + manifest.file() + " of " + manifest.id() + " is gone")
        : Optional.empty();
  }

  @Override
  public void restore(Manifest manifest, NewDatabase beside) throws SQLException {
    beside.createCopy(manifest.file());
  }

  @Override
  public boolean bringsStatistics() {
    return true;
  }
}
