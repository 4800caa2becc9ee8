package io.lockkeeper.deploy.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.ServerLog.Ran;
import io.lockkeeper.deploy.fixture.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Read-only, drained and short of connections: back whoever dies, soon, and once. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@Order(1)
class MeasuresSurviveTest {
  private static final Duration BACK = Duration.ofSeconds(60);
  private static final String RESET =
      "ALTER DATABASE \"" + Parts.DATABASE + "\" RESET default_transaction_read_only";
  private static final String SET =
      "ALTER DATABASE \"" + Parts.DATABASE + "\" SET default_transaction_read_only";

  @TempDir(factory = InMemory.class)
  private static Path folder;

  private static Parts parts;

  private long log;

  /** A superuser's, so that no drain ends it; the build stands before it. */
  private Connection gate;

  @BeforeAll
  static void startParts() {
    parts = Parts.start(folder);
    parts.postgres().sql("postgres", "ALTER ROLE lk_exec CREATEROLE; CREATE ROLE web LOGIN");
  }

  @AfterAll
  static void endParts() {
    if (parts != null) {
      parts.close();
    }
  }

  @BeforeEach
  void closeTheGate() throws SQLException {
    parts
        .target()
        .execute(
            """
            DROP TABLE IF EXISTS items;
            CREATE TABLE items AS SELECT 1::bigint AS id;
            ALTER TABLE items OWNER TO lk_exec;
            CREATE OR REPLACE FUNCTION gate(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS
              $$ BEGIN
                PERFORM pg_advisory_lock_shared(7); PERFORM pg_advisory_unlock_shared(7);
                RETURN n;
              END $$;
            """);
    gate = parts.postgres().connect(Parts.DATABASE);
    atTheGate("SELECT pg_advisory_lock(7)");
    log = parts.log().size();
  }

  @Test
  void theWorkerForLongerThanTheLease_ofTheNextTwoOnePutsThemBackOnce() {
    String id = buildingUnderMeasures("worker-dies");

    parts.killWorker();
    Await.until(
        "the lease has ended",
        () ->
            parts
                .target()
                .list("SELECT every(valid_until < clock_timestamp()) FROM lockkeeper.measure"),
        List.of("t")::equals);
    assertInForce();
    Child second = parts.startWorker("second", folder.resolve("environments.yaml"));
    parts.startWorker();

    lapsed();
    openTheGate();
    parts.until(id, "COMPLETE");

    assertBack();
    // One by a worker, one by the step at the end: between them they were in force again.
    assertThat(byAWorker()).hasSize(1);
    assertThat(completed(RESET)).hasSize(2);
    assertThat(completed(SET)).hasSize(2);
    assertJournaledOnce(id);
    second.close();
  }

  @Test
  void everythingAtOnce_theyAreBackWhenTheChangeHasArrived() {
    String id = buildingUnderMeasures("all-die");

    parts.killWorker();
    parts.killApi();
    parts.killTemporal();
    assertInForce();
    parts.startApi();
    parts.startWorker();
    openTheGate();

    Await.until("back", BACK, MeasuresSurviveTest::settings, List::isEmpty, () -> "");
    parts.until(id, "COMPLETE");
    assertBack();
  }

  @Test
  void temporalForLongerThanTheLease_isNotWaitedFor() throws IOException {
    String id = buildingUnderMeasures("temporal-dies");
    String pid = Files.readString(folder.resolve("temporal/temporal.pid")).strip();

    Signals.send("-STOP", Long.parseLong(pid));
    lapsed();
    assertBack();
    parts.killTemporal();
    openTheGate();
    parts.until(id, "COMPLETE");

    assertBack();
    assertThat(byAWorker()).hasSize(1);
    assertJournaledOnce(id);
  }

