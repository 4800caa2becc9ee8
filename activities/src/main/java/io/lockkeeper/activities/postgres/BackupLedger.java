package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.blob.Sha256;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Digests of backups' manifests in the ledger of the database that they are of. Whoever can write
 * into the directory of backups can make a manifest that fits any file; what he cannot make is this
 * row. Read on short connections, written under the fence.
 */
public final class BackupLedger {
  private static final String NAME = "backup ";

  private BackupLedger() {}

  /**
   * Adds a digest to those of a backup. A second call changes nothing.
   *
   * @param promotion for which it was taken; empty for one that was taken by itself
   */
  public static void add(Fence fence, String promotion, String id, String digest)
      throws SQLException {
    fence.change(
        connection -> {
          Set<String> digests = new TreeSet<>(read(connection, promotion, id));
          digests.add(digest);
          Ledger.writeCheckpoint(
              connection, promotion, NAME + id, String.join("\n", digests).getBytes(UTF_8));
        });
  }

  /**
   * All digests that the manifest of a backup had: when it was taken, and each time that it was
   * verified. Empty where the ledger does not know it.
   */
  public static Set<String> digests(Target target, String promotion, String id)
      throws SQLException {
    return target.read(
        connection -> LedgerSchema.exists(connection) ? read(connection, promotion, id) : Set.of());
  }

  private static Set<String> read(Connection connection, String promotion, String id)
      throws SQLException {
    return Ledger.checkpoint(connection, promotion, NAME + id).stream()
        .flatMap(content -> new String(content, UTF_8).lines())
        .filter(Sha256::isHex)
        .collect(Collectors.toSet());
  }
}
