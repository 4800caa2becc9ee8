package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.Unit;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Units that run in no transaction, cut off at every place, and what the next attempt makes of it.
 */
class CutOffUnitsTest {
  private static final String DROP = "DROP INDEX CONCURRENTLY idx_sector;";
  private static final String REINDEX = "REINDEX INDEX CONCURRENTLY idx_sector;";
  private static final String DETACH = "ALTER TABLE parted DETACH PARTITION part_one CONCURRENTLY;";
  private static final String INDEXES =
      "SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE 'idx%' ORDER BY 1";
  private static final String INVALIDATE =
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '%s'::regclass";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text, market_cap numeric);"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7, n FROM generate_series(1, 50) n;"
            + "CREATE INDEX idx_sector ON stocks (sector);"
            + "CREATE TABLE parted (id int, k int) PARTITION BY LIST (k);"
            + "CREATE TABLE part_one PARTITION OF parted FOR VALUES IN (1)");
    engine = Engine.granted(database);
  }

  private long oid(String relation) {
    return database.number("SELECT '" + relation + "'::regclass::oid");
  }

  private String state() {
    return String.valueOf(database.list("SELECT state FROM lockkeeper.unit ORDER BY unit"));
  }

  /** As a worker leaves it that died right after it had written its intent. */
  private void intent(String section, Optional<Long> oid, List<Long> found, String... inverse)
      throws SQLException {
    Unit unit = Unit.read(section).get(0);
    try (Fence fence = Fence.open(database.target(), engine.work("apply", 1), what -> {})) {
      fence.change(
          connection -> {
            Ledger.start(
                fence,
                connection,
                Engine.PROMOTION,
                Engine.CHANGE,
                Pass.DEPLOY,
                Engine.SECTION,
                unit,
                Optional.empty(),
                List.of(inverse));
            Ledger.writeFound(
                connection,
                Engine.PROMOTION,
                Pass.DEPLOY,
                Engine.SECTION,
                1,
                oid,
                String.join(",", found.stream().map(String::valueOf).toList()),
                false);
          });
    }
  }

  @Test
  void dropCutOffHalfWay_isRepeatedUntilTheIndexIsGone() throws SQLException {
    intent(DROP, Optional.of(oid("idx_sector")), List.of());
    database.asSuperuser(INVALIDATE.formatted("idx_sector"));

    StepResult result = engine.apply(DROP);

    assertThat(Engine.outcomes(result)).containsExactly("run");
    assertThat(database.list(INDEXES)).isEmpty();
    assertThat(state()).isEqualTo("[finished]");
  }

  @Test
  void dropWhoseAnswerWasLost_isDoneAlsoWithoutIfExists() throws SQLException {
    intent(DROP, Optional.of(oid("idx_sector")), List.of());
    database.sql("DROP INDEX idx_sector");

    StepResult result = engine.apply(DROP);

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(Engine.outcomes(result)).containsExactly("found already dropped");
  }

  @Test
  void strangersNewIndexOfThatName_isNotDropped() throws SQLException {
    intent(DROP, Optional.of(oid("idx_sector")), List.of());
    database.sql("DROP INDEX idx_sector; CREATE INDEX idx_sector ON stocks (market_cap)");
    long strangers = oid("idx_sector");

    StepResult result = engine.apply(DROP);

    assertThat(Engine.outcomes(result)).containsExactly("found already dropped");
    assertThat(oid("idx_sector")).isEqualTo(strangers);
  }

  @Test
  void indexThatSomebodyRenamed_isInTheWayAndStays() throws SQLException {
    intent(DROP, Optional.of(oid("idx_sector")), List.of());
    database.sql("ALTER INDEX idx_sector RENAME TO idx_other");

    StepResult result = engine.apply(DROP);

    assertThat(result.sentence())
        .isEqualTo(
            "LK-INDEX-IN-THE-WAY: unit 1 of section 10_stocks on magnus (dev) would drop idx_sector,"
                + " and that index is called public.idx_other now. This promotion did not make it,"
                + " so it was not touched. Drop or rename it by hand, then retry the step");
    assertThat(database.list(INDEXES)).containsExactly("idx_other");
  }

  @Test
  void indexThatIsNotThere_failsLikeOnTheServerUnlessIfExistsIsSaid() {
    assertThat(engine.apply("DROP INDEX CONCURRENTLY idx_none;").sentence())
        .isEqualTo(
            "LK-SQL-FAILED: unit 1 \"drop index idx_none\" of section 10_stocks on magnus (dev)"
                + " failed: index \"idx_none\" does not exist (SQLState 42704). Nothing was dropped."
                + " Mend the cause, then retry the step");
    assertThat(state()).isEqualTo("[]");
    assertThat(Engine.outcomes(engine.apply("DROP INDEX CONCURRENTLY IF EXISTS idx_none;")))
        .containsExactly("was not there");
  }

  @Test
  void dropThatAnOlderAttemptHasBegun_isBroughtToItsEndByTheNewerOne() throws Exception {
    try (Connection reader = database.session("reader");
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM stocks");
      Work first = engine.work("apply-10_stocks", 1);
      Background<StepResult> old = Background.run(() -> engine.apply(first, DROP));
      database.awaitWaiter();
      String oldPid = database.value("SELECT pid FROM lockkeeper.unit");

      Background<StepResult> young = Background.run(() -> engine.apply(Engine.again(first), DROP));

      assertThat(old.failure()).isNotNull();
      Eventually.until(
          "the old one's backend is gone",
          () -> database.list("SELECT pid FROM pg_stat_activity WHERE pid = " + oldPid).isEmpty());
      reader.rollback();
      assertThat(Engine.outcomes(young.result())).containsExactly("run");
    }
    assertThat(database.list(INDEXES)).isEmpty();
    assertThat(database.value("SELECT inverse[1] FROM lockkeeper.unit"))
        .isEqualTo("CREATE INDEX CONCURRENTLY idx_sector ON public.stocks USING btree (sector)");
    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(database.list(INDEXES)).containsExactly("idx_sector");
  }

  @Test
  void dropCutOffAndTakenBack_leavesAValidIndex() throws SQLException {
    String again = "CREATE INDEX CONCURRENTLY idx_sector ON public.stocks USING btree (sector)";
    intent(DROP, Optional.of(oid("idx_sector")), List.of(), again);
    database.asSuperuser(INVALIDATE.formatted("idx_sector"));

    StepResult reverted = engine.revert();

    assertThat(reverted.verdict()).as(reverted.sentence()).isEqualTo(Verdict.PASS);
    assertThat(
            database.holds("indisvalid FROM pg_index WHERE indexrelid = to_regclass('idx_sector')"))
        .isTrue();
  }

  @Test
  void dropThatNeverBeganAndIsTakenBack_keepsTheIndexAsItIs() throws SQLException {
    String again = "CREATE INDEX CONCURRENTLY idx_sector ON public.stocks USING btree (sector)";
    long before = oid("idx_sector");
    intent(DROP, Optional.of(before), List.of(), again);

    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(oid("idx_sector")).isEqualTo(before);
  }

  @Test
  void otherIndexThatTookTheNameMeanwhile_isNotDroppedOnTheWayBack() {
    engine.apply(DROP);
    database.sql("CREATE INDEX idx_sector ON stocks (market_cap)");

    StepResult reverted = engine.revert();

    assertThat(reverted.sentence())
        .startsWith(
            "LK-INDEX-IN-THE-WAY: taking section 10_stocks of magnus (dev) back would build"
                + " public.idx_sector again, and public.idx_sector is a valid index: ");
    assertThat(database.value("SELECT pg_get_indexdef('idx_sector'::regclass)"))
        .endsWith("(market_cap)");
  }

  @Test
  void reindexCutOff_dropsItsLeftoverAndNotAnOlderOne() throws SQLException {
    database.sql("CREATE INDEX idx_sector_ccnew ON stocks (sector)");
    database.asSuperuser(INVALIDATE.formatted("idx_sector_ccnew"));
    intent(REINDEX, Optional.of(oid("idx_sector")), List.of(oid("idx_sector_ccnew")));
    database.sql("CREATE INDEX idx_sector_ccnew1 ON stocks (sector)");
    database.asSuperuser(INVALIDATE.formatted("idx_sector_ccnew1"));
    long before = oid("idx_sector");

    StepResult result = engine.apply(REINDEX);

    assertThat(Engine.outcomes(result)).containsExactly("run again, after it was cut off");
    assertThat(database.list(INDEXES)).containsExactly("idx_sector", "idx_sector_ccnew");
    assertThat(oid("idx_sector")).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "REINDEX INDEX CONCURRENTLY idx_sector;",
        "REINDEX TABLE CONCURRENTLY stocks;",
        "REINDEX (CONCURRENTLY) SCHEMA public;"
      })
  void reindexWhoseAnswerWasLost_isNotDoneAgain(String reindex) throws SQLException {
    intent(reindex, Optional.of(oid("idx_sector")), List.of());
    database.sql(reindex);
    long rebuilt = oid("idx_sector");

    StepResult result = engine.apply(reindex);

    assertThat(Engine.outcomes(result)).containsExactly("found already applied");
    assertThat(oid("idx_sector")).isEqualTo(rebuilt);
  }

  @Test
  void reindexThatAnOlderAttemptHasBegun_leavesOneValidIndex() throws Exception {
    try (Gate gate = Gate.closed(database)) {
      gate.open();
      database.sql("CREATE INDEX idx_slow ON stocks (gate(id))");
    }
    String reindex = "REINDEX INDEX CONCURRENTLY idx_slow;";
    try (Gate gate = Gate.closed(database)) {
      Work first = engine.work("apply-10_stocks", 1);
      Background<StepResult> old = Background.run(() -> engine.apply(first, reindex));
      gate.awaitWaiter();
      assertThat(database.list(INDEXES)).contains("idx_slow_ccnew");

      Background<StepResult> young =
          Background.run(() -> engine.apply(Engine.again(first), reindex));

      assertThat(old.failure()).isNotNull();
      gate.open();
      assertThat(Engine.outcomes(young.result()))
          .containsExactly("run again, after it was cut off");
    }
    assertThat(database.list(INDEXES)).containsExactly("idx_sector", "idx_slow");
    assertThat(database.holds("bool_and(indisvalid) FROM pg_index")).isTrue();
    assertThat(state()).isEqualTo("[finished]");
  }

  @Test
  void reindexOfATableOrSchema_leavesNothingBehind() {
    StepResult result =
        engine.apply(
            "REINDEX TABLE CONCURRENTLY stocks; REINDEX (CONCURRENTLY) SCHEMA public; REINDEX SCHEMA"
                + " public;");

    assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
    assertThat(Engine.outcomes(result)).containsExactly("run", "run", "run");
    assertThat(database.list(INDEXES)).containsExactly("idx_sector");
  }

  @Test
  void detachWhoseAnswerWasLost_isDone() throws SQLException {
    intent(DETACH, Optional.empty(), List.of());
    database.sql("ALTER TABLE parted DETACH PARTITION part_one");

    StepResult result = engine.apply(DETACH);

    assertThat(Engine.outcomes(result)).containsExactly("found already applied");
  }

  @Test
  void detachThatAnOlderAttemptHasBegun_isBroughtToItsEnd() throws Exception {
    Work first = engine.work("apply-10_stocks", 1);
    Background<StepResult> young;
    try (Connection reader = database.session("reader");
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM parted");
      Background<StepResult> old = Background.run(() -> engine.apply(first, DETACH));
      Eventually.until(
          "the detach is pending",
          () ->
              database.holds(
                  "EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'parted'::regclass AND"
                      + " inhdetachpending)"));

      young = Background.run(() -> engine.apply(Engine.again(first), DETACH));

      assertThat(old.failure()).isNotNull();
      reader.rollback();
    }
    assertThat(Engine.outcomes(young.result())).containsExactly("run, brought to its end");
    assertThat(
            database.list("SELECT inhrelid FROM pg_inherits WHERE inhparent = 'parted'::regclass"))
        .isEmpty();
    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(
            database.list(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'part_one'"))
        .containsExactly("FOR VALUES IN ('1')".replace("'", ""));
  }

  @Test
  void vacuumCutOff_isRunAgain() throws SQLException {
    intent("VACUUM stocks;", Optional.empty(), List.of());

    assertThat(Engine.outcomes(engine.apply("VACUUM stocks;"))).containsExactly("run");
  }

  @Test
  void valueOfAType_isUsedByTheNextUnit() {
    database.sql("CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE feelings (m mood)");

    StepResult result =
        engine.apply("ALTER TYPE mood ADD VALUE 'sad';\nINSERT INTO feelings VALUES ('sad');");

    assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
    assertThat(state()).isEqualTo("[finished, finished]");
  }
}
