package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activities.figures.EnvironmentFigures;
import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.MemoryBlobs;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SectionStepTest {
  private static final Bundle BUNDLE =
      Changes.of(
          Changes.PLAIN,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");

  /** One more than health allows. */
  private static final int WAITERS = 11;

  @AutoClose private final Database database = Server.fresh();
  private final MemoryBlobs blobs = new MemoryBlobs();
  private final List<Background<Boolean>> waiting = new ArrayList<>();
  private Adjustment adjusted = Adjustment.NONE;

  @BeforeEach
  void stocks() {
    database.sql("CREATE TABLE stocks (id bigint, sector text); CREATE TABLE other (id int)");
    blobs.write(BUNDLE.canonical());
    Engine.rogue(database, Engine.PROMOTION).hold(BUNDLE.hash(), Instant.now().plusSeconds(3_600));
  }

  private Place place() {
    EnvironmentSettings settings =
        Worker.settings(database, Optional.empty(), Map.of(), Map.of(), Set.of());
    return new Place(
        new StepOrder(
            new WorkOrder(Engine.PROMOTION, BUNDLE.hash(), "dev", "magnus", "dev"),
            new Step.Apply("10_stocks", Pass.DEPLOY),
            List.of()),
        Long.MAX_VALUE / 2,
        1,
        settings,
        database.target(),
        new Bundles(blobs),
        new HttpRequests(settings),
        new EnvironmentFigures(settings),
        blobs,
        () -> adjusted);
  }

  private StepResult apply() {
    return new SectionStep(place(), new Running()).apply();
  }

  @Test
  void limitThatAPersonAddedMeanwhile_holdsBesidesThoseWritten() throws SQLException {
    try (Connection idle = database.session("report")) {
      idle.setAutoCommit(false);
      execute(idle, "SELECT 1");
      Limit limit = Limit.parse("sessions.idle_in_transaction < 1");
      adjusted = new Adjustment(Optional.empty(), List.of(limit));

      StepResult result = apply();

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.hindrance()).contains(Hindrance.GUARD);
      assertThat(result.sentence()).contains("sessions.idle_in_transaction 1, limit < 1");
    }
  }

  private StepResult clear(Duration clear, Duration patience) {
    return new Clearing(place(), new Running(), clear, patience).run();
  }

  private Connection crowd() throws SQLException {
    Connection holder = database.session("report");
    holder.setAutoCommit(false);
    execute(holder, "LOCK TABLE other");
    for (int i = 0; i < WAITERS; i++) {
      waiting.add(
          Background.run(
              () -> {
                try (Connection session = database.session("app")) {
                  execute(session, "SELECT count(*) FROM other");
                }
                return true;
              }));
    }
    Eventually.until(
        "all of them wait",
        () ->
            database.number(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + " AND datname = current_database()")
                == WAITERS);
    return holder;
  }

  private void disperse(Connection holder) throws SQLException {
    holder.rollback();
    waiting.forEach(Background::result);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  @Tag("T24")
  @Tag("T25")
  @Tag("T26")
  void targetThatIsNotHealthy_isNotTouchedAndTheBlockerNamed() throws SQLException {
    try (Connection holder = crowd()) {
      StepResult result = apply();

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.hindrance()).contains(Hindrance.HEALTH);
      assertThat(result.sentence())
          .matches(
              "LK-HEALTH: section 10_stocks was not begun on magnus \\(dev\\): locks.waiting 11,"
                  + " limit <= 10. Waited for: pid \\d+ \"report\" of engine idle in transaction"
                  + " for \\d+ s.*\\. Nothing was changed. It goes on once this is clear");
      assertThat(database.list("SELECT title FROM lockkeeper.unit")).isEmpty();
      disperse(holder);
    }
    assertThat(apply().verdict()).isEqualTo(Verdict.PASS);
  }

  /** Half of a unit harms more than bringing it to its end. */
  @Test
  void sectionThatWasBegun_isBroughtToItsEndWhateverTheHealth() throws SQLException {
    database.sql(
        "INSERT INTO lockkeeper.unit (promotion, pass, section, unit, change, title, digest,"
            + " transactional, state, inverse, started_at, pid, attempt, epoch) VALUES ('"
            + Engine.PROMOTION
            + "', 'deploy', '10_stocks', 1, '', '', '', false, 'started', '{}', now(), 0, 1, 1)");
    try (Connection holder = crowd()) {
      Background<StepResult> applying = Background.run(this::apply);
      // It waits for the transactions of the crowd.
      Eventually.until(
          "it builds",
          () ->
              database.holds(
                  "EXISTS (SELECT FROM pg_stat_progress_create_index"
                      + " WHERE datname = current_database())"));
      disperse(holder);

      StepResult result = applying.result();

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      // The guard judges the same figure: what comes next waits.
      assertThat(result.hindrance()).contains(Hindrance.GUARD);
    }
  }

  @Test
  @Tag("T12")
  @Tag("C15")
  void whatTheGuardSaw_isEvidenceAndAttached() {
    StepResult result = apply();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    Evidence.Guarded guarded =
        ((Evidence.Units) result.evidence().orElseThrow()).guarded().orElseThrow();
    assertThat(guarded.highest()).containsKeys("locks.waiting", "sessions.active");
    assertThat(guarded.notes()).contains("replication.lag does not apply: no standby is connected");
    assertThat(result.attachments())
        .extracting(file -> file.name() + " " + file.mediaType())
        .containsExactly("dev-10_stocks-guard.json application/json");
    JsonNode series = Json.read(blobs.text(result.attachments().get(0)), JsonNode.class);
    assertThat(series.path("locks.waiting").path(0).path(0).asLong())
        .isCloseTo(System.currentTimeMillis(), Offset.offset(60_000L));
    assertThat(series.path("locks.waiting").path(0).path(1).asDouble()).isZero();
  }

  @Test
  @Tag("T27")
  void clearTarget_isWaitedForUntilItWasClearForItsTime() {
    StepResult result = clear(Duration.ofMillis(500), Duration.ofMinutes(1));

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void targetThatDoesNotClear_isGivenUpAndTold() throws SQLException {
    try (Connection holder = crowd()) {
      StepResult result = clear(Duration.ofSeconds(30), Duration.ofMillis(500));

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence())
          .startsWith(
              "it did not become clear on magnus (dev) within 500 ms: locks.waiting 11, limit <="
                  + " 10. Waited for: pid ")
          .contains("\"report\" of engine idle in transaction");
      disperse(holder);
    }
  }

  @Test
  void targetThatClears_isGoneOnWith() throws SQLException {
    try (Connection holder = crowd()) {
      Background<StepResult> clearing =
          Background.run(() -> clear(Duration.ofSeconds(1), Duration.ofMinutes(1)));
      disperse(holder);

      assertThat(clearing.result().verdict()).isEqualTo(Verdict.PASS);
    }
  }
}
