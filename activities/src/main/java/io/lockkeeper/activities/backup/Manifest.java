package io.lockkeeper.activities.backup;

import io.lockkeeper.blob.Sha256;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of a backup; written last, so that a backup with a manifest is complete. It ends in
 * its own digest, which the ledger of the database has too.
 *
 * @param id unique in its directory
 * @param promotion for which it was taken; empty for one that was taken by itself
 * @param how {@code pg_dump}, {@code template} or {@code command}
 * @param file in the directory: a file, or a folder where it was dumped in parallel; the copy's
 *     name; or what the command calls it
 * @param size bytes; zero where a command does not tell
 * @param sha256 of the file, or of the list of {@code files}; absent for a copy and a command
 * @param lsn pg_current_wal_lsn when it was taken
 * @param takenAt on the target's clock
 * @param seconds that taking it took
 * @param rows by table, in the backup's own snapshot; of a copy and a command those tables alone
 *     whose rows were the same before and after
 * @param verifiedAt on the target's clock; absent where it was not verified
 * @param files SHA-256 of each file of a folder, by name; empty like all below in manifests of the
 *     first version
 * @param databaseSize pg_database_size when it was taken; zero where it is not known
 * @param verifySeconds that reading, restoring and comparing took the last time
 * @param compared how many tables were compared the last time
 * @param copyOid of the database that is the copy
 * @param digest SHA-256 of the manifest without it
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
    Optional<Instant> verifiedAt,
    Map<String, String> files,
    long databaseSize,
    Optional<Double> verifySeconds,
    Optional<Integer> compared,
    Optional<Long> copyOid,
    Optional<String> digest) {
  public Manifest {
    Stream.of(id, promotion, identity, how, file, lsn, takenAt).forEach(Objects::requireNonNull);
    rows = Map.copyOf(rows);
    files = files == null ? Map.of() : Map.copyOf(files);
  }

  /** As the first version wrote it. */
  public Manifest(
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
    this(
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
        verifiedAt,
        Map.of(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** All of its tables were compared. */
  Manifest verified(Instant at) {
    return verified(at, 0, rows.size());
  }

  Manifest verified(Instant at, double took, int tables) {
    return with(Optional.of(at), Optional.of(took), Optional.of(tables), Optional.empty()).sealed();
  }

  /** With the digest of all the rest. */
  Manifest sealed() {
    Manifest open = with(Optional.empty());
    return open.with(Optional.of(Sha256.hex(Json.canonical(open))));
  }

  private Manifest with(Optional<String> seal) {
    return with(verifiedAt, verifySeconds, compared, seal);
  }

  private Manifest with(
      Optional<Instant> at,
      Optional<Double> took,
      Optional<Integer> tables,
      Optional<String> seal) {
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
        at,
        files,
        databaseSize,
        took,
        tables,
        copyOid,
        seal);
  }

  /**
   * As a step's evidence and the journal have it.
   *
   * @param age on the target's clock, when it was looked at
   */
  public Evidence.BackupTaken evidence(Duration age) {
    int tables = compared.orElse(rows.size());
    boolean uncounted = compared.isPresent() && tables == 0;
    return new Evidence.BackupTaken(
        id,
        how,
        size,
        sha256,
        seconds,
        takenAt,
        verifiedAt,
        tables,
        uncounted ? 0 : totalRows(),
        digest,
        Optional.of(lsn),
        Optional.of(identity.systemIdentifier()),
        Optional.of(promotion),
        Optional.of(age.toMillis() / 1000.0),
        verifySeconds);
  }

  /** Rows of all tables. */
  public long totalRows() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Taking it, and verifying it where it was. */
  public double allSeconds() {
    return seconds + verifySeconds.orElse(0.0);
  }
}
