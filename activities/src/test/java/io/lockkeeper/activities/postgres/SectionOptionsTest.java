package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.change.SectionRules.Existing;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a section says of objects that are there already, and of rows in batches. */
class SectionOptionsTest {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);";
  private static final String FILL =
      "UPDATE stocks SET note = 'x' WHERE id IN (SELECT id FROM stocks WHERE note IS NULL ORDER BY"
          + " id LIMIT 10);";
  private static final String DOWN = "UPDATE stocks SET note = NULL;";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text, market_cap numeric, note text);"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7, n FROM generate_series(1, 50) n");
    engine = Engine.granted(database);
  }

  private static SectionRules rules(Duration pace, boolean batches, Existing existing) {
    SectionRules usual = SectionRules.USUAL;
    return new SectionRules(
        usual.guard(),
        usual.health(),
        usual.checks(),
        usual.within(),
        usual.each(),
        pace,
        batches,
        existing,
        usual.keep(),
        usual.resume(),
        Optional.empty());
  }

  private static final SectionRules ADOPTS = rules(Duration.ZERO, false, Existing.ADOPT);
  private static final SectionRules IN_BATCHES = rules(Duration.ZERO, true, Existing.STOP);

  private String progress() {
    return database.value(
        "SELECT state || ' ' || batches || ' ' || changed_rows FROM lockkeeper.unit");
  }

  @ParameterizedTest
  @ValueSource(strings = {BUILD, "CREATE INDEX idx_sector ON stocks (sector);"})
  void indexThatIsThereAsMeant_isAdoptedAndNeverTakenBack(String section) {
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");
    String before = database.value("SELECT 'idx_sector'::regclass::oid");

    StepResult applied = engine.apply(ADOPTS, section, "");
    StepResult reverted = engine.revert();

    assertThat(applied.verdict()).as(applied.sentence()).isEqualTo(Verdict.PASS);
    assertThat(Engine.outcomes(applied)).containsExactly("was there already");
    assertThat(reverted.verdict()).isEqualTo(Verdict.PASS);
    assertThat(database.value("SELECT 'idx_sector'::regclass::oid")).isEqualTo(before);
  }

  @Test
  void adoptedIndex_standsInTheLedgerAsSuch() {
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");

    engine.apply(ADOPTS, BUILD, "");

    assertThat(database.holds("adopted AND inverse = '{}' FROM lockkeeper.unit")).isTrue();
    assertThat(Engine.outcomes(engine.revert())).containsExactly("was there already, and stays");
  }

  @Test
  void otherOrInvalidIndex_isNotAdopted() {
    database.sql("CREATE INDEX idx_sector ON stocks (market_cap)");

    assertThat(engine.apply(ADOPTS, BUILD, "").sentence()).startsWith("LK-INDEX-IN-THE-WAY: ");

    database.sql("DROP INDEX idx_sector; CREATE INDEX idx_sector ON stocks (sector)");
    database.asSuperuser(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_sector'::regclass");
    assertThat(engine.apply(ADOPTS, BUILD, "").sentence())
        .startsWith("LK-INDEX-IN-THE-WAY: ")
        .contains("an INVALID index");
  }

  @Test
  void ifNotExists_isNoSuccessOverAnInvalidIndex() {
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");
    database.asSuperuser(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_sector'::regclass");

    for (String how : new String[] {"", "CONCURRENTLY "}) {
      StepResult result =
          engine.apply("CREATE INDEX " + how + "IF NOT EXISTS idx_sector ON stocks (sector);");

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence())
          .startsWith("LK-INDEX-IN-THE-WAY: ")
          .contains("public.idx_sector is an INVALID index");
    }
  }

  @Test
  void ifNotExistsOverTheSameIndex_passesAndIsNotTakenBack() {
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");

    StepResult applied =
        engine.apply("CREATE INDEX IF NOT EXISTS idx_sector ON stocks (sector); ANALYZE stocks;");
    engine.revert();

    assertThat(Engine.outcomes(applied)).containsExactly("run, a part of it was there already");
    assertThat(database.holds("to_regclass('idx_sector') IS NOT NULL")).isTrue();
  }

  @Test
  void strangerWhoBuildsThatIndex_isNamed() throws Exception {
    String slow = "CREATE INDEX CONCURRENTLY idx_slow ON stocks (gate(id))";
    try (Gate gate = Gate.closed(database);
        java.sql.Connection stranger = database.session("a stranger")) {
      Background<Boolean> building = Background.run(() -> stranger.createStatement().execute(slow));
      gate.awaitWaiter();

      StepResult result = engine.apply(slow);

      assertThat(result.sentence())
          .matches(
              "LK-INDEX-IN-THE-WAY: .* being built by backend \\d+ of a stranger, user engine\\."
                  + " This promotion did not make it, so it was not touched\\. .*");
      gate.open();
      building.result();
    }
  }

  @Test
  void batches_runUntilNoRowChangesAndAreCounted() {
    StepResult result = engine.apply(IN_BATCHES, FILL, DOWN);

    assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
    assertThat(Engine.outcomes(result)).containsExactly("run in 5 batches, 50 rows");
    assertThat(progress()).isEqualTo("finished 5 50");
    assertThat(database.number("SELECT count(*) FROM stocks WHERE note IS NULL")).isZero();
    engine.revert();
    assertThat(database.number("SELECT count(*) FROM stocks WHERE note IS NULL")).isEqualTo(50);
  }

  @Test
  void batchThatFails_leavesThoseBeforeItAndTheRetryGoesOn() {
    database.sql("ALTER TABLE stocks ADD CONSTRAINT early CHECK (id < 25 OR note IS NULL)");

    StepResult failed = engine.apply(IN_BATCHES, FILL, DOWN);

    assertThat(failed.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(failed.sentence())
        .endsWith(
            "The batches before it are done; retrying goes on after them. Mend the cause, then retry"
                + " the step");
    assertThat(progress()).isEqualTo("started 2 20");
    database.sql("ALTER TABLE stocks DROP CONSTRAINT early");
    assertThat(Engine.outcomes(engine.apply(IN_BATCHES, FILL, DOWN)))
        .containsExactly("run in 5 batches, 50 rows");
  }

  @Test
  void stopBetweenBatches_isHeardInThePause() {
    Running running = new Running();
    Background<StepResult> applying =
        Background.run(
            () ->
                engine.apply(
                    engine.work("apply-10_stocks", 1),
                    running,
                    rules(Duration.ofHours(1), true, Existing.STOP),
                    FILL,
                    DOWN));
    Eventually.until(
        "a batch is done",
        () ->
            database.holds("to_regclass('lockkeeper.unit') IS NOT NULL")
                && database.list("SELECT 1 FROM lockkeeper.unit WHERE batches = 1").size() == 1);

    running.stop();

    assertThat(applying.failure()).isInstanceOf(Running.StoppedException.class);
    assertThat(progress()).isEqualTo("started 1 10");
    assertThat(Engine.outcomes(engine.apply(IN_BATCHES, FILL, DOWN)))
        .containsExactly("run in 5 batches, 50 rows");
  }

  @Test
  void batchOfAnOlderAttempt_countsWholeOrNotAtAll() {
    String slow = FILL.replace("SET note = 'x'", "SET note = 'x' || gate(id)");
    try (Gate gate = Gate.closed(database)) {
      Work first = engine.work("apply-10_stocks", 1);
      Background<StepResult> old =
          Background.run(() -> engine.apply(first, new Running(), IN_BATCHES, slow, DOWN));
      gate.awaitWaiter();

      Background<StepResult> young =
          Background.run(
              () -> engine.apply(Engine.again(first), new Running(), IN_BATCHES, slow, DOWN));

      assertThat(old.failure()).isNotNull();
      gate.open();
      assertThat(Engine.outcomes(young.result())).containsExactly("run in 5 batches, 50 rows");
    }
    assertThat(progress()).isEqualTo("finished 5 50");
  }
}
