package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Waits;
import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activity.Blocker;
import io.lockkeeper.change.GuardRule;
import io.lockkeeper.change.GuardRule.Then;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GuardedSectionTest {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_slow ON stocks (gate(id));";
  private static final String PLAIN = "CREATE INDEX idx_slow ON stocks (slow(id));";
  private static final Map<String, Reading> ELEVEN_WAIT =
      Map.of("locks.waiting", new Reading.Figure(11));

  @AutoClose private final Database database = Server.fresh();
  private final Running running = new Running();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text);"
            + "INSERT INTO stocks SELECT n, 'a' FROM generate_series(1, 50) n");
    engine = Engine.granted(database);
  }

  private static SectionRules rules(Optional<Duration> within, Optional<Duration> each) {
    SectionRules usual = SectionRules.USUAL;
    return new SectionRules(
        usual.guard(),
        usual.health(),
        usual.checks(),
        within,
        each,
        usual.pace(),
        usual.batches(),
        usual.existing(),
        usual.keep(),
        usual.resume(),
        Optional.empty());
  }

  private Background<StepResult> apply(SectionGuard guard, String section) {
    return apply(guard, Map::of, section);
  }

  private Background<StepResult> apply(SectionGuard guard, TargetFigures figures, String section) {
    Work work = engine.work("apply-10_stocks", 1);
    return Background.run(
        () ->
            new SectionRunner(database.target(), running, guard, figures)
                .apply(
                    work,
                    Engine.CHANGE,
                    Pass.DEPLOY,
                    Engine.SECTION,
                    Unit.read(section),
                    List.of()));
  }

  private static SectionGuard usual() {
    return new SectionGuard(SectionRules.USUAL);
  }

  private void assertNothingIsLeft() {
    assertThat(database.list("SELECT relname FROM pg_class WHERE relname LIKE 'idx%'")).isEmpty();
    assertThat(database.list("SELECT title FROM lockkeeper.unit")).isEmpty();
  }

  @Test
  @Tag("T57")
  void limitThatIsCrossedMeanwhile_letsTheUnitEndAndBeginsNoOther() {
    SectionGuard guard = usual();
    try (Gate gate = Gate.closed(database)) {
      Background<StepResult> applying =
          apply(guard, BUILD + "\nCREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
      gate.awaitWaiter();
      guard.sample(1, ELEVEN_WAIT, false);
      gate.open();

      StepResult result = applying.result();

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.hindrance()).contains(Hindrance.GUARD);
      assertThat(result.sentence())
          .isEqualTo(
              "LK-GUARD: section 10_stocks on magnus (dev) stopped before unit 2 of 2:"
                  + " locks.waiting 11, limit <= 10. What was done stays. It goes on once this is"
                  + " clear");
      assertThat(Engine.outcomes(result)).containsExactly("run");

      StepResult again =
          apply(usual(), BUILD + "\nCREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);")
              .result();

      assertThat(again.verdict()).isEqualTo(Verdict.PASS);
      assertThat(again.hindrance()).isEmpty();
      assertThat(Engine.outcomes(again)).containsExactly("done before", "run");
    }
  }

  @Test
  void limitThatIsCrossedInTheLastUnit_passesAndTellsTheNextToWait() {
    SectionGuard guard = usual();
    try (Gate gate = Gate.closed(database)) {
      Background<StepResult> applying = apply(guard, BUILD);
      gate.awaitWaiter();
      guard.sample(1, ELEVEN_WAIT, false);
      gate.open();

      StepResult result = applying.result();

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.hindrance()).contains(Hindrance.GUARD);
      assertThat(result.sentence())
          .matches("1 unit in \\d+\\.\\d s; while it ran: locks.waiting 11, limit <= 10");
    }
  }

  @Test
  void limitThatIsCrossedFromTheFirstSample_beginsNothing() {
    StepResult result = apply(usual(), () -> ELEVEN_WAIT, "VACUUM stocks;").result();

    assertThat(result.hindrance()).contains(Hindrance.GUARD);
    assertThat(result.sentence()).contains("stopped before unit 1 of 1");
    assertNothingIsLeft();
  }

  @Test
  @Tag("C29")
  void plainBuildThatMakesAWriterWait_isCancelledAndLeavesNothing() {
    database.sql(
        """
        CREATE FUNCTION slow(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          PERFORM pg_sleep(60);
          RETURN n;
        END $$
        """);
    Background<StepResult> applying = apply(usual(), PLAIN);
    Eventually.until(
        "it builds",
        () ->
            database.holds(
                "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                    + " AND datname = current_database())"));

    database.sql("SET statement_timeout = '15s'; INSERT INTO stocks VALUES (51, 'b')");

    StepResult result = applying.result();
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.hindrance()).contains(Hindrance.CAUSED_WAIT);
    assertThat(result.sentence())
        .matches(
            "LK-CAUSED-WAIT: unit 1 \"create index idx_slow\" of section 10_stocks on magnus"
                + " \\(dev\\) was cancelled: locks.caused_wait .* limit < 500 ms. Nothing of it"
                + " was done. It is tried again by itself; .*");
    assertNothingIsLeft();
  }

  @Test
  void concurrentBuildThatMakesSomebodyWait_isCancelledAndItsLeftoverDropped() throws SQLException {
    try (Gate gate = Gate.closed(database);
        Connection admin = database.session("admin")) {
      Background<StepResult> applying = apply(usual(), BUILD);
      gate.awaitWaiter();

      Rows.execute(admin, "SET statement_timeout = '15s'; ANALYZE stocks");

      StepResult result = applying.result();
      assertThat(result.hindrance()).contains(Hindrance.CAUSED_WAIT);
      assertThat(result.sentence()).contains("What it had built was dropped again");
      assertNothingIsLeft();
    }
  }

  @Test
  @Tag("C24")
  @Tag("T37")
  void waitForOldTransactions_isNamedAndChargedToNobody() throws SQLException {
    try (Connection forgotten = database.session("forgotten");
        Waits waits = Waits.behindUs(database)) {
      forgotten.setAutoCommit(false);
      Rows.execute(forgotten, "UPDATE stocks SET sector = 'c' WHERE id = 1");
      Background<StepResult> applying =
          apply(usual(), "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
      Eventually.until("it is seen waiting", () -> !running.progress().blockingUs().isEmpty());

      Blocker blocker = running.progress().blockingUs().get(0);
      assertThat(blocker.application()).isEqualTo("forgotten");
      assertThat(blocker.state()).isEqualTo("idle in transaction");
      database.sql("SET statement_timeout = '5s'; INSERT INTO stocks VALUES (52, 'd')");
      forgotten.rollback();

      StepResult result = applying.result();
      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      Evidence.Units units = (Evidence.Units) result.evidence().orElseThrow();
      assertThat(units.units().get(0).locks()).contains(new Locks(Optional.empty(), 1, 0, 0));
      assertThat(waits.most()).isZero();
    }
  }

  @Test
  void unitThatTakesLongerThanEach_isCancelledAndLeavesNothing() {
    try (Gate gate = Gate.closed(database)) {
      SectionRules each = rules(Optional.empty(), Optional.of(Duration.ofMillis(400)));

      StepResult result = apply(new SectionGuard(each), BUILD).result();

      assertThat(result.hindrance()).isEmpty();
      assertThat(result.sentence())
          .isEqualTo(
              "LK-OVER-TIME: unit 1 \"create index idx_slow\" of section 10_stocks on magnus (dev)"
                  + " was cancelled: it took longer than 400 ms. What it had built was dropped"
                  + " again. Retry the step when the target is quieter, raise the limit, or roll"
                  + " back");
      assertNothingIsLeft();
      assertThat(gate.waiters()).isZero();
    }
  }

  @Test
  void sectionThatTakesLongerThanWithin_isCancelledAndKeepsWhatIsDone() {
    try (Gate gate = Gate.closed(database)) {
      SectionRules within = rules(Optional.of(Duration.ofSeconds(2)), Optional.empty());

      StepResult result = apply(new SectionGuard(within), "VACUUM stocks;\n" + BUILD).result();

      assertThat(result.hindrance()).isEmpty();
      assertThat(result.sentence())
          .startsWith("LK-OVER-TIME: unit 2 ")
          .contains("was cancelled: it took longer than 2 s (within)");
      assertThat(Engine.outcomes(result)).containsExactly("run");
      assertThat(gate.waiters()).isZero();
    }
  }

  @Test
  @Tag("C20")
  @Tag("C28")
  void strongLock_isTimedFromItsAcquisitionToItsCommit() {
    SectionGuard guard = usual();

    StepResult result =
        apply(guard, "CREATE INDEX idx_sector ON stocks (sector);\nVACUUM stocks;").result();

    Evidence.Units units = (Evidence.Units) result.evidence().orElseThrow();
    Locks locks = units.units().get(0).locks().orElseThrow();
    assertThat(locks.attempts()).isEqualTo(1);
    assertThat(locks.held().orElseThrow()).isPositive().isLessThan(units.units().get(0).seconds());
    assertThat(units.guarded().orElseThrow().highest().get("locks.held"))
        .isEqualTo(locks.held().orElseThrow());
    assertThat(units.units().get(1).locks().orElseThrow().held()).isEmpty();
  }

  @Test
  void strongLockThatIsHeldTooLong_isGivenBackThoughNobodyWaits() {
    database.sql(
        "CREATE FUNCTION slow(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS"
            + " 'BEGIN PERFORM pg_sleep(60); RETURN n; END'");

    StepResult result = apply(held("locks.held < 700ms", Then.BY_CAUSE), PLAIN).result();

    assertThat(result.hindrance()).contains(Hindrance.CAUSED_WAIT);
    assertThat(result.sentence()).contains("was cancelled: locks.held ").contains("limit < 700 ms");
    assertNothingIsLeft();
  }

  @Test
  void strongLockThatWasHeldTooLong_isToldAndPausesAfterTheUnit() {
    SectionGuard guard = held("locks.held < 1us", Then.BY_CAUSE);
    guard.held(0.2);

    assertThat(guard.pausing()).containsExactly("locks.held 200 ms, limit < 0.001 ms");
    SectionGuard noted = held("locks.held < 1us", Then.NOTE);
    noted.held(0.2);
    assertThat(noted.pausing()).isEmpty();
    assertThat(noted.evidence().notes()).containsExactly("locks.held 200 ms, limit < 0.001 ms");
    SectionGuard kept = held("locks.held < 1s", Then.BY_CAUSE);
    kept.held(0.2);
    assertThat(kept.evidence().notes()).isEmpty();
  }

  private static SectionGuard held(String limit, Then then) {
    GuardRule rule = new GuardRule(Limit.parse(limit), then);
    SectionRules usual = SectionRules.USUAL;
    return new SectionGuard(
        new SectionRules(
            List.of(rule),
            usual.health(),
            usual.checks(),
            usual.within(),
            usual.each(),
            usual.pace(),
            usual.batches(),
            usual.existing(),
            usual.keep(),
            usual.resume(),
            Optional.empty()));
  }

  /** flyway#1654: who waits for the lock must not be waited for by the build of who holds it. */
  @Test
  void otherPromotionThatWaitsForTheTarget_neverDeadlocksTheBuild() {
    try (Gate gate = Gate.closed(database)) {
      Background<StepResult> applying = apply(usual(), BUILD);
      gate.awaitWaiter();
      Running waits = new Running();
      Background<Integer> other =
          Background.run(
              () -> {
                Work work = new Work("another-1", "hold", 1, 1, Map.of());
                try (Fence fence = Fence.open(database.target(), work, waits)) {
                  return fence.pid();
                }
              });
      Eventually.until(
          "the other one waits", () -> waits.progress().what().startsWith("waits for the target"));

      gate.open();

      assertThat(applying.result().verdict()).isEqualTo(Verdict.PASS);
      assertThat(other.result()).isPositive();
    }
    assertThat(database.holds("indisvalid FROM pg_index WHERE indexrelid = 'idx_slow'::regclass"))
        .isTrue();
  }

  /** The same as before, for a section that is taken back: it goes on by itself. */
  @Test
  void wayBackThatMakesSomebodyWait_letsHimPassAndEnds() throws SQLException {
    apply(usual(), "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);").result();
    try (Connection forgotten = database.session("forgotten");
        Connection admin = database.session("admin")) {
      forgotten.setAutoCommit(false);
      Rows.execute(forgotten, "UPDATE stocks SET sector = 'c' WHERE id = 1");
      Background<StepResult> reverting =
          Background.run(
              () ->
                  new Reverter(database.target(), running)
                      .revert(engine.work("revert", 1), Pass.DEPLOY, Engine.SECTION));
      database.awaitWaiter();

      Rows.execute(admin, "SET statement_timeout = '15s'; ANALYZE stocks");

      forgotten.rollback();
      assertThat(reverting.result().verdict()).isEqualTo(Verdict.PASS);
    }
    assertThat(database.list("SELECT relname FROM pg_class WHERE relname LIKE 'idx%'")).isEmpty();
  }
}
