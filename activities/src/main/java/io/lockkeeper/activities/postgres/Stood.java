package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.QualifiedName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Indexes that were there before the change: taking back keeps those that are as they were.
 *
 * @param before their lines in the fingerprint of before
 */
record Stood(Fence fence, Set<String> before) {
  static Stood of(Fence fence, String promotion) throws SQLException {
    Optional<byte[]> kept = Ledger.checkpoint(fence.connection(), promotion, "fingerprint");
    return new Stood(
        fence, kept.map(packed -> Fingerprint.unpack(packed).indexes()).orElse(Set.of()));
  }

  /** Whether it is the very index that was there. Looked for only where one of that name was. */
  boolean has(QualifiedName name) throws SQLException {
    String written = name.name().replace("\"", "\"\"");
    if (before.stream().noneMatch(index -> index.contains(written))) {
      return false;
    }
    String line =
        Rows.one(
            fence.connection(),
            "SELECT format('index %I.%I ', ?::text, ?::text)",
            row -> row.getString(1),
            name.schema().orElse("public"),
            name.name());
    if (before.stream().noneMatch(index -> index.startsWith(line))) {
      return false;
    }
    Touched touched = new Touched(List.of(name), List.of());
    Fingerprint now = fence.target().read(connection -> Fingerprint.cheap(connection, touched));
    return now.indexes().stream().anyMatch(one -> one.startsWith(line) && before.contains(one));
  }
}
