package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every row of the inspection table, against a server. */
@Order(1)
class TakeoverTest {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);";
  private static final String SLOW_BUILD =
      "CREATE INDEX CONCURRENTLY idx_sector ON stocks (gate(id));";
  private static final String PLANT = "CREATE INDEX idx_sector ON stocks (sector);";
  private static final String INVALIDATE =
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_sector'::regclass";
  private static final String OID = "SELECT 'idx_sector'::regclass::oid";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text, market_cap numeric);"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7, n FROM generate_series(1, 50) n");
    engine = Engine.granted(database);
  }

  private boolean valid() {
    return database.holds(
        "EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('idx_sector')"
            + " AND indisvalid AND indisready AND indislive)");
  }

  private String state() {
    return database.list("SELECT state FROM lockkeeper.unit").toString();
  }

  /** As a worker leaves it that died between intent and acknowledgement. */
  private void intent(String section) throws SQLException {
    Unit unit = Unit.read(section).get(0);
    try (Fence fence =
        Fence.open(database.target(), engine.work("apply-10_stocks", 1), what -> {})) {
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
                  Optional.empty(),
                  List.of("DROP INDEX CONCURRENTLY public.idx_sector")));
    }
  }

  private void assertInTheWay(StepResult result, String found) {
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence())
        .isEqualTo(
            "LK-INDEX-IN-THE-WAY: unit 1 of section 10_stocks on magnus (dev) would make"
                + " CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector), and "
                + found
                + ". This promotion did not make it, so it was not touched. Drop or rename it by"
                + " hand, then retry the step");
    assertThat(Engine.outcomes(result)).isEmpty();
  }

  @Test
  void absentWithoutIntent_isRun() {
    StepResult result = engine.apply(BUILD);

    assertThat(Engine.outcomes(result)).containsExactly("run");
    assertThat(valid()).isTrue();
    assertThat(state()).isEqualTo("[finished]");
  }

  @Test
  void absentWithIntent_isRun() throws SQLException {
    intent(BUILD);

    StepResult result = engine.apply(BUILD);

    assertThat(Engine.outcomes(result)).containsExactly("run");
    assertThat(valid()).isTrue();
  }

  @Test
  void validWithIntent_isFoundAndNotBuiltAgain() throws SQLException {
    intent(BUILD);
    database.sql(PLANT);
    String before = database.value(OID);

    StepResult result = engine.apply(BUILD);

    assertThat(Engine.outcomes(result)).containsExactly("found already applied");
    assertThat(database.value(OID)).isEqualTo(before);
    assertThat(state()).isEqualTo("[finished]");
  }

  @Test
  void validWithoutIntent_isInTheWayAndStays() {
    database.sql(PLANT);
    String before = database.value(OID);

    StepResult result = engine.apply(BUILD);

    assertInTheWay(
        result,
        "public.idx_sector is a valid index: CREATE INDEX idx_sector ON public.stocks USING btree"
            + " (sector)");
    assertThat(database.value(OID)).isEqualTo(before);
    assertThat(state()).isEqualTo("[]");
  }

  @Test
  void otherDefinitionWithIntent_isInTheWayAndStays() throws SQLException {
    intent(BUILD);
    database.sql("CREATE INDEX idx_sector ON stocks (market_cap)");

    StepResult result = engine.apply(BUILD);

    assertInTheWay(
        result,
        "public.idx_sector is a valid index: CREATE INDEX idx_sector ON public.stocks USING btree"
            + " (market_cap)");
    assertThat(database.value("SELECT pg_get_indexdef('idx_sector'::regclass)"))
        .endsWith("(market_cap)");
  }

  @Test
  void invalidWithIntent_isDroppedAndBuiltAgain() throws SQLException {
    intent(BUILD);
    database.sql(PLANT);
    database.asSuperuser(INVALIDATE);
    String before = database.value(OID);

    StepResult result = engine.apply(BUILD);

    assertThat(Engine.outcomes(result))
        .containsExactly("run, after a leftover of our own was dropped");
    assertThat(database.value(OID)).isNotEqualTo(before);
    assertThat(valid()).isTrue();
  }

  @Test
  void invalidWithoutIntent_isInTheWayAndStays() {
    database.sql(PLANT);
    database.asSuperuser(INVALIDATE);
    String before = database.value(OID);

    StepResult result = engine.apply(BUILD);

    assertInTheWay(
        result,
        "public.idx_sector is an INVALID index: CREATE INDEX idx_sector ON public.stocks USING"
            + " btree (sector)");
    assertThat(database.value(OID)).isEqualTo(before);
  }

  @Test
  void tableOfThatName_isInTheWayAndStays() throws SQLException {
    intent(BUILD);
    database.sql("CREATE TABLE idx_sector (n int)");

    StepResult result = engine.apply(BUILD);

    assertInTheWay(result, "public.idx_sector is something that is not an index");
    assertThat(database.holds("to_regclass('idx_sector') IS NOT NULL")).isTrue();
  }

  @Test
  void invalidAndBuiltByALiveStranger_isInTheWayAndTheStrangerGoesOn() throws SQLException {
    try (Gate gate = Gate.closed(database);
        Connection stranger = database.session("a stranger")) {
      intent(SLOW_BUILD);
      Background<Boolean> building =
          Background.run(() -> stranger.createStatement().execute(SLOW_BUILD));
      gate.awaitWaiter();

      StepResult result = engine.apply(SLOW_BUILD);

      assertThat(result.sentence())
          .startsWith("LK-INDEX-IN-THE-WAY: ")
          .contains("public.idx_sector is an INVALID index")
          .contains(", being built by backend ");
      gate.open();
      building.result();
      assertThat(valid()).isTrue();
    }
  }

  @Test
  void aRunningBuildOfAnOldHolder_isStoppedBeforeTheNewOneActs() {
    try (Gate gate = Gate.closed(database)) {
      Work first = engine.work("apply-10_stocks", 1);
      Background<StepResult> old = Background.run(() -> engine.apply(first, SLOW_BUILD));
      gate.awaitWaiter();
      String oldPid = database.value("SELECT pid FROM lockkeeper.unit");
      String oldIndex = database.value(OID);

      Background<StepResult> young =
          Background.run(() -> engine.apply(Engine.again(first), SLOW_BUILD));

      assertThat(old.failure())
          .asInstanceOf(type(LockkeeperException.class))
          .extracting(LockkeeperException::code)
          .isEqualTo(FailureCode.TARGET_UNREACHABLE);
      gate.awaitWaiter();
      assertThat(database.list("SELECT pid FROM pg_stat_activity WHERE pid = " + oldPid)).isEmpty();
      assertThat(database.value(OID)).isNotEqualTo(oldIndex);
      gate.open();
      assertThat(Engine.outcomes(young.result()))
          .containsExactly("run, after a leftover of our own was dropped");
      assertThat(valid()).isTrue();
    }
  }

  @Test
  void aTransactionOfAnOldHolder_isGoneWholeBeforeTheNewOneActs() {
    String section = "INSERT INTO stocks VALUES (51, 'new', 1);\nSELECT gate(1);";
    try (Gate gate = Gate.closed(database)) {
      Work first = engine.work("apply-10_stocks", 1);
      Background<StepResult> old = Background.run(() -> engine.apply(first, section));
      gate.awaitWaiter();

      Background<StepResult> young =
          Background.run(() -> engine.apply(Engine.again(first), section));

      assertThat(old.failure()).isInstanceOf(LockkeeperException.class);
      gate.awaitWaiter();
      assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(50);
      assertThat(state()).isEqualTo("[]");
      gate.open();
      assertThat(Engine.outcomes(young.result())).containsExactly("run");
      assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(51);
    }
  }

  @Test
  void committedAndNotAcknowledged_isNeverStartedAgain() {
    String section = "INSERT INTO stocks SELECT max(id) + 1, 'new', 1 FROM stocks;";
    Work first = engine.work("apply-10_stocks", 1);
    engine.apply(first, section);

    StepResult again = engine.apply(Engine.again(first), section);

    assertThat(Engine.outcomes(again)).containsExactly("done before");
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(51);
  }

  @Test
  void finishedIndexThatSomebodyDropped_isNeverStartedAgain() {
    engine.apply(BUILD);
    database.sql("DROP INDEX idx_sector");

    StepResult again = engine.apply(BUILD);

    assertThat(Engine.outcomes(again)).containsExactly("done before");
    assertThat(database.holds("to_regclass('idx_sector') IS NULL")).isTrue();
  }

  @Test
  void sectionCutOffBetweenItsUnits_goesOnWithTheFirstUnfinished() throws SQLException {
    String section = "INSERT INTO stocks VALUES (51, 'new', 1);\n" + BUILD + "\nVACUUM stocks;";
    engine.apply("INSERT INTO stocks VALUES (51, 'new', 1);");

    StepResult result = engine.apply(section);

    assertThat(Engine.outcomes(result)).containsExactly("done before", "run", "run");
    assertThat(state()).isEqualTo("[finished, finished, finished]");
  }

  @Test
  @Tag("M19")
  void transactionThatFailed_leftNothingAndRunsWholeNextTime() {
    database.sql("ALTER TABLE stocks ADD CHECK (market_cap < 1000)");
    String section =
        "INSERT INTO stocks VALUES (51, 'new', 1);\nINSERT INTO stocks VALUES (52, 'new', 1000);";

    StepResult failed = engine.apply(section);

    assertThat(failed.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(50);
    assertThat(state()).isEqualTo("[]");
    database.sql("ALTER TABLE stocks DROP CONSTRAINT stocks_market_cap_check");
    assertThat(Engine.outcomes(engine.apply(section))).containsExactly("run");
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(52);
  }

  /** What the naive engine takes for success. */
  @Test
  void buildThatEndsWithoutErrorAndInvalid_isNotDone() {
    database.asSuperuser(
        """
        CREATE FUNCTION invalidate() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass('public.idx_sector');
        END $$;
        CREATE EVENT TRIGGER invalidates ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
          EXECUTE FUNCTION invalidate()
        """);

    StepResult result = engine.apply(BUILD);

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence())
        .isEqualTo(
            "LK-SQL-FAILED: unit 1 \"create index idx_sector\" ended without an error on magnus"
                + " (dev), and the catalog shows public.idx_sector is an INVALID index: CREATE"
                + " INDEX idx_sector ON public.stocks USING btree (sector). It does not count as"
                + " done. Look into the server's log, then retry the step");
    assertThat(database.holds("to_regclass('idx_sector') IS NULL")).isTrue();
    assertThat(state()).isEqualTo("[]");
  }

  @Test
  void targetThatCannotBeRead_isNeitherSuccessNorVerdict() {
    engine.apply(BUILD);
    database.close();

    assertThatThrownBy(() -> engine.apply(BUILD))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageStartingWith("LK-WRONG-TARGET: applying section 10_stocks of magnus (dev): ");
  }

  @Test
  void manyAttemptsAtOnce_buildOnce() {
    Work first = engine.work("apply-10_stocks", 1);
    Work second = Engine.again(first);
    List<Background<StepResult>> attempts =
        List.of(
            Background.run(() -> engine.apply(first, BUILD)),
            Background.run(() -> engine.apply(second, BUILD)),
            Background.run(() -> engine.apply(Engine.again(second), BUILD)));

    Eventually.until("all ended", () -> attempts.stream().allMatch(Background::ended));

    assertThat(attempts.get(2).result().verdict()).isEqualTo(Verdict.PASS);
    assertThat(valid()).isTrue();
    assertThat(state()).isEqualTo("[finished]");
    assertThat(
            database.list(
                "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'stocks'::regclass"))
        .containsExactlyInAnyOrder("stocks_pkey", "idx_sector");
  }
}
