package io.lockkeeper.activities.backup;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** What somebody else's tool keeps, by its command, into a database that is made for it. */
record CommandRestore(CommandWay way) implements RestoreKind {

  /** Where it is is the tool's own matter. */
  @Override
  public Optional<String> gone(Manifest manifest) {
    return Optional.empty();
  }

  @Override
  public void restore(Manifest manifest, NewDatabase beside) throws IOException, SQLException {
    beside.createEmpty();
    way.restore(manifest, beside.name());
  }

  @Override
  public boolean bringsStatistics() {
    return false;
  }
}
