package io.lockkeeper.activities.sampling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.probe.RecentShares;
import io.lockkeeper.activities.probe.ServerFigures;
import io.lockkeeper.activities.probe.ServerFigures.Counters;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.StatementChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Order(1)
class WindowTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: nine-indexes
          why: An index for the screener
          risk: low
          probes:
            by_sector: { sql: SELECT speed(), noise: 20ms, runs: 3 }
            dashboard: { http: $app/dashboard, core: false, runs: 3 }
          checks:
            page: { http: $app/health, when: [soak, watch] }
            app_errors: { log: app, match: ERROR, when: [soak, watch] }
          rollback_if:
            - http.page.p95 > 10s
          through:
            - dev
          """,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");

  @AutoClose private final Database database = Server.fresh();
  @AutoClose private final Application application = Application.start();
  @TempDir private Path directory = Path.of("");
  private EnvironmentSettings environment;
  private ObservedPromotion promotion;
  private Path log = Path.of("");

  @BeforeEach
  void baseline() throws IOException {
    database.sql("CREATE TABLE stocks (id int, sector text)");
    speed(0);
    log = directory.resolve("app.log");
    Files.writeString(log, "ERROR of yesterday\n");
    environment =
        Worker.settings(
            database,
            Optional.empty(),
            application.variables(),
            Map.of("app", log),
            application.allowed());
    promotion = new ObservedPromotion(database, BUNDLE, environment);
  }

  @AfterEach
  void close() {
    promotion.close();
  }

  /** In the place of the usual one. */
  private void promote(Bundle bundle) {
    promotion.close();
    database.sql("DROP SCHEMA lockkeeper CASCADE");
    promotion = new ObservedPromotion(database, bundle, environment);
  }

  /** How long the probe's query takes from now on. */
  private void speed(double seconds) {
    database.sql(
        "CREATE OR REPLACE FUNCTION speed() RETURNS text LANGUAGE sql AS 'SELECT pg_sleep("
            + seconds
            + ")::text'");
  }

  private Window window(WindowOrder order, Optional<WindowProgress> carried) {
    return promotion.window(order, carried);
  }

  private Window window(int minutes, Trigger... triggers) {
    return window(Soaks.minutes(BUNDLE, START, minutes, triggers), Optional.empty());
  }

  private static Instant at(int seconds) {
    return START.plusSeconds(seconds);
  }

  private static void sampleUntil(Window window, int seconds) {
    while (!window.over() && !window.nextSample().isAfter(at(seconds))) {
      window.sample(window.nextSample());
    }
  }

  private static MetricSamples samples(List<MetricSamples> all, String metric) {
    return all.stream().filter(s -> s.metric().equals(metric)).findFirst().orElseThrow();
  }

  private static Phase phase(WindowResult result, String metric) {
    return result.states().stream()
        .filter(state -> state.metric().equals(metric))
        .map(TriggerState::phase)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void undisturbedWindow_takesAllThatIsDue() {
    Window window = window(2);

    sampleUntil(window, 120);

    WindowResult result = window.result(at(120));
    assertThat(window.over()).isTrue();
    assertThat(result.sampledUntil()).isEqualTo(at(120));
    List<String> applicable = new ArrayList<>(Metrics.live());
    // There is no standby, and before the first block there is no share of them.
    applicable.removeAll(List.of("replication.lag", "cache.hit_ratio"));
    for (String metric : applicable) {
      MetricSamples live = samples(result.metrics(), metric);
      long due = metric.startsWith("probe.") ? 3 : 13;
      assertThat(live.due()).as(metric).isEqualTo(due);
      assertThat(live.taken()).as(metric).isEqualTo(due);
    }
    for (String metric :
        List.of(
            "probe.by_sector.p50",
            "probe.by_sector.p95",
            "probe.dashboard.p95",
            "http.dashboard.p95",
            "http.dashboard.error_rate",
            "http.page.p95",
            "http.page.error_rate",
            "log.app_errors.matches",
            "check.page.failed",
            "check.app_errors.failed")) {
      assertThat(samples(result.metrics(), metric).taken()).as(metric).isEqualTo(3);
    }
    assertThat(samples(result.metrics(), "http.page.error_rate").high()).contains(0.0);
    assertThat(samples(result.metrics(), "database.size").low().orElseThrow()).isPositive();
    assertThat(result.changes()).isEmpty();
  }

  @Test
  void windowThatIsAsked_tellsWhichStatementsTakeMoreTime() throws SQLException {
    database.asSuperuser("CREATE EXTENSION pg_stat_statements");
    database.sql("GRANT ALL ON stocks TO stranger");
    try (Connection stranger = database.session("stranger", "app")) {
      run(stranger, "SELECT count(*) FROM stocks");
      promotion.takeBaseline();
      WindowOrder first = Soaks.minutes(BUNDLE, START, 1);
      Window window = window(first, Optional.empty());
      sampleUntil(window, 60);
      WindowResult unasked = window.result(at(60));
      run(stranger, "SELECT count(*) FROM stocks s, pg_sleep(0.05)");

      Window next =
          window(
              new WindowOrder(
                  first.work(),
                  first.plan(),
                  START,
                  at(60),
                  at(120),
                  List.of(),
                  unasked.marks(),
                  true),
              Optional.empty());
      sampleUntil(next, 120);

      assertThat(unasked.statements()).isEmpty();
      StatementChanges told = next.result(at(120)).statements().orElseThrow();
      assertThat(told.more()).singleElement().extracting(c -> c.now().calls()).isEqualTo(1L);
      assertThat(promotion.blobs().text(told.texts().orElseThrow()))
          .contains("SELECT count(*) FROM stocks s, pg_sleep($1)");
      assertThat(told.texts().get().name())
          .isEqualTo("dev-soak-statements-" + at(60).getEpochSecond() + ".json");
    }
  }

  @Test
  void breach_tellsOfStatementsUnasked_andSaysWhereNobodyCountsThem() {
    Window window = window(1, Soaks.trigger("sessions.total >= 0", Then.PAUSE));
    sampleUntil(window, 60);

    assertThat(window.result(at(60)).statements())
        .contains(
            StatementChanges.untold(
                "the extension pg_stat_statements is not installed in this database"));
  }

  private static void run(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.executeQuery(sql).close();
    }
  }

  @Test
  void tableThatSomebodyChangesByHand_isToldAtTheEnd() {
    promotion.release();
    Window window = window(1);
    sampleUntil(window, 60);
    assertThat(window.result(at(60)).drift()).isEmpty();

    database.sql("CREATE INDEX by_hand ON stocks (id); CREATE TABLE other (id int)");

    assertThat(window.result(at(60)).drift())
        .singleElement()
        .asString()
        .startsWith("+ index public.by_hand CREATE INDEX by_hand ON public.stocks ");
  }

  @Test
  void breach_isNotHeldUpByALookAtTheSchema() {
    promotion.release();
    database.sql("CREATE INDEX by_hand ON stocks (id)");
    Window window = window(1, Soaks.trigger("disk.free < 1000000TB", Then.ROLLBACK));

    sampleUntil(window, 60);

    WindowResult result = window.result(at(0));
    assertThat(phase(result, "disk.free")).isEqualTo(Phase.BREACH);
    assertThat(result.drift()).isEmpty();
  }

  @Test
  void differenceOfTwoProbes_isSampled_andWhatIsMeasuredElsewhereDoesNotApply() {
    Bundle bundle =
        Changes.of(
            """
            change: two-probes
            why: Their difference
            through: [dev, staging]
            probes:
              slow: { sql: SELECT slowly(), runs: 2 }
              fast: { sql: SELECT 1, runs: 2, expect: p50 < 1s }
              unseen: { sql: SELECT seen FROM stocks, runs: 2, expect: p50 < 1s }
              overhead: { of: slow, minus: fast }
              there: { sql: SELECT broken, only: staging }
            """,
            "sql/10_stocks.sql",
            "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
    database.sql("CREATE FUNCTION slowly() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(0.03)'");
    promote(bundle);
    database.sql("ALTER TABLE stocks ADD COLUMN seen boolean");
    Trigger crossed = Soaks.trigger("probe.overhead.p50 > 5ms for 60s", Then.NOTE);
    Trigger elsewhere = Soaks.trigger("probe.there.p50 > 5ms for 60s", Then.NOTE);
    Window window = window(Soaks.minutes(bundle, START, 2, crossed, elsewhere), Optional.empty());

    sampleUntil(window, 120);

    WindowResult result = window.result(at(120));
    MetricSamples overhead = samples(result.metrics(), "probe.overhead.p50");
    assertThat(overhead.taken()).isEqualTo(3);
    assertThat(overhead.low().orElseThrow()).isGreaterThan(0.009);
    assertThat(samples(result.metrics(), "probe.unseen.p50").taken()).isEqualTo(3);
    assertThat(samples(result.metrics(), "probe.degradation").taken()).isEqualTo(3);
    assertThat(phase(result, "probe.overhead.p50")).isEqualTo(Phase.BREACH);
    assertThat(phase(result, "probe.there.p50")).isEqualTo(Phase.NOT_APPLICABLE);
  }

  @Test
  void fullDisk_isABreachWithTheFirstSample() {
    Window window =
        window(
            2,
            Soaks.trigger("disk.free < 50MB", Then.ROLLBACK),
            Soaks.trigger("disk.free < 1000000TB", Then.ROLLBACK));

    sampleUntil(window, 120);

    WindowResult result = window.result(at(0));
    assertThat(window.over()).isTrue();
    assertThat(samples(result.metrics(), "disk.free").taken()).isEqualTo(1);
    assertThat(result.states().stream().map(TriggerState::phase))
        .containsExactly(Phase.OK, Phase.BREACH);
  }

  @Test
  void samples_areKeptAsSeries() {
    Window window = window(1);
    sampleUntil(window, 60);

    String series = promotion.blobs().text(window.result(at(60)).series().orElseThrow());

    Map<?, ?> points = Json.read(series.getBytes(UTF_8), Map.class);
    assertThat((List<?>) points.get("locks.waiting")).hasSize(7);
  }

  @Test
  void storeThatIsAway_costsTheSeriesAndNotTheVerdict() {
    Window window = window(1);
    sampleUntil(window, 60);
    promotion.blobs().away(true);

    WindowResult result = window.result(at(60));

    assertThat(result.series()).isEmpty();
    assertThat(samples(result.metrics(), "locks.waiting").taken()).isEqualTo(7);
  }

  @Test
  void targetThatGivesNothing_isMissingAndInconclusiveAndNeverZero() {
    Window window = window(2, Soaks.trigger("deadlocks > 0", Then.ROLLBACK));
    sampleUntil(window, 20);
    database.asSuperuser("REVOKE EXECUTE ON FUNCTION pg_database_size(name) FROM PUBLIC");

    sampleUntil(window, 60);

    WindowResult result = window.result(at(60));
    MetricSamples deadlocks = samples(result.metrics(), "deadlocks");
    assertThat(deadlocks.due()).isEqualTo(7);
    assertThat(deadlocks.taken()).isEqualTo(3);
    assertThat(samples(result.metrics(), "database.size").low().orElseThrow()).isPositive();
    assertThat(phase(result, "deadlocks")).isEqualTo(Phase.INCONCLUSIVE);
    assertThat(result.changes()).hasSize(1);
    assertThat(result.changes().get(0).sentence())
        .isEqualTo(
            "deadlocks was not measured: permission denied for function pg_database_size (SQLState"
                + " 42501)");
    assertThat(window.over()).isFalse();
  }

  @Test
  void bundleThatCannotBeRead_isMissingAsWell() {
    promotion.blobs().away(true);
    Window window = window(1);

    sampleUntil(window, 20);

    MetricSamples waiting = samples(window.result(at(20)).metrics(), "locks.waiting");
    assertThat(waiting.due()).isEqualTo(3);
    assertThat(waiting.taken()).isZero();
    assertThat(window.progress().what()).startsWith("cannot sample: LK-BLOB-UNAVAILABLE");
    promotion.blobs().away(false);
    sampleUntil(window, 30);
    assertThat(samples(window.result(at(30)).metrics(), "locks.waiting").taken()).isEqualTo(1);
  }

  @Test
  void roundsThatNobodyCouldMake_areDueAndLeaveTheTriggerInconclusive() {
    promotion.blobs().away(true);
    Window window = window(5, Soaks.trigger("probe.by_sector.p95 > baseline + 20%", Then.ROLLBACK));

    sampleUntil(window, 300);
    window.close();

    WindowResult result = window.result(at(300));
    assertThat(samples(result.metrics(), "probe.by_sector.p95").due()).isEqualTo(6);
    assertThat(samples(result.metrics(), "probe.by_sector.p95").taken()).isZero();
    assertThat(phase(result, "probe.by_sector.p95")).isEqualTo(Phase.INCONCLUSIVE);
  }

  @Test
  void roundsBeforeTheBundleCouldBeRead_areDueOnce() {
    promotion.blobs().away(true);
    Window window = window(5);
    sampleUntil(window, 130);
    promotion.blobs().away(false);

    sampleUntil(window, 300);
    window.close();

    WindowResult result = window.result(at(300));
    for (String metric : List.of("probe.by_sector.p95", "http.page.p95", "check.page.failed")) {
      assertThat(samples(result.metrics(), metric).due()).as(metric).isEqualTo(6);
      assertThat(samples(result.metrics(), metric).taken()).as(metric).isEqualTo(3);
    }
  }

  @Test
  void patternThatNothingMatches_doesNotApply() {
    Window window = window(1, Soaks.trigger("probe.nothing*.p95 > 1s", Then.ROLLBACK));

    sampleUntil(window, 60);

    assertThat(phase(window.result(at(60)), "probe.nothing*.p95")).isEqualTo(Phase.NOT_APPLICABLE);
  }

  @Test
  void probeOfAnotherEnvironment_doesNotApply() {
    Window window = window(1, Soaks.trigger("probe.elsewhere.p95 > 1s", Then.ROLLBACK));

    sampleUntil(window, 60);

    WindowResult result = window.result(at(60));
    assertThat(phase(result, "probe.elsewhere.p95")).isEqualTo(Phase.NOT_APPLICABLE);
    assertThat(result.metrics())
        .extracting(MetricSamples::metric)
        .doesNotContain("probe.elsewhere.p95");
  }

  @Test
  void machineThatNobodyLookedAt_hasItsMissingSamplesToo() {
    Window window = window(5, Soaks.trigger("host.memory > 99%", Then.ROLLBACK));
    window.sample(at(0));

    window.sample(at(75));

    assertThat(samples(window.result(at(75)).metrics(), "host.memory").due()).isEqualTo(8);
  }

  @Test
  void samplesWhileNobodySampled_areDueAndNotTaken() {
    Window window = window(5);
    window.sample(at(0));

    window.sample(at(75));

    MetricSamples waiting = samples(window.result(at(75)).metrics(), "locks.waiting");
    // Due at 0, 10, 20 to 70 seconds; the one at 75 stands for that at 70.
    assertThat(waiting.due()).isEqualTo(8);
    assertThat(waiting.taken()).isEqualTo(2);
    assertThat(window.nextSample()).isEqualTo(at(80));
  }

  @Test
  void successor_goesOnWhereTheHeartbeatStood() throws IOException {
    Trigger trigger = Soaks.trigger("log.app_errors.matches > 5", Then.ROLLBACK);
    WindowOrder order = Soaks.minutes(BUNDLE, START, 2, trigger);
    Window first = window(order, Optional.empty());
    sampleUntil(first, 50);
    WindowProgress heartbeat = Json.read(Json.canonical(first.progress()), WindowProgress.class);
    Files.writeString(log, "ERROR\nERROR\n", StandardOpenOption.APPEND);

    Window second = window(order, Optional.of(heartbeat));
    sampleUntil(second, 120);

    WindowResult result = second.result(at(120));
    assertThat(samples(result.metrics(), "locks.waiting").due()).isEqualTo(13);
    assertThat(samples(result.metrics(), "locks.waiting").taken()).isEqualTo(13);
    // Counted from the stage's start, not from the successor's.
    assertThat(samples(result.metrics(), "log.app_errors.matches").last()).contains(2.0);
    assertThat(Json.text(heartbeat).length()).isLessThanOrEqualTo(2_000);
    assertThat(result.notes()).isEmpty();
  }

  @Test
  void successorThatComesLate_saysHowManySamplesAreMissing() {
    WindowOrder order = Soaks.minutes(BUNDLE, START, 15);
    Window first = window(order, Optional.empty());
    sampleUntil(first, 20);
    WindowProgress heartbeat = first.progress();

    Window second = window(order, Optional.of(heartbeat));
    second.sample(at(630));

    WindowResult result = second.result(at(630));
    assertThat(samples(result.metrics(), "locks.waiting").due()).isEqualTo(64);
    assertThat(samples(result.metrics(), "locks.waiting").taken()).isEqualTo(4);
    assertThat(samples(result.metrics(), "http.page.p95").due()).isEqualTo(12);
    assertThat(result.notes())
        .containsExactly(
            "60 samples are missing from 2026-11-20T08:00:30Z on: the worker that took them was"
                + " lost");
  }

  /** It changes nothing but what people are told, so nobody else will tell it. */
  @Test
  void breachThatALostWorkerSaw_isToldByItsSuccessor() {
    WindowOrder order =
        Soaks.minutes(BUNDLE, START, 15, Soaks.trigger("database.size > 1kB", Then.NOTE));
    Window first = window(order, Optional.empty());
    sampleUntil(first, 70);
    WindowProgress heartbeat = Json.read(Json.canonical(first.progress()), WindowProgress.class);

    Window second = window(order, Optional.of(heartbeat));
    second.sample(at(630));

    assertThat(second.result(at(630)).changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.state().phase()).isEqualTo(Phase.BREACH);
              assertThat(change.sentence())
                  .isEqualTo(
                      "database.size beyond its limit since 2026-11-20T08:00:00Z, as a worker saw"
                          + " that was lost");
            });
  }

  @Test
  void samplesThatFallDueAfterTheWindow_areNotItsOwn() {
    Window window = window(1);
    window.sample(at(0));

    window.sample(at(100));

    WindowResult result = window.result(at(100));
    assertThat(samples(result.metrics(), "locks.waiting").due()).isEqualTo(7);
  }

  @Test
  void serverThatWasRestartedBetweenTwoWindows_isNoted() {
    Window before = window(1);
    sampleUntil(before, 60);
    Map<String, String> marks = new HashMap<>(before.result(at(60)).marks());
    assertThat(marks).containsKey("server");
    marks.put("server", "2026-11-19T08:00:00.000000Z|-");
    WindowOrder order = Soaks.minutes(BUNDLE, START, 1);
    WindowOrder next =
        new WindowOrder(order.work(), order.plan(), START, at(60), at(120), List.of(), marks);

    Window after = window(next, Optional.empty());
    sampleUntil(after, 120);

    assertThat(after.result(at(120)).notes())
        .singleElement()
        .asString()
        .startsWith("the server was restarted at 20");
  }

  @Test
  @Tag("T36")
  void rollbacksOfTheLastMinutes_areNotAveragedOverTheStage() throws SQLException {
    Window window = window(1);
    assertThat(window.prepare()).isTrue();
    RecentShares recent = new RecentShares();
    recent.see(at(0), new Counters("-", 0, 1000, 0, 0, 0));
    recent.see(at(300), new Counters("-", 0, 1000, 150, 0, 0));
    ServerFigures figures = database.target().sample(ServerFigures::of);

    window.live(at(0), new Gauge.Look(Optional.of(figures), "", recent));

    assertThat(samples(window.result(at(0)).metrics(), "transactions.rollback_rate").high())
        .contains(1.0);
  }

  @Test
  void planThatIsAnotherOneThanBefore_isNotedOnceAStage() {
    database.sql("CREATE TABLE many_rows (id int PRIMARY KEY)");
    database.sql("INSERT INTO many_rows SELECT generate_series(1, 10000); ANALYZE many_rows");
    Bundle bundle =
        Changes.of(
            """
            change: plans
            why: They flip
            through: [dev]
            probes:
              many_rows: { sql: SELECT * FROM many_rows WHERE id = 5, runs: 2 }
              speed: { sql: SELECT speed(), runs: 2 }
            """,
            "sql/10_stocks.sql",
            "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
    promote(bundle);
    WindowOrder first = Soaks.minutes(bundle, START, 1);

    WindowResult same = windowAfter(first, Map.of());
    database.sql("ALTER TABLE many_rows DROP CONSTRAINT many_rows_pkey");
    WindowResult flipped = windowAfter(first, same.marks());
    WindowResult still = windowAfter(first, flipped.marks());
    database.sql("ALTER TABLE many_rows ADD PRIMARY KEY (id)");
    WindowResult back = windowAfter(first, still.marks());

    assertThat(same.notes()).isEmpty();
    assertThat(flipped.notes())
        .containsExactly(
            "the plan of many_rows is another one than before the change: Seq Scan on many_rows");
    assertThat(still.notes()).isEmpty();
    assertThat(back.notes())
        .singleElement()
        .asString()
        .startsWith("the plan of many_rows is again the one from before the change: Index ");
  }

  @Test
  void roundsThatTakeLong_workForHalfOfTheTime_andThoseBetweenAreNotDue() {
    speed(0.06);
    WindowOrder first =
        Soaks.window(
            BUNDLE, START, Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofMillis(200));
    Window window = window(first, Optional.empty());
    sampleUntil(window, 3);

    WindowResult result = window.result(at(3));
    // Six runs take 360 ms: one in 800 ms at most, instead of one in 200 ms.
    MetricSamples rounds = samples(result.metrics(), "probe.by_sector.p50");
    assertThat(rounds.taken()).isBetween(1L, 4L).isEqualTo(rounds.due());
    assertThat(result.notes())
        .singleElement()
        .asString()
        .matches(
            "rounds of probes take \\S+ m?s: they are made every \\S+, so that they work for half of"
                + " the time at most");
    Window next =
        window(
            new WindowOrder(
                first.work(), first.plan(), START, START, at(3), List.of(), result.marks()),
            Optional.empty());
    sampleUntil(next, 3);
    assertThat(next.result(at(3)).notes()).isEmpty();
  }

  @Test
  void roundsLeftOutForRest_areDueForWhatTheRoundCouldNotRead() {
    speed(0.06);
    WindowOrder order =
        Soaks.window(
            BUNDLE, START, Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofMillis(200));
    application.answers(500, "down");
    Window window = window(order, Optional.empty());

    sampleUntil(window, 3);

    window.close();
    WindowResult result = window.result(at(3));
    MetricSamples taken = samples(result.metrics(), "probe.by_sector.p50");
    assertThat(taken.taken()).isBetween(1L, 4L).isEqualTo(taken.due());
    MetricSamples missing = samples(result.metrics(), "http.page.p95");
    assertThat(missing.taken()).isZero();
    assertThat(missing.due()).isEqualTo(16);
  }

  @Test
  void applicationThatHangs_isAskedOnceForTheRestOfItsRound() {
    HttpRequests impatient = new HttpRequests(environment, Duration.ofMillis(500));
    Window window =
        new Window(
            promotion.observed(impatient),
            Soaks.minutes(BUNDLE, START, 2),
            Optional.empty(),
            new HashMap<>());
    window.sample(at(0));
    application.answersWithoutEnd("still", Duration.ofMillis(50));
    int before = application.requests();

    window.sample(at(60));

    // A probe, a check that is timed, and its look at the page.
    assertThat(application.requests() - before).isLessThanOrEqualTo(3);
    WindowResult result = window.result(at(60));
    assertThat(samples(result.metrics(), "http.page.error_rate").last()).contains(0.5);
  }

  @Test
  void roundsThatTakeNoTime_areMadeWhenTheyAreDue() {
    Window window = window(2);
    sampleUntil(window, 120);

    assertThat(samples(window.result(at(120)).metrics(), "probe.by_sector.p50").taken())
        .isEqualTo(3);
    assertThat(window.result(at(120)).notes()).isEmpty();
  }

  private WindowResult windowAfter(WindowOrder order, Map<String, String> marks) {
    WindowOrder next =
        new WindowOrder(order.work(), order.plan(), START, START, at(60), List.of(), marks);
    Window window = window(next, Optional.empty());
    sampleUntil(window, 60);
    return window.result(at(60));
  }

  @Test
  void roundThatDoesNotComeBack_isMissingAndNotWaitedFor() {
    Window window = window(1);
    window.sample(at(0));
    window.live(at(60), new Gauge.Look(Optional.empty(), "away"));
    assertThat(window.beginsRound(at(60))).isTrue();
    assertThat(window.awaitsRound()).isTrue();

    window.close();

    WindowResult result = window.result(at(65));
    assertThat(samples(result.metrics(), "http.page.p95").due()).isEqualTo(2);
    assertThat(samples(result.metrics(), "http.page.p95").taken()).isEqualTo(1);
    window.round(at(70));
    assertThat(samples(window.result(at(71)).metrics(), "http.page.p95").due()).isEqualTo(2);
  }

  @Test
  void roundThatHangs_costsAllThatWereDueMeanwhile() {
    Window window = window(15, Soaks.trigger("http.page.p95 > 10s", Then.ROLLBACK));
    window.sample(at(0));
    window.live(at(60), new Gauge.Look(Optional.empty(), "away"));
    assertThat(window.beginsRound(at(60))).isTrue();
    for (int second = 70; second <= 900; second += 10) {
      window.live(at(second), new Gauge.Look(Optional.empty(), "away"));
      assertThat(window.beginsRound(at(second))).isFalse();
    }

    window.close();

    WindowResult result = window.result(at(900));
    assertThat(samples(result.metrics(), "http.page.p95").due()).isEqualTo(16);
    assertThat(samples(result.metrics(), "http.page.p95").taken()).isEqualTo(1);
    assertThat(phase(result, "http.page.p95")).isEqualTo(Phase.INCONCLUSIVE);
  }

  @Test
  void crossingsBeforeAndAfterALostWorker_areNoLastingBreach() throws SQLException {
    Trigger trigger = Soaks.trigger("sessions.total > 0 for 30s", Then.ROLLBACK);
    WindowOrder order = Soaks.minutes(BUNDLE, START, 15, trigger);
    try (Connection somebody = database.session("somebody")) {
      Window first = window(order, Optional.empty());
      sampleUntil(first, 10);
      assertThat(phase(first.result(at(10)), "sessions.total")).isEqualTo(Phase.PENDING);

      Window second = window(order, Optional.of(first.progress()));
      second.sample(at(630));

      assertThat(phase(second.result(at(630)), "sessions.total")).isEqualTo(Phase.PENDING);
      assertThat(second.over()).isFalse();
      assertThat(somebody.isClosed()).isFalse();
    }
  }

  @Test
  void firstWindowOfAPromotion_isShorterAndTheLaterOnesAreNot() {
    WindowOrder first = Soaks.minutes(BUNDLE, START, 15);

    Instant until = spread(first).result(at(0)).sampledUntil();
    Instant next = spread(later(until)).result(at(0)).sampledUntil();

    assertThat(until).isBetween(at(50), at(890));
    assertThat(spread(first).result(at(0)).sampledUntil()).isEqualTo(until);
    assertThat(Duration.between(until, next)).isEqualTo(Duration.ofMinutes(15));
    assertThat(spread(later(START)).nextSample()).isBetween(START, at(10));
  }

  @Test
  void nextWindow_hasMostOfTheTimeBetweenTwoSamplesToBeginIn() {
    Instant first = spread(Soaks.minutes(BUNDLE, START, 15)).result(at(0)).sampledUntil();
    Instant askew = spread(later(at(7))).result(at(0)).sampledUntil();

    assertThat(Duration.between(first, spread(later(first)).nextSample())).hasMillis(7_500);
    assertThat(askew).isBetween(at(896), at(907));
    assertThat(Duration.between(askew, spread(later(askew)).nextSample())).hasMillis(7_500);
  }

  @Test
  void lastWindow_endsWithItsStage() {
    WindowOrder whole = later(START);
    WindowOrder last =
        new WindowOrder(
            whole.work(), whole.plan(), START, START, at(613), List.of(), whole.marks());

    assertThat(spread(last).result(at(0)).sampledUntil()).isEqualTo(at(613));
  }

  private WindowOrder later(Instant from) {
    WindowOrder order = Soaks.minutes(BUNDLE, from, 15);
    return new WindowOrder(
        order.work(), order.plan(), START, from, order.until(), order.states(), Map.of("a", "1"));
  }

  private Window spread(WindowOrder order) {
    return Window.spread(promotion.observed(), order, Optional.empty(), new HashMap<>());
  }

  @Test
  @Tag("M86")
  void errorInTheLog_breachesAndEndsTheWindow() throws IOException {
    Window window = window(5, Soaks.trigger("log.app_errors.matches > 0", Then.ROLLBACK));
    sampleUntil(window, 50);
    Files.writeString(log, "ERROR of today\n", StandardOpenOption.APPEND);

    sampleUntil(window, 300);

    WindowResult result = window.result(at(60));
    assertThat(window.over()).isTrue();
    assertThat(result.sampledUntil()).isEqualTo(at(60));
    assertThat(phase(result, "log.app_errors.matches")).isEqualTo(Phase.BREACH);
    assertThat(result.changes().get(0).sentence()).isEqualTo("log.app_errors.matches 1, limit > 0");
  }

  @Test
  void breachThatIsOnlyNoted_doesNotEndTheWindow() throws IOException {
    Window window = window(2, Soaks.trigger("log.app_errors.matches > 0", Then.NOTE));
    window.sample(at(0));
    Files.writeString(log, "ERROR of today\n", StandardOpenOption.APPEND);

    sampleUntil(window, 100);

    assertThat(window.over()).isFalse();
    assertThat(phase(window.result(at(100)), "log.app_errors.matches")).isEqualTo(Phase.BREACH);
  }

  @Test
  @Tag("M50")
  @Tag("M85")
  void slowProbe_breachesOnlyOnceItLasted() {
    Trigger trigger = Soaks.trigger("probe.degradation > 20% for 60s", Then.ROLLBACK);
    Window window = window(10, trigger);
    sampleUntil(window, 60);
    assertThat(phase(window.result(at(60)), "probe.degradation")).isEqualTo(Phase.OK);

    speed(0.06);
    // The p50 looks back over both rounds before: it turns once the slow ones are the most.
    sampleUntil(window, 600);

    WindowResult result = window.result(window.nextSample());
    assertThat(phase(result, "probe.degradation")).isEqualTo(Phase.BREACH);
    assertThat(window.over()).isTrue();
    assertThat(result.changes()).hasSize(1);
    assertThat(result.changes().get(0).sentence()).startsWith("probe.degradation ");
  }

  @Test
  @Tag("M72")
  @Tag("M87")
  void waiterThatStays_breachesOnceItLasted() throws SQLException {
    Window window = window(5, Soaks.trigger("locks.waiting > 0 for 30s", Then.ROLLBACK));
    try (Connection holder = database.session("holder");
        Connection waiter = database.session("waiter")) {
      holder.setAutoCommit(false);
      holder.createStatement().execute("LOCK TABLE stocks");
      Background<Boolean> waiting =
          Background.run(() -> waiter.createStatement().execute("SELECT * FROM stocks"));
      database.awaitWaiter();

      sampleUntil(window, 20);
      assertThat(window.over()).isFalse();
      sampleUntil(window, 30);

      assertThat(window.over()).isTrue();
      assertThat(phase(window.result(at(30)), "locks.waiting")).isEqualTo(Phase.BREACH);
      holder.rollback();
      waiting.result();
    }
  }

  @Test
  void applicationThatFails_hasAnErrorRateAndAFailedCheck() {
    Window window = window(2);
    window.sample(at(0));
    application.answers(500, "broken");

    window.sample(at(60));

    WindowResult result = window.result(at(60));
    assertThat(samples(result.metrics(), "http.page.error_rate").last()).contains(0.5);
    assertThat(samples(result.metrics(), "check.page.failed").last()).contains(1.0);
    assertThat(samples(result.metrics(), "http.page.error_rate").low()).contains(0.0);
  }

  @Test
  void logThatIsGone_isMissing() throws IOException {
    Window window = window(2);
    window.sample(at(0));
    Files.delete(log);

    window.sample(at(60));

    MetricSamples matches = samples(window.result(at(60)).metrics(), "log.app_errors.matches");
    assertThat(matches.due()).isEqualTo(2);
    assertThat(matches.taken()).isEqualTo(1);
  }

  @Test
  void probeThatFails_isMissingAndSoIsTheDegradation() {
    Window window = window(2);
    window.sample(at(0));
    database.sql("DROP FUNCTION speed()");

    window.sample(at(60));

    List<MetricSamples> metrics = window.result(at(60)).metrics();
    assertThat(samples(metrics, "probe.by_sector.p50").taken()).isEqualTo(1);
    assertThat(samples(metrics, "probe.degradation").due()).isEqualTo(2);
    assertThat(samples(metrics, "probe.degradation").taken()).isEqualTo(1);
  }

  @Test
  void coreProbeWithoutABaseline_leavesTheDegradationMissing() {
    for (String other : List.of("", "by_sector: { sql: SELECT speed(), runs: 2 }")) {
      Bundle bundle =
          Changes.of(
              """
              change: no-baseline
              why: The application was down before it
              through: [dev]
              probes:
                dashboard: { http: $app/dashboard, runs: 2 }
                %s
              """
                  .formatted(other),
              "sql/10_stocks.sql",
              "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
      application.answers(500, "down");
      promote(bundle);
      application.answers(200, "up");
      Trigger trigger = Soaks.trigger("probe.degradation > 20%", Then.ROLLBACK);
      Window window = window(Soaks.minutes(bundle, START, 1, trigger), Optional.empty());

      sampleUntil(window, 60);

      WindowResult result = window.result(at(60));
      assertThat(phase(result, "probe.degradation")).isEqualTo(Phase.INCONCLUSIVE);
      assertThat(samples(result.metrics(), "probe.degradation").due()).isEqualTo(2);
      assertThat(samples(result.metrics(), "probe.degradation").taken()).isZero();
      assertThat(result.changes().get(0).sentence())
          .isEqualTo("probe.degradation was not measured: dashboard has no baseline");
    }
  }
}