  /** The drop waits for a reader; meanwhile nobody may write, as the rollback has asked for. */
  @Test
  void theWorkerUnderTheMeasureOfARollback_itIsPutBackOnce() throws SQLException {
    openTheGate();
    String id =
        parts.promote(
            Change.of(
                """
                change: rollback-measured
                why: a test
                risk: low
                rollback: { A: { before: [ { measure: { read_only: true } } ] } }
                through: [ dev: { rehearse: false, soak: 1h } ]
                """,
                "sql/10_index.sql",
                "CREATE INDEX CONCURRENTLY idx_measured ON items (id);"),
            Map.of());
    parts.until(id, "SOAKING");
    try (Connection reader = parts.postgres().connect(Parts.DATABASE);
        Statement reads = reader.createStatement()) {
      reader.setAutoCommit(false);
      reads.execute("SELECT FROM items");
      Parts.good(
          parts
              .as("boris", "dba")
              .post("/promotions/" + id + "/rollback", Map.of("reason", "a test")));
      Await.until("the drop waits for the reader", this::drops, list -> !list.isEmpty());
      assertThat(settings()).containsExactly("default_transaction_read_only=on");
      List<String> died = drops();

      parts.killWorker();
      parts.startWorker();
      Await.until(
          "the next worker's drop waits too",
          this::drops,
          list -> !list.isEmpty() && !list.equals(died));
      assertThat(settings()).containsExactly("default_transaction_read_only=on");
      reader.rollback();
    }
    parts.until(id, "ROLLED_BACK");

    assertBack();
    assertThat(completed(SET)).hasSize(1);
    assertThat(byAWorker()).isEmpty();
    // The fingerprint is taken as if it were not in force, in a transaction that is rolled back.
    assertThat(completed(RESET))
        .filteredOn(ran -> !ran.application().contains("verify-reverted"))
        .hasSize(1);
    assertThat(parts.target().list("SELECT 1 WHERE to_regclass('idx_measured') IS NOT NULL"))
        .isEmpty();
  }

  /** Backends that take the index back. */
  private List<String> drops() {
    return parts
        .target()
        .list(
            """
            SELECT pid FROM pg_stat_activity WHERE state = 'active' AND usename = 'lk_exec'
              AND wait_event_type = 'Lock' AND query ILIKE 'DROP INDEX CONCURRENTLY%'
            """);
  }

  /** Until the section stands still while they are in force. */
  private String buildingUnderMeasures(String name) {
    String id =
        parts.promote(
            Change.of(
                """
                change: %s
                why: a test
                risk: low
                through:
                  - dev:
                      rehearse: false
                      measures:
                        read_only: true
                        drain: 2s
                        roles: { web: { connection_limit: 7 } }
                """
                    .formatted(name),
                "sql/10_gated.sql",
                "CREATE INDEX CONCURRENTLY idx_gated ON items (gate(id));"),
            Map.of());
    Await.until(
        "the build stands before the gate",
        () ->
            parts
                .target()
                .list("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
        list -> !list.isEmpty());
    assertInForce();
    assertThat(parts.promotion(id).path("measures").findValuesAsText("kind"))
        .containsExactlyInAnyOrder("read_only", "connection_limit");
    assertThat(parts.promotion(id).path("measures").findValuesAsText("until")).hasSize(2);
    return id;
  }

  private void lapsed() {
    Await.until("a worker puts them back", BACK, this::byAWorker, ran -> !ran.isEmpty(), () -> "");
  }

  private List<Ran> byAWorker() {
    return completed(RESET).stream()
        .filter(ran -> ran.application().contains("measures-lapsed"))
        .toList();
  }

  private List<Ran> completed(String statement) {
    return parts.log().ran(statement, log).stream().filter(Ran::completed).toList();
  }

  private static List<String> settings() {
    return parts
        .target()
        .list(
            """
            SELECT unnest(setconfig) FROM pg_db_role_setting s
            JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()
            UNION ALL SELECT 'limit ' || rolconnlimit FROM pg_roles
            WHERE rolname = 'web' AND rolconnlimit >= 0 ORDER BY 1
            """);
  }

  private static void assertInForce() {
    assertThat(settings()).containsExactly("default_transaction_read_only=on", "limit 7");
  }

  private static void assertBack() {
    assertThat(settings()).isEmpty();
  }

  private static void assertJournaledOnce(String id) {
    Await.until(
        "the journal tells of it",
        () ->
            parts.journal(id).stream()
                .filter(
                    entry -> entry.path("event").path("type").asText().equals("measures_put_back"))
                .count(),
        Long.valueOf(1)::equals);
  }

  private void openTheGate() {
    atTheGate("SELECT pg_advisory_unlock(7)");
  }

  private void atTheGate(String sql) {
    try (Statement statement = gate.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }
}
