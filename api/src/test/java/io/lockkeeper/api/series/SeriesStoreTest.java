package io.lockkeeper.api.series;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.api.Stores;
import io.lockkeeper.api.database.ControlDatabase;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.step.Attachment;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real control-plane database. */
class SeriesStoreTest {
  private static final Duration KEEP = Duration.ofDays(30);

  /** Of a window in which nothing was measured: those of other promotions are the same. */
  private static final byte[] BLIND = "{\"locks.waiting\":[]}".getBytes(UTF_8);

  private static EmbeddedPostgres server;
  private static ControlDatabase database;
  private static Stores stores;

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    database =
        ControlDatabase.open(server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
    stores = Stores.of(database);
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
    server.close();
  }

  @BeforeEach
  void makePromotions() {
    execute("TRUNCATE blob, change, promotion, series CASCADE");
    execute("INSERT INTO blob (sha256, size, content) VALUES ('bundle', 0, '')");
    execute(
        "INSERT INTO change (hash, name, why, findings, pushed_by)"
            + " VALUES ('bundle', 'c', '', '', 'ann')");
    promotion("c-1", "COMPLETE");
    promotion("c-2", "SOAKING");
  }

  @Test
  void windowThatIsOldEnough_isRemovedWithItsBytes() {
    journaled("c-1", BLIND, now.minus(KEEP).minusSeconds(60));

    assertThat(stores.series().expire(now, KEEP)).isEqualTo(1);

    assertThat(isThere(BLIND)).isFalse();
    assertThat(stores.series().read("c-1").keptUntil()).containsEntry("soak", now);
  }

  @Test
  void stageOfWhichAWindowIsOldEnough_tellsFromWhenOnItIsKept() {
    Instant next = now.minus(KEEP).plusSeconds(60);
    journaled("c-1", BLIND, now.minus(KEEP).minusSeconds(60));
    String point = "{\"locks.waiting\":[[" + next.toEpochMilli() + ",3]]}";
    journaled("c-1", "soak-samples-2.json", point.getBytes(UTF_8), next);

    assertThat(stores.series().expire(now, KEEP)).isEqualTo(1);

    KeptSeries kept = stores.series().read("c-1");
    assertThat(kept.keptUntil()).containsEntry("soak", now);
    assertThat(kept.keptFrom("soak")).contains(next);
    assertThat(kept.goneSince("soak")).isEmpty();
  }

  @Test
  void bytesThatARunningSoakHasWrittenAgain_stayAsLongAsThatNeedsThem() {
    journaled("c-1", BLIND, now.minus(KEEP).minusSeconds(60));
    BlobRef again = stores.blobs().write(BLIND);
    Attachment window = new Attachment("soak-samples-1.json", "application/json", again);

    assertThat(stores.series().expire(now, KEEP)).isZero();

    assertThat(stores.series().read("c-2", Map.of("soak", List.of(window))).stages())
        .containsOnlyKeys("soak");
    assertThat(stores.series().read("c-1").keptUntil()).isEmpty();
    // As old as the second time.
    assertThat(stores.series().expire(now.plus(KEEP).plusSeconds(60), KEEP)).isEqualTo(1);
    assertThat(isThere(BLIND)).isFalse();
  }

  @Test
  void bytesThatAnotherWindowNames_stay() {
    journaled("c-1", BLIND, now.minus(KEEP).minusSeconds(60));
    journaled("c-2", BLIND, now.minus(KEEP).minusSeconds(60));

    assertThat(stores.series().expire(now, KEEP)).isEqualTo(1);

    assertThat(isThere(BLIND)).isTrue();
  }

  @Test
  void windowOfAPromotionThatHasNotEnded_stays() {
    journaled("c-2", BLIND, now.minus(KEEP).minusSeconds(60));

    assertThat(stores.series().expire(now, KEEP)).isZero();

    assertThat(isThere(BLIND)).isTrue();
  }

  private static void promotion(String id, String status) {
    execute(
        "INSERT INTO promotion (id, change_hash, change_name, requested_by, input, state, status,"
            + " environment, chain_hash) VALUES ('"
            + id
            + "', 'bundle', 'c', 'ann', '', '', '"
            + status
            + "', 'dev', '')");
  }

  /** A window that was written when it ended, as the journal's table has it. */
  private static void journaled(String promotion, byte[] content, Instant ended) {
    journaled(promotion, "soak-samples-1.json", content, ended);
  }

  private static void journaled(String promotion, String name, byte[] content, Instant ended) {
    BlobRef blob = stores.blobs().write(content);
    database
        .jdbi()
        .useHandle(
            handle -> {
              handle
                  .createUpdate(
                      "INSERT INTO series (promotion_id, stage, name, sampled_from, sampled_until,"
                          + " sha256, size) VALUES (:promotion, 'soak', :name,"
                          + " :at, :at, :sha256, :size)")
                  .bind("promotion", promotion)
                  .bind("name", name)
                  .bind("at", ended.atOffset(ZoneOffset.UTC))
                  .bind("sha256", blob.sha256())
                  .bind("size", blob.size())
                  .execute();
              handle
                  .createUpdate("UPDATE blob SET kept_at = :at WHERE sha256 = :sha256")
                  .bind("at", ended.atOffset(ZoneOffset.UTC))
                  .bind("sha256", blob.sha256())
                  .execute();
            });
  }

  private static boolean isThere(byte[] content) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT count(*) FROM blob WHERE sha256 = :sha256")
                    .bind("sha256", BlobRef.of(content).sha256())
                    .mapTo(Integer.class)
                    .one()
                    .equals(1));
  }

  private static void execute(String sql) {
    database.jdbi().useHandle(handle -> handle.execute(sql));
  }
}
