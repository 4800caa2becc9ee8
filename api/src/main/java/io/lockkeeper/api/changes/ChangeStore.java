package io.lockkeeper.api.changes;

import com.fasterxml.jackson.core.type.TypeReference;
import io.lockkeeper.api.blobs.BlobStore;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Changes that were pushed: their bytes are blobs, found by the change's hash. */
public final class ChangeStore {
  private final Jdbi jdbi;
  private final BlobStore blobs;

  public ChangeStore(Jdbi jdbi, BlobStore blobs) {
    this.jdbi = jdbi;
    this.blobs = blobs;
  }

  /**
   * A change in a list.
   *
   * @param findings warnings of when it was pushed
   */
  public record Stored(
      String hash,
      String name,
      String why,
      List<Finding> findings,
      String pushedBy,
      Instant pushedAt,
      long place) {
    public Stored {
      findings = List.copyOf(findings);
    }
  }

  /** Keeps a change; the same one again keeps who pushed it first. */
  public Stored keep(Bundle bundle, List<Finding> findings, String person) {
    blobs.write(bundle.canonical());
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    INSERT INTO change (hash, name, why, findings, pushed_by)
                    VALUES (:hash, :name, :why, :findings, :person)
                    ON CONFLICT (hash) DO NOTHING
                    """)
                .bind("hash", bundle.hash())
                .bind("name", bundle.change().name())
                .bind("why", bundle.change().why())
                .bind("findings", Json.text(findings))
                .bind("person", person)
                .execute());
    return find(bundle.hash()).orElseThrow();
  }

  /** By hash, or the newest of that name. */
  public Optional<Stored> find(String hashOrName) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM change WHERE hash = :key OR name = :key
                    ORDER BY hash = :key DESC, place DESC LIMIT 1
                    """)
                .bind("key", hashOrName)
                .map((row, context) -> stored(row))
                .findOne());
  }

  /** Newest first, those before a place. */
  public List<Stored> list(long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM change WHERE place < :before ORDER BY place DESC LIMIT :limit
                    """)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> stored(row))
                .list());
  }

  public Bundle bundle(String hash) {
    return Bundle.parse(blobs.read(hash));
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getString("hash"),
        row.getString("name"),
        row.getString("why"),
        Json.read(row.getString("findings"), new TypeReference<List<Finding>>() {}),
        row.getString("pushed_by"),
        row.getTimestamp("pushed_at").toInstant(),
        row.getLong("place"));
  }
}
