package io.lockkeeper.api.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.api.Stores;
import io.lockkeeper.api.database.ControlDatabase;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.json.Json;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.promotion.PromotionFold;
import io.lockkeeper.signoff.SignedStatement;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real control-plane database. */
class JournalStoreTest {
  private static final String SOAK = "staging-soak";

  private static EmbeddedPostgres server;
  private static ControlDatabase database;
  private static JournalStore journal;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    database =
        ControlDatabase.open(server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
    journal = Stores.of(database).journal();
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
    server.close();
  }

  @BeforeEach
  void makePromotion() {
    Event.Requested requested =
        new Event.Requested(
            "c",
            "bundle",
            "",
            "",
            "ann",
            List.of(),
            Overrides.NONE,
            new SignedStatement("", "", ""),
            List.of());
    database
        .jdbi()
        .useHandle(
            handle -> {
              handle.execute("TRUNCATE blob, change, promotion, series CASCADE");
              handle.execute("INSERT INTO blob (sha256, size, content) VALUES ('bundle', 0, '')");
              handle.execute(
                  "INSERT INTO change (hash, name, why, findings, pushed_by)"
                      + " VALUES ('bundle', 'c', '', '', 'ann')");
              handle.execute(
                  "INSERT INTO promotion (id, change_hash, change_name, requested_by, input, state,"
                      + " status, environment, chain_hash)"
                      + " VALUES ('c-1', 'bundle', 'c', 'ann', '', ?, 'SOAKING', 'dev', ?)",
                  Json.text(PromotionFold.start(requested, Instant.EPOCH)),
                  Chained.START);
            });
  }

  private static Entry entry(long sequence, Event event) {
    return new Entry(SOAK, sequence, Instant.EPOCH, event);
  }

  private static Entry noted(long sequence) {
    return entry(sequence, new Event.SamplingNoted(SOAK, "note " + sequence));
  }

  private static List<Long> sequences() {
    return journal.read("c-1", 0).stream().map(link -> link.entry().sequence()).toList();
  }

  @Test
  void entryThatFollowsOnNoOther_isRefused() {
    journal.append("c-1", List.of(noted(1)));

    assertThatThrownBy(() -> journal.append("c-1", List.of(noted(3))))
        .hasMessage("entry 2 of staging-soak is missing");
    assertThat(sequences()).containsExactly(1L);
  }

  @Test
  void entryThatStandsForThoseLeftOut_isTaken_andSoAreThoseAfterIt() {
    journal.append("c-1", List.of(noted(1)));
    List<Entry> handedOn =
        List.of(entry(9, new Event.LeftOut(SOAK, 2, "8 entries are left out")), noted(10));

    journal.append("c-1", handedOn);
    journal.append("c-1", handedOn);

    assertThat(sequences()).containsExactly(1L, 9L, 10L);
    assertThat(journal.fault("c-1")).isEmpty();
  }

  @Test
  void entriesThatWereTakenAfterAll_leaveNoHoleWhereTheyWereLeftOut() {
    journal.append("c-1", List.of(noted(1), noted(2), noted(3)));

    journal.append("c-1", List.of(entry(9, new Event.LeftOut(SOAK, 2, "8 entries are left out"))));

    assertThat(sequences()).containsExactly(1L, 2L, 3L, 9L);
  }
}
