package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReverterTest {
  private static final String BUILD_SECTOR =
      "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);\n";
  private static final String BUILD_CAP =
      "CREATE INDEX CONCURRENTLY idx_cap ON stocks (market_cap);\n";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text, market_cap numeric);"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7, n FROM generate_series(1, 50) n");
    engine = Engine.granted(database);
  }

  private Fingerprint fingerprint() throws SQLException {
    return new TargetLedger(database.target()).fingerprint();
  }

  private List<String> indexes() {
    return database.list(
        "SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE 'idx%' ORDER BY 1");
  }

  private List<String> ledger() {
    return database.list("SELECT unit || ' ' || state FROM lockkeeper.unit ORDER BY unit");
  }

  private static List<UnitOutcome> units(StepResult result) {
    return ((Evidence.Units) result.evidence().orElseThrow()).units();
  }

  /** As a worker leaves it that died right after it had written its intent. */
  private void intent(String build, String definition) throws SQLException {
    Unit unit = Unit.read(build).get(0);
    try (Fence fence = Fence.open(database.target(), engine.work("apply", 1), what -> {})) {
      PlannedIndex index =
          Catalog.plan(
                  fence.connection(), (CreateIndex) unit.statements().get(0).meaning(), definition)
              .orElseThrow();
      fence.change(
          connection ->
              Ledger.start(
                  fence,
                  connection,
                  Engine.PROMOTION,
                  Engine.CHANGE,
                  Pass.DEPLOY,
                  Engine.SECTION,
                  unit,
                  Optional.of(index),
                  List.of("DROP INDEX CONCURRENTLY \"public\".\"idx_sector\"")));
    }
  }

  @Test
  @Tag("M93")
  @Tag("M94")
  void appliedSection_isTakenBackLastFirstToTheFingerprintOfBefore() throws SQLException {
    Fingerprint before = fingerprint();
    engine.apply(BUILD_SECTOR + BUILD_CAP + "VACUUM stocks;");

    StepResult result = engine.revert();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(units(result))
        .extracting(UnitOutcome::title)
        .containsExactly("vacuum stocks", "create index idx_cap", "create index idx_sector");
    assertThat(Engine.outcomes(result))
        .containsExactly("nothing to take back", "taken back", "taken back");
    assertThat(indexes()).isEmpty();
    assertThat(ledger()).containsExactly("1 reverted", "2 reverted", "3 reverted");
    assertThat(fingerprint().differences(before)).isEmpty();
  }

  @Test
  void takenBackTwice_isTakenBackOnce() {
    engine.apply(BUILD_SECTOR);
    engine.revert();
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");

    StepResult again = engine.revert();

    assertThat(again.verdict()).isEqualTo(Verdict.PASS);
    assertThat(again.sentence()).isEqualTo("nothing of it had been applied");
    assertThat(indexes()).containsExactly("idx_sector");
  }

  @Test
  void nothingApplied_takesNothingBackAlsoWhereTheNamesStand() {
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");
    engine.apply(BUILD_SECTOR);

    StepResult result = engine.revert();

    assertThat(result.sentence()).isEqualTo("nothing of it had been applied");
    assertThat(indexes()).containsExactly("idx_sector");
  }

  @Test
  void sectionThatStoppedHalfWay_isTakenBackAsFarAsItWasApplied() {
    engine.apply(BUILD_SECTOR + "SELECT 1 / 0;" + BUILD_CAP);
    database.sql("CREATE INDEX idx_cap ON stocks (market_cap)");

    StepResult result = engine.revert();

    assertThat(Engine.outcomes(result)).containsExactly("taken back");
    assertThat(indexes()).containsExactly("idx_cap");
  }

  @Test
  void unitsOfAnotherPromotion_areNotTakenBack() {
    engine.apply(BUILD_SECTOR);
    engine.release(true);
    Engine other = Engine.granted(database, "two-1");
    other.apply(BUILD_CAP);

    other.revert();

    assertThat(indexes()).containsExactly("idx_sector");
  }

  @Test
  void unitsOfTheRehearsal_areNotTakenBackByTheDeployment() {
    engine.apply(BUILD_SECTOR);

    StepResult result =
        new Reverter(database.target(), new Running())
            .revert(engine.work("revert", 1), Pass.REHEARSAL, Engine.SECTION);

    assertThat(result.sentence()).isEqualTo("nothing of it had been applied");
    assertThat(indexes()).containsExactly("idx_sector");
  }

  @Test
  void indexThatIsGoneAlready_isTakenBack() {
    engine.apply(BUILD_SECTOR);
    database.sql("DROP INDEX idx_sector");

    StepResult result = engine.revert();

    assertThat(Engine.outcomes(result)).containsExactly("taken back");
    assertThat(ledger()).containsExactly("1 reverted");
  }

  @Test
  void leftoverOfACutOffBuild_isDropped() throws SQLException {
    intent(BUILD_SECTOR, BUILD_SECTOR);
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");
    database.asSuperuser(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_sector'::regclass");

    StepResult result = engine.revert();

    assertThat(Engine.outcomes(result)).containsExactly("taken back");
    assertThat(indexes()).isEmpty();
  }

  /** Between intent and build somebody else made another index of that name. */
  @Test
  void strangersIndexOfThatName_isNeverDropped() throws SQLException {
    intent(BUILD_SECTOR, BUILD_SECTOR);
    database.sql("CREATE INDEX idx_sector ON stocks (market_cap, id)");

    StepResult result = engine.revert();

    assertThat(indexes()).containsExactly("idx_sector");
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence())
        .isEqualTo(
            "LK-INDEX-IN-THE-WAY: taking section 10_stocks of magnus (dev) back would drop"
                + " public.idx_sector, and public.idx_sector is a valid index: CREATE INDEX"
                + " idx_sector ON public.stocks USING btree (market_cap, id). This promotion did"
                + " not make it, so it was not touched. Drop or rename it by hand, then retry");
    assertThat(ledger()).containsExactly("1 started");
  }

  @Test
  void revertThatWasCutOff_goesOnWithWhatIsLeft() {
    engine.applyWithDown(
        BUILD_SECTOR + BUILD_CAP,
        "DROP TABLE made_by_hand;DROP INDEX CONCURRENTLY idx_cap;"
            + "DROP INDEX CONCURRENTLY idx_sector;");

    StepResult cutOff = engine.revert();

    assertThat(cutOff.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(cutOff.sentence())
        .isEqualTo(
            "LK-SQL-FAILED: taking unit 1 \"create index idx_sector\" of section 10_stocks of magnus"
                + " (dev) back failed: table \"made_by_hand\" does not exist (SQLState 42P01). What"
                + " was taken back is done. Mend the cause, then retry. Of its 2 units 1 are taken"
                + " back; left: 1 \"create index idx_sector\"");
    database.sql("CREATE TABLE made_by_hand (n int)");
    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(indexes()).isEmpty();
    assertThat(database.holds("to_regclass('made_by_hand') IS NULL")).isTrue();
  }

  /** A script's author wrote it before he knew what stands in that environment. */
  @Test
  void givenScript_neverDropsWhatStoodThereBeforeTheChange() throws SQLException {
    database.sql("CREATE INDEX idx_cap ON stocks (market_cap, id)");
    TargetLedger ledger = new TargetLedger(database.target());
    Fingerprint before = ledger.fingerprint();
    ledger.writeBaseline(
        engine.work("baseline", 1),
        Engine.CHANGE,
        new Running(),
        new byte[0],
        before,
        DeclaredWayBack.NOTHING);
    StepResult applied =
        engine.applyWithDown(
            BUILD_SECTOR + BUILD_CAP,
            "DROP INDEX CONCURRENTLY IF EXISTS idx_cap;"
                + "DROP INDEX CONCURRENTLY IF EXISTS idx_sector;");
    assertThat(applied.sentence()).startsWith("LK-INDEX-IN-THE-WAY: unit 2 ");

    StepResult result = engine.revert();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(indexes()).containsExactly("idx_cap");
    assertThat(ledger.fingerprint().differences(before)).isEmpty();
  }

  /** The paper's own rollback script: names without schema, IF EXISTS, last first. */
  @Test
  @Tag("M93")
  void givenScriptOfSeveralDrops_dropsEachOfThem() {
    engine.applyWithDown(
        BUILD_SECTOR + BUILD_CAP,
        "DROP INDEX CONCURRENTLY IF EXISTS idx_cap;\n"
            + "DROP INDEX CONCURRENTLY IF EXISTS idx_sector;\n"
            + "DROP INDEX CONCURRENTLY IF EXISTS idx_never_made;");

    StepResult result = engine.revert();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(indexes()).isEmpty();
  }

  @Test
  void givenScriptOfATransactionalSection_takesItBackToTheFingerprintOfBefore()
      throws SQLException {
    Fingerprint before = fingerprint();
    engine.applyWithDown(
        "ALTER TABLE stocks ADD COLUMN note text;CREATE VIEW notes AS SELECT note FROM stocks;",
        "DROP VIEW notes;ALTER TABLE stocks DROP COLUMN note;");
    assertThat(fingerprint().differences(before)).isNotEmpty();

    engine.revert();

    assertThat(fingerprint().differences(before)).isEmpty();
  }

  @Test
  void indexOfATransactionalUnit_isDroppedToo() {
    engine.apply("CREATE INDEX idx_sector ON stocks (sector);ANALYZE stocks;");

    engine.revert();

    assertThat(indexes()).isEmpty();
  }

  @Test
  void sectionTakenBack_canBeAppliedAgain() {
    engine.apply(BUILD_SECTOR);
    engine.revert();

    assertThat(Engine.outcomes(engine.apply(BUILD_SECTOR))).containsExactly("run");
    assertThat(indexes()).containsExactly("idx_sector");
    assertThat(ledger()).containsExactly("1 finished");
    engine.revert();
    assertThat(indexes()).isEmpty();
  }

  /** A way back must always be open: it needs neither grant nor bundle. */
  @Test
  void closedPromotion_canStillBeTakenBack() {
    engine.apply(BUILD_SECTOR);
    engine.release(true);

    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(indexes()).isEmpty();
  }

  @Test
  void strongLockThatIsHeld_isAskedForBrieflySoThatNobodyQueues() throws SQLException {
    engine.applyWithDown(
        "ALTER TABLE stocks ADD COLUMN note text;", "ALTER TABLE stocks DROP COLUMN note;");
    try (Connection reader = database.session("reader");
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM stocks");
      Running running = new Running();
      Background<StepResult> waiting =
          Background.run(
              () ->
                  new Reverter(database.target(), running)
                      .revert(engine.work("revert", 1), Pass.DEPLOY, Engine.SECTION));
      Eventually.until(
          "it waits", () -> running.progress().what().startsWith("waits for the lock of "));

      database.sql("SET statement_timeout = '5s'; SELECT count(*) FROM stocks");
      reader.rollback();

      assertThat(waiting.result().verdict()).isEqualTo(Verdict.PASS);
      assertThat(ledger()).containsExactly("1 reverted");
    }
  }

  @Test
  void stopWhileTakingBack_isNoVerdict() throws SQLException {
    engine.apply(BUILD_SECTOR);
    try (Connection forgotten = database.session("forgotten");
        Statement statement = forgotten.createStatement()) {
      forgotten.setAutoCommit(false);
      statement.execute("UPDATE stocks SET sector = 'x' WHERE id = 1");
      Running running = new Running();
      Background<StepResult> reverting =
          Background.run(
              () ->
                  new Reverter(database.target(), running)
                      .revert(engine.work("revert", 1), Pass.DEPLOY, Engine.SECTION));
      database.awaitWaiter();

      running.stop();

      assertThat(reverting.failure()).isInstanceOf(Running.StoppedException.class);
      forgotten.rollback();
    }
    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(indexes()).isEmpty();
  }
}
