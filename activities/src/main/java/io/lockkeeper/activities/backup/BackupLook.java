package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.change.BackupRule;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Looks whether a backup is what its manifest says: its bytes, and restored its rows. */
record BackupLook(BackupPlace place) {

  /**
   * A manifest after a look.
   *
   * @param why it is not relied on; empty where it is
   */
  record Checked(Manifest manifest, String why) {}

  /** As the rule wants it: what was verified once is read, and not restored again. */
  Checked checked(Fence fence, Manifest manifest, BackupRule rule)
      throws IOException, SQLException {
    if (rule.how() != BackupRule.How.VERIFIED || manifest.verifiedAt().isPresent()) {
      return new Checked(manifest, damage(fence.connection(), manifest));
    }
    return verified(fence, manifest);
  }

  /** Restored and compared now, and written down where it holds. */
  Checked verified(Fence fence, Manifest manifest) throws IOException, SQLException {
    Checked checked = verified(fence.connection(), manifest);
    if (checked.why().isEmpty()) {
      place.keep(fence, checked.manifest());
    }
    return checked;
  }

  /** As {@link #verified(Fence, Manifest)}, not written down. */
  Checked verified(Connection connection, Manifest manifest) throws IOException, SQLException {
    long began = System.nanoTime();
    place.running().beat("verifies " + manifest.id());
    Optional<Way> way = place.ways().of(manifest);
    if (way.isEmpty()) {
      return new Checked(manifest, unknown(manifest));
    }
    try {
      String damage = way.get().damage(connection, manifest);
      if (!damage.isEmpty()) {
        return new Checked(manifest, damage);
      }
      Way.Compared compared = way.get().verify(connection, manifest);
      double seconds = (System.nanoTime() - began) / 1e9;
      return compared.difference().isEmpty()
          ? new Checked(
              manifest.verified(new TargetLedger(place.target()).now(), seconds, compared.tables()),
              "")
          : new Checked(manifest, compared.difference());
    } catch (ToolFailedException e) {
      return new Checked(manifest, String.valueOf(e.getMessage()));
    }
  }

  /** Why its bytes are not those that were written; empty where they are. */
  String damage(Connection connection, Manifest manifest) throws SQLException {
    Optional<Way> way = place.ways().of(manifest);
    if (way.isEmpty()) {
      return unknown(manifest);
    }
    try {
      return way.get().damage(connection, manifest);
    } catch (IOException e) {
      return "it cannot be read: " + e.getClass().getSimpleName();
    }
  }

  private static String unknown(Manifest manifest) {
    return "the worker's file does not tell how a backup by " + manifest.how() + " is read";
  }
}
