package io.lockkeeper.api.series;

import io.lockkeeper.blob.Blobs;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.step.Attachment;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The series of promotions: what is read of them, and their end. Safe for many threads and for
 * several API processes.
 */
public final class SeriesStore {
  /** So many windows are removed at a time, so that no transaction is long. */
  private static final int AT_ONCE = 500;

  private final Jdbi jdbi;
  private final Blobs blobs;

  public SeriesStore(Jdbi jdbi, Blobs blobs) {
    this.jdbi = jdbi;
    this.blobs = blobs;
  }

  private record Row(String stage, String name, String sha256, Optional<Instant> expired) {}

  /** All that is kept of a promotion, joined. */
  public KeptSeries read(String promotion) {
    return read(promotion, Map.of());
  }

  /**
   * As {@link #read(String)}, with windows of stages that are not over.
   *
   * @param running windows by stage, in order; those that are journaled meanwhile count once
   */
  public KeptSeries read(String promotion, Map<String, List<Attachment>> running) {
    Set<String> journaled = new HashSet<>();
    KeptSeries.Collector windows = new KeptSeries.Collector();
    Map<String, Instant> keptUntil = new HashMap<>();
    for (Row row : rows(promotion)) {
      journaled.add(row.stage() + " " + row.name());
      if (row.expired().isPresent()) {
        keptUntil.merge(row.stage(), row.expired().get(), (a, b) -> a.isAfter(b) ? a : b);
      } else {
        windows.add(row.stage(), blobs.read(row.sha256()));
      }
    }
    running.forEach(
        (stage, files) ->
            files.stream()
                .filter(file -> !journaled.contains(stage + " " + file.name()))
                .forEach(file -> windows.add(stage, blobs.read(file.blob().sha256()))));
    return windows.series(keptUntil);
  }

  private List<Row> rows(String promotion) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT stage, name, sha256, expired_at FROM series WHERE promotion_id = :promotion
                    ORDER BY sampled_from, name
                    """)
                .bind("promotion", promotion)
                .map(
                    (row, context) ->
                        new Row(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            Optional.ofNullable(row.getTimestamp(4)).map(at -> at.toInstant())))
                .list());
  }

  /** When the blob of an attachment was removed; nothing where it was not. */
  public Optional<Instant> expired(String promotion, String sha256) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT expired_at FROM series
                    WHERE promotion_id = :promotion AND sha256 = :sha256 AND expired_at IS NOT NULL
                    """)
                .bind("promotion", promotion)
                .bind("sha256", sha256)
                .map((row, context) -> row.getTimestamp(1).toInstant())
                .findFirst());
  }

  /**
   * Removes the series of promotions that have ended, once they are old enough, and so are their
   * bytes: windows in which nothing was measured are the same bytes, and one of a stage that runs
   * is in no table before the stage has ended.
   *
   * @return how many windows
   */
  public int expire(Instant now, Duration keep) {
    int all = 0;
    int some;
    do {
      some = jdbi.inTransaction(handle -> expireSome(handle, now, keep));
      all += some;
    } while (some == AT_ONCE);
    return all;
  }

  private static int expireSome(Handle handle, Instant now, Duration keep) {
    List<String> expired =
        handle
            .createQuery(
                """
                UPDATE series SET expired_at = :now WHERE (promotion_id, stage, name, sha256) IN (
                  SELECT s.promotion_id, s.stage, s.name, s.sha256 FROM series s
                  JOIN promotion p ON p.id = s.promotion_id
                  WHERE s.expired_at IS NULL AND s.sampled_until < :before
                    AND p.status IN ('COMPLETE', 'ROLLED_BACK', 'ABORTED', 'FAILED')
                    AND NOT EXISTS (
                      SELECT FROM blob b WHERE b.sha256 = s.sha256 AND b.kept_at >= :before)
                  ORDER BY s.sampled_until LIMIT :most FOR UPDATE OF s SKIP LOCKED)
                RETURNING sha256
                """)
            .bind("now", now.atOffset(ZoneOffset.UTC))
            .bind("before", now.minus(keep).atOffset(ZoneOffset.UTC))
            .bind("most", AT_ONCE)
            .mapTo(String.class)
            .list();
    if (!expired.isEmpty()) {
      // Asked again: the same bytes may have been written meanwhile.
      handle
          .createUpdate(
              """
              DELETE FROM blob b WHERE b.sha256 IN (<expired>) AND b.kept_at < :before
                AND NOT EXISTS (
                  SELECT FROM series s WHERE s.sha256 = b.sha256 AND s.expired_at IS NULL)
              """)
          .bindList("expired", expired)
          .bind("before", now.minus(keep).atOffset(ZoneOffset.UTC))
          .execute();
    }
    return expired.size();
  }
}
