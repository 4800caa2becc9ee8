package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.SwapFence;
import io.lockkeeper.activities.postgres.Target;
import java.sql.SQLException;
import java.util.List;

/** A copy on the same server, copied once more: the backup itself stays as it is. */
final class TemplateRestore implements RestoreKind {
  private final Target target;
  private final SwapFence server;

  TemplateRestore(Target target, SwapFence server) {
    this.target = target;
    this.server = server;
  }

  @Override
  public void refuseDamaged(Manifest manifest) throws SQLException {
    if (server.databases(List.of(manifest.file())).isEmpty()) {
      throw RestoreFailures.before(
          target, "the copy " + manifest.file() + " of " + manifest.id() + " is gone");
    }
  }

  @Override
  public void restore(Manifest manifest, NewDatabase beside) throws SQLException {
    beside.createCopy(manifest.file());
  }
}
