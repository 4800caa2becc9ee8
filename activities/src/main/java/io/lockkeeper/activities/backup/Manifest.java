package io.lockkeeper.activities.backup;

import io.lockkeeper.environment.TargetIdentity;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a backup; written last, so that a backup with a manifest is complete.
 *
 * @param id unique in its directory
 * @param promotion for which it was taken; empty for one that was taken by itself
 * @param how {@code pg_dump} or {@code template}
 * @param file in the directory, or the copy's name
 * @param sha256 of the file; absent for a copy
 * @param lsn pg_current_wal_lsn when it was taken
 * @param takenAt on the target's clock
 * @param rows by table, in the backup's own snapshot
 * @param verifiedAt on the target's clock; absent where it was not verified
 */
public record Manifest(
    String id,
    String promotion,
    String environment,
    String target,
    TargetIdentity identity,
    String how,
    String file,
    long size,
    Optional<String> sha256,
    String lsn,
    Instant takenAt,
    double seconds,
    Map<String, Long> rows,
    Optional<Instant> verifiedAt) {
  public Manifest {
    rows = Map.copyOf(rows);
  }

  Manifest verified(Instant at) {
    return new Manifest(
        id,
        promotion,
        environment,
        target,
        identity,
        how,
        file,
        size,
        sha256,
        lsn,
        takenAt,
        seconds,
        rows,
        Optional.of(at));
  }

  /** Rows of all tables. */
  public long totalRows() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }
}
