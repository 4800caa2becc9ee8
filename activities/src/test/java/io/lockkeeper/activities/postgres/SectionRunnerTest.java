package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SectionRunnerTest {
  private static final String SLOW_BUILD =
      "CREATE INDEX CONCURRENTLY idx_slow ON stocks (gate(id));";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text, market_cap numeric);"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7, n FROM generate_series(1, 50) n");
    engine = Engine.granted(database);
  }

  private List<String> indexes() {
    return database.list(
        "SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE 'idx%' ORDER BY 1");
  }

  private List<String> ledger() {
    return database.list("SELECT unit || ' ' || state FROM lockkeeper.unit ORDER BY unit");
  }

  private static void assertFails(StepResult result, String sentence) {
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence()).isEqualTo(sentence);
  }

  private Background<StepResult> inBackground(Running running, String section) {
    Work work = engine.work("apply-10_stocks", 1);
    return Background.run(() -> engine.apply(work, running, section, ""));
  }

  @Test
  @Tag("M18")
  @Tag("M20")
  @Tag("M25")
  void sectionOfEveryKind_isAppliedUnitByUnitAndTimed() {
    StepResult result =
        engine.apply(
            """
            ALTER TABLE stocks ADD COLUMN note text;
            UPDATE stocks SET note = 'old';
            CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);
            CREATE UNIQUE INDEX CONCURRENTLY idx_cap ON stocks (market_cap);
            VACUUM ANALYZE stocks;
            """);

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence()).matches("4 units in \\d+\\.\\d s");
    Evidence.Units units = (Evidence.Units) result.evidence().orElseThrow();
    assertThat(units.units())
        .extracting(UnitOutcome::title)
        .containsExactly(
            "alter table stocks and 1 more",
            "create index idx_sector",
            "create index idx_cap",
            "vacuum analyze stocks");
    assertThat(units.units()).extracting(UnitOutcome::outcome).containsOnly("run");
    assertThat(units.units()).extracting(UnitOutcome::seconds).allMatch(seconds -> seconds > 0);
    assertThat(units.seconds())
        .isGreaterThanOrEqualTo(units.units().stream().mapToDouble(UnitOutcome::seconds).sum());
    assertThat(
            database.holds(
                "bool_and(started_at < finished_at AND state = 'finished') FROM lockkeeper.unit"))
        .isTrue();
    assertThat(indexes()).containsExactly("idx_cap", "idx_sector");
    Eventually.until(
        "the statistics show the vacuum",
        () ->
            database.holds(
                "last_vacuum IS NOT NULL AND last_analyze IS NOT NULL FROM pg_stat_user_tables"
                    + " WHERE relname = 'stocks'"));
  }

  @Test
  @Tag("M19")
  void noticesOfTheServer_standWithTheirUnit() {
    StepResult result = engine.apply("DROP TABLE IF EXISTS nothing;\nVACUUM stocks;");

    assertThat(((Evidence.Units) result.evidence().orElseThrow()).units())
        .extracting(UnitOutcome::notices)
        .containsExactly(
            List.of("table \"nothing\" does not exist, skipping (SQLState 00000)"), List.of());
  }

  @Test
  @Tag("M19")
  void firstError_stopsTheSectionAndTellsWhatFoundMeansDo() {
    StepResult result =
        engine.apply(
            """
            CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);
            INSERT INTO stocks VALUES (51, 'new', 1);
            INSERT INTO stokcs VALUES (52, 'new', 1);
            CREATE INDEX CONCURRENTLY idx_cap ON stocks (market_cap);
            """);

    assertFails(
        result,
        "LK-SQL-FAILED: unit 2 \"insert into stocks and 1 more\" of section 10_stocks on magnus"
            + " (dev) failed: relation \"stokcs\" does not exist (SQLState 42P01). Nothing of it"
            + " was done. Mend the cause, then retry the step");
    assertThat(Engine.outcomes(result)).containsExactly("run");
    assertThat(ledger()).containsExactly("1 finished");
    assertThat(indexes()).containsExactly("idx_sector");
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(50);
  }

  @Test
  void valuesOfRows_stayOutOfTheMessage() {
    StepResult result = engine.apply("INSERT INTO stocks VALUES (7, 'a secret', 1);");

    assertFails(
        result,
        "LK-SQL-FAILED: unit 1 \"insert into stocks\" of section 10_stocks on magnus (dev) failed:"
            + " duplicate key value violates unique constraint \"stocks_pkey\" (SQLState 23505)."
            + " Nothing of it was done. Mend the cause, then retry the step");
  }

  @Test
  void buildThatFails_leavesNoInvalidIndexAndRunsOnceMended() {
    database.sql("UPDATE stocks SET market_cap = 1");
    String build = "CREATE UNIQUE INDEX CONCURRENTLY idx_cap ON stocks (market_cap);";

    StepResult result = engine.apply(build);

    assertFails(
        result,
        "LK-SQL-FAILED: unit 1 \"create index idx_cap\" of section 10_stocks on magnus (dev)"
            + " failed: could not create unique index \"idx_cap\" (SQLState 23505). What it had"
            + " built was dropped again. Mend the cause, then retry the step");
    assertThat(indexes()).isEmpty();
    assertThat(ledger()).isEmpty();
    database.sql("UPDATE stocks SET market_cap = id");
    assertThat(Engine.outcomes(engine.apply(build))).containsExactly("run");
  }

  @Test
  void concurrentBuildOnAPartitionedTable_isToldWithTheWayByPartition() {
    database.sql(
        "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);"
            + "CREATE TABLE events_2026 PARTITION OF events"
            + " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");

    StepResult result = engine.apply("CREATE INDEX CONCURRENTLY idx_at ON events (at)");

    assertFails(
        result,
        "LK-SQL-FAILED: unit 1 \"create index idx_at\" of section 10_stocks on magnus (dev) failed:"
            + " cannot create index on partitioned table \"events\" concurrently (SQLState"
            + " 0A000). What it had built was dropped again. The table is partitioned: make the"
            + " index ON ONLY it, build one CONCURRENTLY on each partition, attach them, each in a"
            + " section of its own (deploy/docs/checks/partitioned-build.md), and push the change"
            + " anew");
    assertThat(indexes()).isEmpty();

    String byPartition =
        "CREATE INDEX idx_at ON ONLY events (at);\n"
            + "CREATE INDEX CONCURRENTLY idx_at_2026 ON events_2026 (at);\n"
            + "ALTER INDEX idx_at ATTACH PARTITION idx_at_2026;";
    assertThat(engine.apply(byPartition).verdict()).isEqualTo(Verdict.PASS);
    assertThat(database.holds("indisvalid FROM pg_index WHERE indexrelid = 'idx_at'::regclass"))
        .isTrue();
  }

  @Test
  void tableThatIsMissing_isToldBeforeAnythingIsDone() {
    assertFails(
        engine.apply("CREATE INDEX CONCURRENTLY idx_none ON nowhere (id);"),
        "LK-SQL-FAILED: unit 1 of section 10_stocks: the table nowhere does not exist on magnus"
            + " (dev). Nothing was done. Mend the change or the target");
    assertThat(ledger()).isEmpty();
  }

  @Test
  void stopWhileBuilding_leavesNoInvalidIndex() {
    try (Gate gate = Gate.closed(database)) {
      Running running = new Running();
      Background<StepResult> building = inBackground(running, SLOW_BUILD);
      gate.awaitWaiter();
      assertThat(
              database.holds(
                  "NOT indisvalid FROM pg_index WHERE indexrelid = 'idx_slow'::regclass"))
          .isTrue();

      running.stop();

      assertThat(building.failure()).isInstanceOf(Running.StoppedException.class);
      assertThat(indexes()).isEmpty();
      assertThat(ledger()).isEmpty();
    }
  }

  /** A worker beats every half second and stops again and again until the work has ended. */
  @Test
  void stopAgainAndAgain_doesNotDisturbTheCleaning() {
    try (Gate gate = Gate.closed(database)) {
      Running running = new Running();
      Background<StepResult> building = inBackground(running, SLOW_BUILD);
      gate.awaitWaiter();

      Eventually.until(
          "it ended",
          () -> {
            running.stop();
            return building.ended();
          });

      assertThat(indexes()).isEmpty();
    }
  }

  @Test
  void stopInATransaction_takesAllOfItBack() {
    try (Gate gate = Gate.closed(database)) {
      Running running = new Running();
      Background<StepResult> working =
          inBackground(running, "UPDATE stocks SET sector = 'new';\nSELECT gate(1);");
      gate.awaitWaiter();

      running.stop();

      assertThat(working.failure()).isInstanceOf(Running.StoppedException.class);
      assertThat(database.number("SELECT count(*) FROM stocks WHERE sector = 'new'")).isZero();
      assertThat(ledger()).isEmpty();
    }
  }

  /** The paper's fault case: a transaction of ten minutes is open in the table. */
  @Test
  void buildBehindAnOpenTransaction_blocksNoWriterAndLeavesNothing() throws SQLException {
    try (Connection forgotten = database.session("forgotten");
        Statement statement = forgotten.createStatement()) {
      forgotten.setAutoCommit(false);
      statement.execute("UPDATE stocks SET sector = 'x' WHERE id = 1");
      Running running = new Running();
      Background<StepResult> building =
          inBackground(running, "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
      database.awaitWaiter();

      database.sql("SET statement_timeout = '5s'; INSERT INTO stocks VALUES (51, 'new', 1)");
      running.stop();
      database.sql("SET statement_timeout = '5s'; INSERT INTO stocks VALUES (52, 'new', 1)");
      // The leftover cannot be dropped sooner: the open transaction may still look at it.
      forgotten.rollback();

      assertThat(building.failure()).isInstanceOf(Running.StoppedException.class);
      assertThat(indexes()).isEmpty();
    }
  }

  @Test
  void strongLockThatIsHeld_isAskedForBrieflySoThatNobodyQueues() throws SQLException {
    try (Connection reader = database.session("reader");
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM stocks");
      Running running = new Running();
      Background<StepResult> waiting =
          inBackground(running, "ALTER TABLE stocks ADD COLUMN note text;");
      Eventually.until(
          "it waits",
          () -> running.progress().what().equals("waits for the lock of alter table stocks"));

      database.sql("SET statement_timeout = '5s'; SELECT count(*) FROM stocks");
      assertThat(waiting.ended()).isFalse();
      reader.rollback();

      assertThat(Engine.outcomes(waiting.result())).containsExactly("run");
    }
  }

  @Test
  void waitForAStrongLock_canBeStopped() throws SQLException {
    try (Connection reader = database.session("reader");
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM stocks");
      Running running = new Running();
      Background<StepResult> waiting =
          inBackground(running, "ALTER TABLE stocks ADD COLUMN note text;");
      Eventually.until("it waits", () -> running.progress().what().startsWith("waits"));

      running.stop();

      assertThat(waiting.failure()).isInstanceOf(Running.StoppedException.class);
      assertThat(ledger()).isEmpty();
    }
  }

  @Test
  void settingsOfTheSession_areToldInTheLedgerAndPutBack() {
    Work work =
        new Work(
            Engine.PROMOTION,
            "apply-10_stocks",
            Long.MAX_VALUE / 2,
            1,
            Map.of("maintenance_work_mem", "32MB"));

    engine.apply(work, "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");

    assertThat(
            database.list(
                "SELECT concat_ws(' ', setting, found <> '', put, put_back_at IS NOT NULL)"
                    + " FROM lockkeeper.measure"))
        .containsExactly("maintenance_work_mem t 32MB t");
  }

  @Test
  void progress_tellsUnitAndCount() {
    try (Gate gate = Gate.closed(database)) {
      Running running = new Running();
      Background<StepResult> building =
          inBackground(running, "VACUUM stocks;\n" + SLOW_BUILD + "\nVACUUM stocks;");
      gate.awaitWaiter();

      assertThat(running.progress().what()).isEqualTo("create index idx_slow");
      assertThat(running.progress().unit()).isEqualTo(2);
      assertThat(running.progress().units()).isEqualTo(3);
      assertThat(
              database.number(
                  "SELECT pid FROM pg_stat_progress_create_index WHERE datname = current_database()"))
          .isEqualTo(running.pid());
      gate.open();
      building.result();
    }
  }

  @Test
  void withoutGrant_nothingIsTouched() {
    Engine rogue = Engine.rogue(database, "rogue-1");

    assertThatThrownBy(() -> rogue.apply("DROP TABLE stocks;"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessage(
            "LK-GRANT-REFUSED: working for rogue-1 on magnus (dev): there is no grant. nothing was"
                + " done. Start a promotion and have it signed off; nobody else can let work in"
                + " here.");
    assertThat(database.holds("to_regclass('stocks') IS NOT NULL")).isTrue();
    assertThat(ledger()).isEmpty();
  }

  @Test
  void grantOfAnotherChange_isRefused() {
    SectionRunner runner = new SectionRunner(database.target(), new Running());
    List<Unit> units = Unit.read("DROP TABLE stocks;");

    assertThatThrownBy(
            () ->
                runner.apply(
                    engine.work("apply-10_stocks", 1),
                    "another hash",
                    Pass.DEPLOY,
                    Engine.SECTION,
                    units,
                    List.of()))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the grant is for another change");
    assertThat(database.holds("to_regclass('stocks') IS NOT NULL")).isTrue();
  }

  @Test
  void expiredGrant_isRefused() {
    assertThatThrownBy(() -> engine.hold(Engine.CHANGE, Instant.now().minusSeconds(1)))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the grant has expired");
    assertThatThrownBy(() -> engine.apply("DROP TABLE stocks;"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the grant has expired");
  }

  @Test
  void closedPromotion_runsNothingForwardAndCannotBeOpenedAgain() {
    engine.release(true);

    assertThatThrownBy(() -> engine.hold(Engine.CHANGE, Instant.now().plusSeconds(60)))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the promotion is over");
    assertThatThrownBy(() -> engine.apply("DROP TABLE stocks;"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the promotion is over");
    assertThat(database.holds("to_regclass('stocks') IS NOT NULL")).isTrue();
  }

  @Test
  void grantWhoseNonceWasSpent_isRefused() {
    engine.release(true);
    database.sql("UPDATE lockkeeper.\"grant\" SET nonces = ARRAY['nonce of two-1']");

    assertThatThrownBy(() -> Engine.granted(database, "two-1"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("its statements were used for another promotion");
    assertThat(database.list("SELECT promotion FROM lockkeeper.\"grant\""))
        .containsExactly(Engine.PROMOTION);
  }
}
