package io.lockkeeper.deploy.promotion;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.api.Stores;
import io.lockkeeper.api.database.ControlDatabase;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The example, whole, with its checklist's items proven on what journal, report and target hold.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.NAME)
@Order(2)
class MagnusTest {
  private static final List<String> ENVIRONMENTS = List.of("dev", "staging", "production");

  private static Up up;
  private static String id;
  private static JsonNode report;
  private static Journal journal;
  private static FollowUps followUps;
  private static List<JsonNode> toDo;
  private static String vacuumed;

  @BeforeAll
  static void promote() {
    up = Up.shared();
    ENVIRONMENTS.forEach(Magnus::dropIndexes);
    id =
        up.promote(
            up.magnus(),
            Map.of(
                "soak",
                "6s",
                "watch",
                "6s",
                "sample",
                "250ms",
                "follow_up",
                "28s",
                "window",
                "any"));
    up.carry(id, "AWAITING_SIGN_OFF");
    up.approve(id);
    up.carry(id, "COMPLETE");
    followUps = new FollowUps(up, id);
    toDo = followUps.open();
    vacuumed = vacuumed();
    report = Parts.good(up.client().get("/promotions/" + id + "/report.json"));
    journal = new Journal(up.journal(id));
  }

  @AfterAll
  static void closeWhatIsLeft() {
    if (followUps != null) {
      followUps.closeAll();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("M1")
  void theServersVersion_isCheckedInEveryEnvironment(String environment) {
    JsonNode item = item(journal.evidence(environment, "precheck"), "postgresql >= 12");

    assertThat(item.path("verdict").asText()).isEqualTo("PASS");
    assertThat(item.path("sentence").asText()).startsWith("postgresql 15.18, limit >= 12");
  }

  @Test
  @Tag("M2")
  @Tag("M3")
  void versionAndSize_standInTheReportsHeadAndAtTheEnd() {
    for (JsonNode environment : report.path("environments")) {
      assertThat(environment.path("server").asText()).startsWith("PostgreSQL 15.18");
      assertThat(environment.path("database_size").asLong()).isGreaterThan(10_000_000);
      assertThat(environment.path("database_size_at_baseline").asLong()).isPositive();
    }
    assertThat(report.path("environments")).hasSize(3);
    JsonNode atTheEnd = metric("production-watch-24h", "database.size");
    long before = report.path("environments").path(2).path("database_size").asLong();
    assertThat(atTheEnd.path("last").asLong() - before)
        .as("nine indexes take room")
        .isGreaterThan(5_000_000);
  }

  @Test
  @Tag("M6")
  void theNewestBackup_isYoungEnough_andNamed() {
    JsonNode item = item(journal.evidence("production", "precheck"), "backup.age < 24h");

    assertThat(item.path("verdict").asText()).isEqualTo("PASS");
    assertThat(item.path("sentence").asText())
        .matches("backup\\.age .*, limit < 24 h \\((production_)?backup_[0-9_-]+\\)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"staging", "production"})
  @Tag("M7")
  @Tag("M38")
  @Tag("M61")
  void theBackup_isRestoredAndComparedBeforeTheFirstUnit(String environment) {
    JsonNode backup = journal.evidence(environment, "backup");

    assertThat(backup.path("id").asText()).startsWith(environment + "_backup_20");
    assertThat(backup.path("sha256").asText()).hasSize(64);
    assertThat(backup.path("verified_at").asText()).isNotEmpty();
    assertThat(backup.path("tables").asInt()).isEqualTo(5);
    assertThat(backup.path("rows").asLong()).isEqualTo(480_000);
    assertThat(journal.place(environment, "backup"))
        .isLessThan(journal.place(environment, "apply-10_stocks"));
  }

  @Test
  @Tag("M16")
  void devsBackup_isNamedAndHashed() {
    JsonNode backup = journal.evidence("dev", "backup");

    assertThat(backup.path("id").asText()).startsWith("dev_backup_20");
    assertThat(backup.path("sha256").asText()).hasSize(64);
    assertThat(backup.path("size").asLong()).isPositive();
  }

  @Test
  @Tag("M8")
  void theBaseline_canBeDownloaded_andIsWhatTheJournalHashed() {
    String text = attachment("dev-baseline_metrics.txt");

    assertThat(text).contains("stocks_sector", "options_chain", "positions_user_open");
    assertThat(text).contains("kalshi_open", "nfl_upcoming");
  }

  @ParameterizedTest
  @CsvSource({"stocks_sector", "positions_user_open", "kalshi_open", "nfl_upcoming"})
  @Tag("M9")
  @Tag("M10")
  @Tag("M11")
  @Tag("M12")
  void theBaselineOfAProbe_hasItsTimesAndItsPlan(String name) {
    JsonNode probe = probe(journal.evidence("dev", "baseline"), name);

    assertThat(probe.path("p50").asDouble()).isPositive();
    assertThat(probe.path("p95").asDouble()).isGreaterThanOrEqualTo(probe.path("p50").asDouble());
    assertThat(probe.path("runs").asInt()).isEqualTo(30);
    assertThat(probe.path("plan").asText()).isNotEmpty();
    assertThat(attachment("dev-baseline_plans.txt")).contains(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("M15")
  @Tag("M39")
  void theTargetsIdentity_isSaid(String environment) {
    assertThat(journal.ended(environment, "precheck").path("sentence").asText())
        .isEqualTo("connected to magnus_" + environment + " as lk_exec");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("M18")
  @Tag("M19")
  @Tag("M20")
  @Tag("M62")
  void everyUnit_ends_withItsTime(String environment) {
    List<JsonNode> units = new ArrayList<>();
    for (String section : Magnus.SECTIONS) {
      JsonNode applied = journal.evidence(environment, "apply-" + section);
      assertThat(applied.path("seconds").asDouble()).isPositive();
      applied.path("units").forEach(units::add);
    }
    assertThat(units).hasSize(14);
    assertThat(units)
        .allSatisfy(
            unit -> {
              assertThat(unit.path("outcome").asText()).isEqualTo("run");
              assertThat(unit.path("seconds").asDouble()).isPositive();
              assertThat(unit.path("notices")).isEmpty();
            });
    assertThat(
            up.target(environment)
                .list(
                    "SELECT state FROM lockkeeper.unit WHERE pass = 'deploy' AND promotion = '"
                        + id
                        + "' AND started_at <= finished_at"))
        .hasSize(14)
        .containsOnly("finished");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("M21")
  @Tag("M23")
  @Tag("M24")
  @Tag("M63")
  void allNineIndexes_areThereAndValid(String environment) {
    JsonNode state = journal.evidence(environment, "verify-objects");
    List<JsonNode> objects = list(state.path("objects"));

    assertThat(objects).hasSize(9).allMatch(object -> object.path("valid").asBoolean());
    assertThat(objects).allMatch(object -> object.path("size").asLong() > 0);
    assertThat(objects).allMatch(object -> object.has("scans"));
    assertThat(state.path("missing")).isEmpty();
    assertThat(state.path("extra")).isEmpty();
    assertThat(objects.stream().collect(groupingBy(o -> o.path("table").asText(), counting())))
        .isEqualTo(
            Map.of(
                "stocks", 3L,
                "options_chains", 2L,
                "positions", 2L,
                "kalshi_markets", 1L,
                "nfl_games", 1L));
    assertThat(Magnus.validIndexes(environment)).hasSize(9);
  }

  @Test
  @Tag("M22")
  void theVerificationQuerysRows_areKept() {
    assertThat(attachment("dev-index_list.txt"))
        .contains("idx_stocks_sector", "idx_nfl_games_status_time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "production"})
  @Tag("M25")
  @Tag("M64")
  void theTables_areVacuumedAndAnalyzed(String environment) {
    assertThat(journal.evidence(environment, "apply-90_vacuum").path("units")).hasSize(5);
    assertThat(
            up.target(environment)
                .list(
                    """
                    SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'
                      AND last_vacuum IS NOT NULL AND last_analyze IS NOT NULL
                    """))
        .contains("stocks", "options_chains", "positions", "kalshi_markets", "nfl_games");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("M26")
  @Tag("M27")
  @Tag("M28")
  @Tag("M67")
  void theSameProbes_areComparedOneByOneAndOnAverage(String environment) {
    JsonNode table = journal.evidence(environment, "compare");
    List<JsonNode> core =
        list(table.path("probes")).stream().filter(p -> p.path("core").asBoolean()).toList();

    assertThat(core).hasSize(5);
    assertThat(core)
        .allSatisfy(
            probe -> {
              assertThat(probe.path("after_p50").asDouble())
                  .isLessThan(probe.path("before_p50").asDouble());
              assertThat(probe.path("verdict").asText()).isIn("PASS", "INCONCLUSIVE");
              assertThat(probe.path("after_rows")).isEqualTo(probe.path("before_rows"));
            });
    double mean =
        core.stream().mapToDouble(p -> p.path("improvement").asDouble()).average().orElseThrow();
    assertThat(table.path("average_improvement").asDouble()).isCloseTo(mean, within(1e-9));
    assertThat(table.path("total_improvement").asDouble()).isPositive();
    assertThat(text("md")).contains("Average");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("M29")
  @Tag("M30")
  @Tag("M31")
  @Tag("M32")
  @Tag("M33")
  @Tag("M34")
  @Tag("M65")
  @Tag("M66")
  void theApplication_worksAfterTheChange(String environment) {
    JsonNode checks = journal.evidence(environment, "verify-checks");

    for (String name :
        List.of("application_connects", "dashboard_loads", "options_analysis", "kalshi_markets")) {
      assertThat(check(checks, name).path("verdict").asText()).as(name).isEqualTo("PASS");
      assertThat(check(checks, name).path("sentence").asText()).contains("status 200");
    }
    assertThat(check(checks, "screener_unchanged").path("sentence").asText())
        .contains("as before the change");
    assertThat(check(checks, "nfl_rows").path("sentence").asText()).isEqualTo("rows 5, limit > 0");
    assertThat(check(checks, "kalshi_rows").path("sentence").asText())
        .isEqualTo("rows 5, limit > 0");
    for (String page : List.of("portfolio", "dashboard")) {
      JsonNode measured = probe(journal.evidence(environment, "compare"), page);
      assertThat(measured.path("before_p50").asDouble()).as(page).isPositive();
      assertThat(measured.path("after_p50").asDouble()).as(page).isPositive();
    }
  }

  @Test
  @Tag("M40")
  void theTimesOfAllEnvironments_standBesideEachOther() {
    List<JsonNode> applied =
        list(report.path("applied")).stream()
            .filter(unit -> unit.path("pass").asText().equals("apply"))
            .toList();

    assertThat(applied).hasSize(14);
    assertThat(applied)
        .allSatisfy(
            unit ->
                assertThat(unit.path("seconds").fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrderElementsOf(ENVIRONMENTS));
  }

  @Test
  @Tag("M49")
  void theSoak_hasItsBeginningAndItsEnd_andEverySampleThatWasDue() {
    JsonNode samples = journal.evidence("staging-soak", "samples");

    assertThat(samples.path("started").asText()).isLessThan(samples.path("ended").asText());
    for (JsonNode metric : samples.path("metrics")) {
      assertThat(metric.path("taken").asInt())
          .as(metric.path("metric").asText())
          .isBetween(1, metric.path("due").asInt());
    }
    // Six seconds of a sample each 250 ms, both ends counted.
    assertThat(metric("staging-soak", "locks.waiting").path("due").asInt()).isBetween(24, 26);
  }

  @Test
  @Tag("M53")
  void theGate_showsEveryVerdictBefore() {
    JsonNode gate = journal.first("gate_opened");
    List<String> seen =
        list(gate.path("evidence")).stream()
            .map(e -> e.path("stage").asText() + " " + e.path("step").asText())
            .toList();

    assertThat(seen).contains("dev verify-objects", "staging verify-checks");
    assertThat(seen).contains("staging-soak samples", "dev verify-reverted");
    assertThat(list(gate.path("evidence")))
        .allMatch(e -> List.of("PASS", "INCONCLUSIVE").contains(e.path("verdict").asText()));
  }

  @Test
  @Tag("M56")
  void theWayBack_isRehearsedInDev_andLeavesTheSchemaAsItWas() {
    JsonNode compared = journal.evidence("dev", "verify-reverted");

    assertThat(compared.path("now").asText()).isEqualTo(compared.path("before").asText());
    assertThat(compared.path("before").asText()).hasSize(64);
    assertThat(compared.path("differences")).isEmpty();
    assertThat(journal.evidence("dev", "revert-10_stocks").path("seconds").asDouble()).isPositive();
    assertThat(journal.place("dev", "verify-reverted"))
        .isLessThan(journal.place("dev", "apply-10_stocks"));
  }

  @ParameterizedTest
  @CsvSource({
    "http.dashboard.error_rate",
    "http.dashboard.p95",
    "sessions.total",
    "locks.waiting",
    "deadlocks",
    "disk.free"
  })
  @Tag("M68")
  @Tag("M69")
  @Tag("M70")
  @Tag("M71")
  @Tag("M72")
  @Tag("M88")
  void theWatch_samplesWhatItsTriggersJudge(String metric) {
    JsonNode samples = journal.evidence("production-watch-2h", "samples");
    JsonNode figures = metric("production-watch-2h", metric);

    assertThat(figures.path("taken").asInt()).isPositive();
    assertThat(list(samples.path("triggers")))
        .filteredOn(trigger -> trigger.path("metric").asText().equals(metric))
        .isNotEmpty()
        .allMatch(trigger -> trigger.path("phase").asText().equals("OK"));
    assertThat(journal.ended("production-watch-2h", "samples").path("attachments")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "staging-soak, probe.degradation, probe.degradation &gt; 20% for",
    "staging-soak, index.bloat, limit index.bloat &gt; 20%",
    "staging-soak, log.app_errors.matches, limit log.app_errors.matches &gt; 0",
    "production-watch-2h, host.cpu, limit host.cpu &gt; baseline + 20 points for",
    "production-watch-2h, host.io, limit host.io &gt; baseline + 20 points for",
    "production-watch-2h, http.dashboard.error_rate, http.dashboard.error_rate &gt; baseline + 1 points for",
    "production-watch-2h, http.dashboard.p95, before the change: p50",
    "production-watch-2h, sessions.total, sessions.total &gt; baseline + 30% for",
    "production-watch-24h, probe.stocks_sector.p50, before the change: p50",
    "production, locks.waiting, in production"
  })
  @Tag("M50")
  @Tag("M51")
  @Tag("M68")
  @Tag("M69")
  @Tag("M70")
  @Tag("M71")
  void whatIsWatched_isDrawn_inThePageAndAlone(String stage, String metric, String words) {
    String picture = attachment(stage + "-" + metric + ".svg");

    assertThat(picture)
        .startsWith("<svg ")
        .contains(">" + metric + " in " + stage + "<", words, "stroke=\"#1f4e8c\"")
        .doesNotContain("NaN", "<script");
    assertThat(text("html")).contains(picture.strip());
    assertThat(text("md"))
        .contains("in " + stage + "](attachments/" + stage + "-" + metric + ".svg)");
  }

  @Test
  @Tag("M52")
  void theSoak_countsUnexpectedErrorsPerHour() {
    JsonNode samples = journal.evidence("staging-soak", "samples");
    JsonNode errors = metric("staging-soak", "log.app_errors.matches");
    JsonNode perHour =
        list(samples.path("triggers")).stream()
            .filter(t -> t.path("trigger").asText().startsWith("log.app_errors.matches > +0 in "))
            .findFirst()
            .orElseThrow();

    assertThat(errors.path("taken").asDouble())
        .isPositive()
        .isGreaterThanOrEqualTo(errors.path("due").asDouble() * 0.8);
    assertThat(errors.path("high").asDouble()).isZero();
    assertThat(perHour.path("phase").asText()).isEqualTo("OK");
    assertThat(perHour.at("/rule/then").asText()).isEqualTo("NOTE");
    assertThat(perHour.at("/rule/limit").asText()).isEqualTo("log.app_errors.matches > +0 in 1h");
  }

  @Test
  void everyTrigger_hasItsWorstFigure_andWhenItWas() {
    JsonNode seen = named(report.path("observed"), "stage", "production-watch-2h");
    List<JsonNode> judged = list(seen.path("judged"));

    assertThat(judged).hasSameSizeAs(list(seen.path("samples").path("triggers")));
    JsonNode total = named(seen.path("judged"), "metric", "sessions.total");
    assertThat(total.path("trigger").asText()).startsWith("sessions.total > baseline + 30% for");
    assertThat(total.path("because").asText()).isEqualTo("connections are stable");
    assertThat(total.path("state").asText()).isEqualTo("OK");
    assertThat(total.path("did").asText()).isEqualTo("nothing");
    assertThat(total.path("worst").asDouble())
        .isEqualTo(metric("production-watch-2h", "sessions.total").path("high").asDouble());
    assertThat(total.path("at").asText())
        .isBetween(seen.at("/samples/started").asText(), seen.at("/samples/ended").asText());
    assertThat(text("md"))
        .contains("| trigger | metric | state | worst | when | what it did | what was found |")
        .contains("| metric | samples due | taken | missing | lowest | highest | last |");
  }

  @Test
  @Tag("M73")
  void afterTwoHours_theOperationsLeadSaysWhatUsersReport() {
    followUps.confirm("hour-2-reports", "users report nothing");

    assertThat(up.sentences(id))
        .contains(
            "follow-up hour-2-reports: acknowledged by dora as operations-lead: users report"
                + " nothing");
  }

  @Test
  @Tag("M75")
  @Tag("M77")
  void dayOne_tellsTheScansOfEveryIndex_andTheTimesOfThePages() {
    List<String> scans =
        list(journal.evidence("production-watch-24h", "samples").path("metrics")).stream()
            .map(metric -> metric.path("metric").asText())
            .filter(name -> name.matches("index\\..*\\.scans"))
            .toList();
    String day = text("md");
    day = day.substring(day.indexOf("## production-watch-24h: "));

    assertThat(scans).hasSize(9);
    assertThat(day).contains("| index | scans | share of its table's scans | bloat |");
    for (String name : Magnus.validIndexes("production")) {
      String bare = name.substring(name.indexOf('.') + 1);
      assertThat(day).containsPattern("\\| " + bare + " \\| [0-9]+ \\|.*\\| (not scanned)? *\\|");
    }
    for (String page : List.of("probe.dashboard.p50", "probe.portfolio.p50")) {
      assertThat(metric("production-watch-24h", page).path("last").asDouble()).isPositive();
    }
  }

  @Test
  void theSeries_areHandedOut_asJsonAndAsCsv() {
    JsonNode all = Parts.good(up.client().get("/promotions/" + id + "/metrics"));
    JsonNode waiting = all.path("locks.waiting").path("staging-soak");
    JsonNode figures = metric("staging-soak", "locks.waiting");

    long taken = list(waiting).stream().filter(point -> !point.path(1).isNull()).count();
    assertThat(taken).isEqualTo(figures.path("taken").asLong());
    assertThat(all.path("http.dashboard.p95").fieldNames())
        .toIterable()
        .contains("production-watch-2h", "production-watch-24h");
    assertThat(all.path("sessions.active").has("dev")).as("while sections ran").isTrue();

    List<String> csv =
        text("/metrics?format=csv&metric=locks.waiting&stage=staging-soak", "").lines().toList();
    assertThat(csv.get(0)).isEqualTo("time,stage,metric,value");
    assertThat(csv).hasSize(waiting.size() + 1);
    assertThat(csv.get(1)).matches("20[0-9T:.-]+Z,staging-soak,locks\\.waiting,[0-9]+");
    JsonNode few =
        Parts.good(up.client().get("/promotions/" + id + "/metrics?points=10&metric=probe.*.p95"));
    assertThat(few.path("probe.dashboard.p95").fieldNames()).hasNext();
    assertThat(few).allSatisfy(stages -> assertThat(stages).allMatch(one -> one.size() <= 10));
    assertThat(few.has("locks.waiting")).isFalse();
  }

  @Test
  void seriesThatWereRemoved_areGone_andTheReportSaysSo() {
    Sql control = up.control();
    String mine = " WHERE promotion_id = '" + id + "'";
    String window =
        control.one("SELECT name FROM series" + mine + " AND stage = 'staging-soak' LIMIT 1");
    String removed = "UPDATE series SET expired_at = '2027-12-31T00:00:00Z'" + mine;
    control.execute(removed + " AND stage = 'staging-soak'");
    try {
      var others = up.client().get("/promotions/" + id + "/metrics");
      assertThat(others.good()).isTrue();
      assertThat(others.expired()).containsExactly("staging-soak 2027-12-31T00:00:00Z");
      assertThat(up.client().get("/promotions/" + id + "/metrics?stage=staging-soak").status())
          .isEqualTo(410);
      control.execute(removed);
      for (String view : List.of("/metrics", "/metrics?format=csv", "/attachments/" + window)) {
        var answer = up.client().get("/promotions/" + id + view);
        assertThat(answer.status()).as(view).isEqualTo(410);
        assertThat(answer.json().path("code").asText()).isEqualTo("series-expired");
        assertThat(answer.json().path("detail").asText()).contains("2027-12-31T00:00:00Z");
      }
      assertThat(text("md"))
          .contains("Its series were kept until 2027-12-31T00:00:00Z")
          .doesNotContain("attachments/staging-soak-");
      assertThat(text("html")).doesNotContain("<svg ");
    } finally {
      control.execute("UPDATE series SET expired_at = NULL" + mine);
    }
  }

  /** On a copy of its journal, in tables of its own. */
  @Test
  void series_areReadFromOldJournals_andRemovedOnceTheyAreOldEnough() {
    Sql control = up.control();
    control.execute("DROP SCHEMA IF EXISTS old CASCADE; CREATE SCHEMA old");
    String url = control.url() + (control.url().contains("?") ? "&" : "?") + "currentSchema=old";
    try (ControlDatabase database = ControlDatabase.open(url, control.user(), control.password())) {
      for (String table : List.of("blob", "change", "promotion", "journal")) {
        control.execute(copy(table));
      }
      Stores stores = Stores.of(database);
      String windows =
          "SELECT stage || name || sampled_from || sampled_until || sha256 || size FROM ";
      stores.journal().completeSeries();
      stores.journal().completeSeries();

      assertThat(control.list(windows + "old.series ORDER BY 1"))
          .isNotEmpty()
          .isEqualTo(control.list(windows + "series WHERE promotion_id = '" + id + "' ORDER BY 1"));
      assertThat(control.one("SELECT series_place = chain_length FROM old.promotion"))
          .isEqualTo("t");
      int all = control.list("SELECT 1 FROM old.series").size();
      assertThat(stores.series().read(id).find("staging-soak", "locks.waiting")).isPresent();

      Duration keep = Duration.ofDays(400);
      assertThat(stores.series().expire(Instant.now().plus(Duration.ofDays(399)), keep)).isZero();
      Instant later = Instant.now().plus(Duration.ofDays(401)).truncatedTo(ChronoUnit.SECONDS);
      control.execute("UPDATE old.promotion SET status = 'PAUSED'");
      assertThat(stores.series().expire(later, keep)).as("it has not ended").isZero();
      control.execute("UPDATE old.promotion SET status = 'COMPLETE'");
      assertThat(stores.series().expire(later, keep)).isEqualTo(all);
      assertThat(stores.series().expire(later, keep)).isZero();

      assertThat(stores.series().read(id).stages()).isEmpty();
      assertThat(stores.series().read(id).keptUntil()).containsEntry("staging-soak", later);
      assertThat(
              control.list(
                  "SELECT 1 FROM old.blob JOIN old.series USING (sha256) WHERE expired_at IS NOT"
                      + " NULL"))
          .isEmpty();
      assertThat(control.list("SELECT 1 FROM old.blob")).as("the change").isNotEmpty();
    } finally {
      control.execute("DROP SCHEMA old CASCADE");
    }
  }

  /** What this promotion needs of a table; columns that were counted up stay as they are. */
  private static String copy(String table) {
    String of =
        switch (table) {
          case "promotion" -> " WHERE id = '" + id + "'";
          case "journal" -> " WHERE promotion_id = '" + id + "'";
          case "change" -> " WHERE hash = '" + up.magnus() + "'";
          default -> "";
        };
    return "INSERT INTO old."
        + table
        + " OVERRIDING SYSTEM VALUE SELECT * FROM public."
        + table
        + of
        + (table.equals("promotion") ? "; UPDATE old.promotion SET series_place = 0" : "");
  }

  @Test
  @Tag("M99")
  void fourPeople_haveSignedOneEvidence() {
    List<JsonNode> signed = list(report.path("sign_offs"));

    assertThat(signed)
        .extracting(s -> s.path("role").asText() + " " + s.path("person").asText())
        .containsExactlyInAnyOrder(
            "dba boris", "development-lead chen", "operations-lead dora", "release-manager emil");
    assertThat(signed).extracting(s -> s.path("evidence_hash").asText()).hasSize(4);
    assertThat(signed.stream().map(s -> s.path("evidence_hash").asText()).distinct()).hasSize(1);
    assertThat(signed).allMatch(s -> !s.path("at").asText().isEmpty());
    assertThat(journal.place("production-sign-off", "precheck"))
        .isLessThan(journal.place("production", "apply-10_stocks"));
  }

  @Test
  @Tag("M101")
  void theStatus_isComplete_andTheReportSaysSo() {
    assertThat(report.path("status").asText()).isEqualTo("COMPLETE");
    assertThat(text("html").replace("<wbr>", ""))
        .contains("COMPLETE", "boris", "idx_stocks_sector");
    assertThat(text("md")).contains("COMPLETE");
  }

  @Test
  @Tag("M102")
  void thePlan_losesNoData_andEveryStatementHasItsWayBack() {
    JsonNode plan = Parts.good(up.client().get("/changes/" + up.magnus() + "/plan"));

    assertThat(plan.path("risk").asText()).isEqualTo("low");
    assertThat(plan.path("loses_data").asBoolean(true)).isFalse();
    for (JsonNode environment : plan.path("environments")) {
      for (JsonNode section : environment.path("sections")) {
        assertThat(list(section.path("statements")))
            .allMatch(
                statement ->
                    !statement.path("way_back").isEmpty()
                        || statement.path("title").asText().startsWith("vacuum"));
      }
    }
  }

  @Test
  void theHistory_isExported_withoutSql() {
    // It is exported once the workflow has ended, a moment after the promotion is COMPLETE.
    String history =
        Await.until(
                "the history is exported",
                () -> up.client().get("/promotions/" + id + "/history.json"),
                answer -> answer.status() == 200)
            .text();

    assertThat(history).contains("EVENT_TYPE_WORKFLOW_EXECUTION_STARTED");
    assertThat(history).doesNotContain("CREATE INDEX");
  }

  @Test
  void thePlan_showsWhatEachTargetLooksLikeNow() {
    String hash = up.promotion(id).path("change").path("hash").asText();

    JsonNode plan = Parts.good(up.client().get("/changes/" + hash + "/plan"));

    for (JsonNode environment : plan.path("environments")) {
      JsonNode survey = environment.path("looked").path("survey");
      assertThat(list(survey.path("tables")))
          .extracting(table -> table.path("name").asText())
          .contains("stocks", "options_chains");
      assertThat(list(survey.path("indexes"))).hasSize(9);
      assertThat(list(survey.path("indexes")))
          .allSatisfy(index -> assertThat(index.path("there").asBoolean()).isTrue());
      assertThat(survey.path("disk_free").asLong())
          .as(survey.path("no_disk").asText())
          .isPositive();
    }
  }

  @Test
  void whatIsLeftToDo_standsOpenBesideTheCompletePromotion() {
    assertThat(toDo)
        .extracting(open -> open.path("name").asText() + " " + open.path("role").asText())
        .contains(
            "week-1-vacuum dba",
            "week-1-metrics dba",
            "day-1-complaints operations-lead",
            "debrief release-manager",
            "wiki development-lead",
            "capacity operations-lead");
    assertThat(up.sentences(id))
        .anyMatch(line -> line.startsWith("to do afterwards in production"));
  }

  @Test
  @Tag("M75")
  void dayOne_tellsHowOftenEachIndexWasScanned() {
    JsonNode usage = followUps.tried("day-1-usage");

    assertThat(usage.path("verdict").asText()).isEqualTo("PASS");
    assertThat(
            attachment("follow-up-day-1-usage-index_usage.txt")
                .lines()
                .filter(l -> l.contains("idx_")))
        .hasSize(9)
        .allSatisfy(l -> assertThat(l).contains(" scans, those of the probes among them"));
  }

  @Test
  @Tag("M76")
  @Tag("M77")
  void dayOne_measuresAgain_andLooksForErrors() {
    assertThat(followUps.tried("day-1-errors").path("verdict").asText()).isEqualTo("PASS");
    assertThat(followUps.tried("day-1-dashboard").path("verdict").asText()).isEqualTo("PASS");
    JsonNode table = followUps.tried("day-1-metrics").path("evidence");

    assertThat(list(table.path("probes"))).hasSize(7);
    for (String page : List.of("dashboard", "portfolio")) {
      assertThat(probe(table, page).path("after_p50").asDouble()).isPositive();
      assertThat(probe(table, page).path("before_p50").asDouble()).isPositive();
    }
    assertThat(probe(table, "stocks_sector").path("improvement").asDouble()).isPositive();
  }

  @Test
  @Tag("M78")
  void dayOne_asksForComplaints_andOnlyTheRoleAnswers() {
    assertThat(
            up.as("boris", "dba")
                .post(
                    "/promotions/" + id + "/acknowledge",
                    Map.of("reason", "none", "follow_up", "day-1-complaints"))
                .status())
        .isEqualTo(403);
    assertThat(followUps.acknowledge("day-2-complaints", "operations-lead", "none").status())
        .isEqualTo(409);

    followUps.confirm("day-1-complaints", "none");

    assertThat(up.sentences(id))
        .contains("follow-up day-1-complaints: acknowledged by dora as operations-lead: none");
    assertThat(followUps.open())
        .noneMatch(open -> open.path("name").asText().equals("day-1-complaints"));
  }

  @Test
  @Tag("M79")
  void weekOne_vacuumsTheTables_throughTheClosedGrant() {
    JsonNode vacuum = followUps.tried("week-1-vacuum");

    assertThat(vacuum.path("verdict").asText()).as(vacuum.toString()).isEqualTo("PASS");
    assertThat(vacuum.path("evidence").path("seconds").asDouble()).isPositive();
    assertThat(vacuumed()).isGreaterThan(vacuumed);
  }

  @Test
  @Tag("M80")
  @Tag("M81")
  void weekOne_comparesTheFiveQueriesWithTheBaseline() {
    JsonNode table = followUps.tried("week-1-metrics").path("evidence");

    assertThat(list(table.path("probes")))
        .extracting(probe -> probe.path("probe").asText())
        .containsExactlyInAnyOrder(
            "stocks_sector", "options_chain", "positions_user_open", "kalshi_open", "nfl_upcoming");
    assertThat(list(table.path("probes")))
        .allSatisfy(
            probe -> {
              assertThat(probe.path("before_p50").asDouble()).isPositive();
              assertThat(probe.path("after_p50").asDouble()).isPositive();
            });
    assertThat(table.path("average_improvement").asDouble()).isPositive();
    assertThat(followUps.tried("week-1-metrics").path("sentence").asText())
        .contains("statements of others: not available, the extension pg_stat_statements");
    JsonNode now = Parts.good(up.client().get("/promotions/" + id + "/report.json"));
    assertThat(list(now.path("comparisons")))
        .extracting(compared -> compared.path("environment").asText())
        .contains("production", "follow-up week-1-metrics");
  }

  @Test
  @Tag("M82")
  @Tag("M83")
  void weekOne_remindsOfTheDebrief_andKeepsWhatWasLearnedAndWhereItStands() {
    Await.until(
        "somebody is reminded of the debrief",
        () -> up.sentences(id),
        lines ->
            lines.stream()
                .anyMatch(
                    line ->
                        line.startsWith("follow-up debrief: release-manager is asked")
                            && line.contains("(asked 2 times)")));

    followUps.confirm("debrief", "build the largest index last");
    Map<String, String> links =
        Map.of(
            "wiki", "https://wiki.example/magnus-indexes",
            "improvements", "https://tracker.example/812",
            "runbooks", "https://wiki.example/runbooks/bloat",
            "capacity", "https://wiki.example/capacity/2026");
    links.forEach(followUps::confirm);

    List<String> sentences = up.sentences(id);
    assertThat(sentences).anyMatch(line -> line.contains("emil as release-manager: build the"));
    assertThat(links.values())
        .allSatisfy(link -> assertThat(sentences).anyMatch(line -> line.endsWith(": " + link)));
  }

  @Test
  void theChainOfTheJournal_holds() {
    assertThat(Parts.good(up.client().get("/audit/verify")).path("intact").asBoolean()).isTrue();
  }

  private static String vacuumed() {
    return String.join(
        "",
        up.target("production")
            .list("SELECT last_vacuum::text FROM pg_stat_user_tables WHERE relname = 'stocks'"));
  }

  private static JsonNode item(JsonNode prechecks, String name) {
    return named(prechecks.path("items"), "name", name);
  }

  private static JsonNode check(JsonNode checks, String name) {
    return named(checks.path("checks"), "name", name);
  }

  private static JsonNode probe(JsonNode table, String name) {
    return named(table.path("probes"), "probe", name);
  }

  private static JsonNode metric(String stage, String name) {
    return named(journal.evidence(stage, "samples").path("metrics"), "metric", name);
  }

  private static JsonNode named(JsonNode array, String key, String name) {
    return list(array).stream()
        .filter(element -> element.path(key).asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + array));
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static String attachment(String name) {
    return text("/attachments/" + name, "");
  }

  private static String text(String format) {
    return text("/report.", format);
  }

  private static String text(String view, String format) {
    var answer = up.client().get("/promotions/" + id + view + format);
    assertThat(answer.status()).isEqualTo(200);
    return answer.text();
  }

  private static Offset<Double> within(double offset) {
    return Offset.offset(offset);
  }
}
