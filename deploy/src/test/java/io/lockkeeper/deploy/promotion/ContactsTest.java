package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.ExampleTables;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contacts example, whole, on a twenty-fifth of its rows: columns, function, indexes and
 * policy, with the rehearsal that leaves the columns, and every limit of its document.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.SECOND)
class ContactsTest {
  private static final List<String> SECTIONS =
      List.of(
          "10_columns",
          "12_fill",
          "13_check",
          "14_validate",
          "15_not_null",
          "20_function",
          "30_indexes",
          "40_policy",
          "50_analyze");

  /** Those whose locks keep others out. */
  private static final List<String> STRONG =
      List.of("10_columns", "13_check", "15_not_null", "20_function", "40_policy");

  static final String DROP =
      """
      DROP TABLE IF EXISTS contact_notes, contacts, organization_members, organizations CASCADE;
      DROP FUNCTION IF EXISTS user_has_contact_access_optimized, quick_performance_check,
        benchmark_query_performance, monitor_migration_performance;
      REVOKE CREATE ON SCHEMA public FROM contacts_owner;
      """;

  private static Up up;
  private static String id;
  private static Evidence evidence;
  private static Journal journal;

  @BeforeAll
  static void promote() {
    up = Up.second();
    ExampleTables tables = new ExampleTables(up, "contacts").load(0.1);
    id =
        up.promote(
            tables.push(),
            Map.of(
                "soak",
                "5s",
                "watch",
                "5s",
                "sample",
                "250ms",
                "follow_up",
                "1s",
                "window",
                "any"));
    up.carry(id, "AWAITING_SIGN_OFF");
    up.approve(id);
    up.carry(id, "COMPLETE");
    evidence = Evidence.of(up, id);
    journal = evidence.journal();
  }

  @AfterAll
  static void drop() {
    if (up != null) {
      new FollowUps(up, id).closeAll();
      new ExampleTables(up, "contacts").drop(DROP);
    }
  }

  @Test
  @Tag("C4")
  @Tag("C53")
  void theWayBack_isRehearsedInTheDocumentsOrder_andLeavesTheColumns() {
    JsonNode compared = journal.evidence("dev", "verify-reverted");
    List<String> reverts =
        journal.steps("dev").stream().filter(step -> step.startsWith("revert-")).toList();

    assertThat(reverts)
        .containsSubsequence(
            "revert-40_policy", "revert-30_indexes", "revert-20_function", "revert-10_columns");
    assertThat(journal.ended("dev", "verify-reverted").path("verdict").asText()).isEqualTo("PASS");
    assertThat(compared.toString())
        .contains("contacts.analytics_enabled", "contacts.last_analytics_update");
    assertThat(journal.place("dev", "verify-reverted"))
        .isLessThan(journal.place("dev", "apply-10_columns"));
  }

  @Test
  @Tag("C10")
  @Tag("C11")
  void theApplicationsLimits_holdWhileSectionsRun_andArePutBackAsFound() {
    Sql production = up.target("production");
    String half =
        production
            .list(
                """
                SELECT (current_setting('max_connections')::int
                  - current_setting('superuser_reserved_connections')::int) / 2
                """)
            .get(0);

    assertThat(measures("measures"))
        .containsExactlyInAnyOrder(
            "connection_limit of role app_user " + half + ", before -1",
            "statement_timeout of role app_user 120000ms, before not set");
    assertThat(measures("measures-back")).hasSameElementsAs(measures("measures"));
    assertThat(journal.place("production", "measures"))
        .isLessThan(journal.place("production", "apply-10_columns"));
    assertThat(journal.place("production", "measures-back"))
        .isGreaterThan(journal.place("production", "apply-40_policy"));
    assertThat(
            production.list(
                "SELECT rolconnlimit || ' ' || (rolconfig IS NULL) FROM pg_roles WHERE rolname ="
                    + " 'app_user'"))
        .containsExactly("-1 true");
  }

  private static List<String> measures(String step) {
    List<String> measures = new ArrayList<>();
    for (JsonNode one : journal.evidence("production", step).path("measures")) {
      measures.add(
          one.path("kind").asText()
              + " of "
              + one.path("object").asText()
              + " "
              + one.path("put").asText()
              + ", before "
              + one.path("found").asText("not set"));
    }
    return measures;
  }

  @Test
  @Tag("C66")
  void theRehearsedWayBack_ofFiftyThousandRows_staysBelowTwentySeconds() {
    double seconds =
        journal.steps("dev").stream()
            .filter(step -> step.startsWith("revert-"))
            .mapToDouble(step -> journal.evidence("dev", step).path("seconds").asDouble())
            .sum();

    assertThat(seconds).isPositive().isLessThan(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C15")
  void figures_areSampledWhileSectionsRun(String environment) {
    for (String section : SECTIONS) {
      assertThat(evidence.highest(environment, section, "sessions.total")).isNotNegative();
      assertThat(evidence.attachment(environment + "-" + section + "-guard.json"))
          .contains("locks.waiting", "sessions.active", "sessions.blocked");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "quick_performance_check, size of contacts with indexes",
    "benchmark, contacts of an organization"
  })
  @Tag("C6")
  @Tag("C16")
  void theDocumentsOwnMeasurements_areKeptOfBothMoments(String check, String row) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      String before = evidence.attachment(environment + "-" + check + "-before.txt");
      String after = evidence.attachment(environment + "-" + check + ".txt");

      assertThat(before).contains(row);
      assertThat(after).contains(row).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C18")
  @Tag("C19")
  void everySection_endsWithItsUnitsAndTheirTimes(String environment) {
    List<JsonNode> units = evidence.units(environment, "apply-", SECTIONS);

    assertThat(units).hasSize(11);
    assertThat(units)
        .allSatisfy(
            unit -> {
              assertThat(unit.path("outcome").asText()).startsWith("run");
              assertThat(unit.path("seconds").asDouble()).isPositive();
            });
    double seconds =
        SECTIONS.stream()
            .mapToDouble(
                s -> journal.evidence(environment, "apply-" + s).path("seconds").asDouble())
            .sum();
    assertThat(seconds).isLessThan(15 * 60);
  }

  @ParameterizedTest
  @CsvSource({
    "dev, precheck, backup",
    "staging, precheck, backup",
    "production, precheck, backup",
    "dev, verify-objects, compare",
    "staging, verify-objects, compare",
    "production, verify-objects, compare"
  })
  @Tag("C14")
  @Tag("C26")
  void phasesBeforeAndAfter_tellTheirTime(String environment, String first, String last) {
    Duration took =
        Duration.between(journal.endedAt(environment, first), journal.endedAt(environment, last));

    assertThat(took).isPositive().isLessThan(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C20")
  @Tag("C28")
  void everyStrongLock_isHeldForLessThanHalfASecond(String environment) {
    List<JsonNode> units = evidence.units(environment, "apply-", STRONG);

    assertThat(units).hasSize(5);
    assertThat(units)
        .allSatisfy(
            unit -> assertThat(unit.at("/locks/held").asDouble(Double.NaN)).isBetween(0.0, 0.5));
    assertThat(evidence.units(environment, "apply-", List.of("30_indexes")))
        .allMatch(unit -> unit.at("/locks/held").isMissingNode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"staging", "production"})
  @Tag("C21")
  void nothingIsWarnedOf(String environment) {
    assertThat(evidence.units(environment, "apply-", SECTIONS))
        .allSatisfy(
            unit -> assertThat(unit.path("notices").toString()).doesNotContain("WARNING", "ERROR"));
    assertThat(journal.entries())
        .noneMatch(entry -> entry.path("event").path("verdict").asText().equals("ERROR"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C24")
  @Tag("C29")
  void nobodyIsBlockedByUs(String environment) {
    assertThat(evidence.units(environment, "apply-", SECTIONS))
        .allMatch(unit -> unit.at("/locks/blocked").asInt(0) < 3);
    assertThat(evidence.units(environment, "apply-", List.of("30_indexes")))
        .hasSize(3)
        .allMatch(unit -> unit.at("/locks/blocked").asInt(-1) == 0);
    for (String section : SECTIONS) {
      assertThat(evidence.highest(environment, section, "sessions.blocked")).as(section).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "analytics_recent, idx_contacts_analytics_optimized",
    "org_analytics, idx_contacts_org_analytics_optimized"
  })
  @Tag("C25")
  void thePlanner_usesTheNewIndexes(String probe, String index) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      JsonNode compared = evidence.probe(environment, probe);

      assertThat(compared.path("indexes").toString()).contains(index);
      assertThat(
              Long.parseLong(
                  up.target(environment)
                      .one(
                          "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = '"
                              + index
                              + "'")))
          .as("scans since it was made")
          .isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C27")
  void theDocumentsQuery_isMeasuredAsTheApplication_withItsPlan(String environment) {
    JsonNode probe = evidence.probe(environment, "analytics_limit10");

    assertThat(probe.path("after_p50").asDouble()).isPositive();
    assertThat(probe.path("after_rows").asLong()).isEqualTo(10);
    assertThat(evidence.attachment(environment + "-compare_plans.txt"))
        .contains("analytics_limit10 as app_user\nLimit\n");
    assertThat(evidence.precheck(environment, "as app_user").path("verdict").asText())
        .isEqualTo("PASS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"staging-soak", "production-watch-2h"})
  @Tag("C30")
  void queriesThatAreNoSlower_areToldBesideTheDocumentsLimit(String stage) {
    String report = up.client().get("/promotions/" + id + "/report.md").text();
    String observed = report.substring(report.indexOf("## " + stage + ": "));

    assertThat(observed.lines())
        .anyMatch(
            line ->
                line.startsWith("| probe.degradation > 3% for ")
                    && line.contains("success is less than 3 %")
                    && line.contains("| probe.degradation | OK |"));
    for (String query : List.of("contact_by_id", "contact_list", "org_search")) {
      JsonNode measured = evidence.probe("production", query);
      assertThat(measured.path("before_p50").asDouble()).isPositive();
      assertThat(measured.path("after_p50").asDouble()).isPositive();
      assertThat(measured.path("verdict").asText()).isEqualTo("PASS");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rls_overhead", "rls_overhead_many", "rls_overhead_outsider"})
  @Tag("C31")
  void thePolicysOverhead_isMeasuredForThreeUsers(String probe) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      JsonNode overhead = evidence.probe(environment, probe);

      assertThat(overhead.path("sentence").asText()).contains("limit < 2 ms");
      assertThat(overhead.path("after_p50").asDouble()).isLessThan(0.002);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "columns_filled | value 0, limit = 0",
        "not_null_with_defaults | rows 2, limit = 2",
        "indexes | rows 3, limit = 3",
        "policies | value equals \"Analytics access optimized\"",
        "outsider_sees_none | value 0, limit = 0",
        "foreign_keys | as before the change",
        "orphans | value 0, limit = 0"
      })
  @Tag("C33")
  @Tag("C34")
  @Tag("C35")
  @Tag("C37")
  @Tag("C38")
  @Tag("C39")
  void whatTheChangeMakes_isThere(String name, String expected) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      JsonNode check = evidence.check(environment, name);

      assertThat(check.path("sentence").asText()).contains(expected);
      assertThat(check.path("verdict").asText()).isEqualTo("PASS");
    }
    assertThat(evidence.attachment("production-columns_filled.txt"))
        .isEqualTo("0 | 50000 | 50000 | 50000 | 50000\n");
    assertThat(evidence.attachment("production-policies.txt")).contains("SELECT", "app_user");
    assertThat(evidence.check("production", "member_sees_rows").path("verdict").asText())
        .isEqualTo("PASS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C36")
  void noRow_isLost(String environment) {
    JsonNode kept = evidence.check(environment, "rows_kept");

    assertThat(kept.path("verdict").asText()).isEqualTo("PASS");
    assertThat(kept.path("sentence").asText())
        .startsWith("contacts had 50000 rows and has 50000, ");
  }

  @ParameterizedTest
  @CsvSource({
    "production-watch-2h, probe.degradation, limit probe.degradation &gt; 10% for",
    "production-watch-2h, index.usage, highest",
    "production-watch-2h, log.app_errors.matches, lowest 0",
    "production-watch-2h, http.contacts_page.error_rate, baseline + 5 points for",
    "production-watch-24h, probe.analytics_recent.p50, lowest",
    "production-watch-24h, probe.org_analytics.p50, lowest",
    "production-watch-24h, probe.rls_overhead.p50, limit probe.rls_overhead.p50 &gt; 2ms for",
    "production-watch-2h, host.cpu, limit host.cpu &gt; baseline + 20 points",
    "production-watch-2h, host.memory, limit host.memory &gt; baseline + 20 points",
    "production-watch-2h, host.io, limit host.io &gt; baseline + 20 points",
    "production-watch-24h, index.bloat, limit index.bloat &gt; 20%",
    "production-watch-24h, http.contacts_page.p95, baseline + 20% for"
  })
  @Tag("C40")
  @Tag("C42")
  @Tag("C43")
  @Tag("C45")
  void whatTheDocumentWatches_isDrawn(String stage, String metric, String words) {
    String page = up.client().get("/promotions/" + id + "/report.html").text();
    int begin = page.indexOf(">" + metric + " in " + stage + "<");

    assertThat(begin).isPositive();
    assertThat(page.substring(begin, page.indexOf("</svg>", begin))).contains(words);
  }

  private static JsonNode metric(String stage, String name) {
    return Evidence.named(journal.evidence(stage, "samples").path("metrics"), "metric", name);
  }

  @ParameterizedTest
  @CsvSource({
    "production-watch-2h, probe.degradation",
    "production-watch-2h, log.app_errors.matches",
    "production-watch-2h, http.contacts_page.error_rate",
    "production-watch-2h, host.cpu",
    "production-watch-24h, probe.analytics_recent.p50",
    "production-watch-24h, probe.org_analytics.p50",
    "production-watch-24h, probe.rls_overhead.p50",
    "production-watch-24h, index.bloat"
  })
  @Tag("C40")
  @Tag("C42")
  @Tag("C43")
  @Tag("C44")
  @Tag("C45")
  @Tag("C46")
  void whatTheDocumentWatches_isReadAllTheTime(String stage, String metric) {
    JsonNode figures = metric(stage, metric);

    // How many a busy machine takes of those due is judged by the stage itself.
    assertThat(figures.path("taken").asInt()).isPositive();
    assertThat(figures.path("due").asInt()).isGreaterThanOrEqualTo(figures.path("taken").asInt());
    assertThat(figures.path("low").isNumber()).isTrue();
    assertThat(figures.path("high").asDouble())
        .isGreaterThanOrEqualTo(figures.path("low").asDouble());
  }

  /** Of so few runs as the first rounds have a share tells nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "idx_contacts_analytics_optimized",
        "idx_contacts_org_analytics_optimized",
        "idx_contacts_analytics_date"
      })
  @Tag("C41")
  void theNewIndexes_areWatchedForTheirUse(String index) {
    JsonNode all = metric("production-watch-2h", "index.usage");
    JsonNode one = metric("production-watch-2h", "index." + index + ".usage");

    assertThat(all.path("last").asDouble()).isPositive();
    // Which of them the planner takes for so few rows is its own affair.
    assertThat(one.path("last").isNumber()).isTrue();
    assertThat(one.path("last").asDouble()).isBetween(0.0, all.path("last").asDouble());
  }

  @Test
  @Tag("C44")
  void statementsThatTakeMoreTime_areTold_orWhyNot() {
    JsonNode statements = journal.evidence("production-watch-24h", "samples").path("statements");

    assertThat(statements.has("now") || !statements.path("untold").asText().isBlank()).isTrue();
    assertThat(up.client().get("/promotions/" + id + "/report.md").text())
        .containsPattern("[Ss]tatements? of others");
  }

  /** By table, what {@code checks/autovacuums.sql} found. */
  private static Map<String, List<Long>> maintained(String attachment) {
    return evidence
        .attachment(attachment)
        .lines()
        .map(line -> List.of(line.split(" \\| ")))
        .collect(
            Collectors.toMap(
                cells -> cells.get(0),
                cells -> cells.stream().skip(1).map(Long::parseLong).toList()));
  }

  @Test
  @Tag("C46")
  void autovacuums_areCountedBeforeTheChange_after_andADayLater() {
    FollowUps followUps = new FollowUps(up, id);
    assertThat(followUps.tried("maintenance").path("verdict").asText()).isEqualTo("PASS");

    Map<String, List<Long>> before = maintained("production-autovacuums-before.txt");
    Map<String, List<Long>> after = maintained("production-autovacuums.txt");
    Map<String, List<Long>> later = maintained("follow-up-maintenance-autovacuums.txt");

    assertThat(before).containsOnlyKeys("contacts", "contact_notes");
    before.forEach(
        (table, counts) -> {
          for (int i = 0; i < counts.size(); i++) {
            assertThat(after.get(table).get(i)).isGreaterThanOrEqualTo(counts.get(i));
            assertThat(later.get(table).get(i)).isGreaterThanOrEqualTo(after.get(table).get(i));
          }
        });
  }

  @Test
  @Tag("C8")
  void connectionsBeforeTheChange_areDocumented() {
    JsonNode live = journal.evidence("production", "baseline").path("live");

    assertThat(live.path("sessions.active").asDouble(-1)).isNotNegative();
    assertThat(live.path("sessions.total").asDouble(-1)).isNotNegative();
  }

  @Test
  @Tag("C9")
  void theTablesRowsAndSizes_areDocumentedBeforeTheChange() {
    List<Long> sizes =
        Stream.of(evidence.attachment("production-sizes-before.txt").strip().split(" \\| "))
            .map(Long::parseLong)
            .toList();

    assertThat(sizes).hasSize(3).allMatch(size -> size > 0).isSorted();
    assertThat(sizes.get(0)).isEqualTo(50_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10_columns", "20_function", "40_policy"})
  @Tag("C64")
  void shortSections_endWithinHalfAMinute(String section) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      assertThat(journal.evidence(environment, "apply-" + section).path("seconds").asDouble())
          .isBetween(0.0, 30.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("C65")
  void everyIndex_isBuiltWithinTenSeconds(String environment) {
    assertThat(evidence.units(environment, "apply-", List.of("30_indexes")))
        .hasSize(3)
        .allMatch(unit -> unit.path("seconds").asDouble() < 10);
  }

  @ParameterizedTest
  @CsvSource({
    "users, nothing, emil as product-owner",
    "lessons, fill in batches of ten thousand, emil as release-manager"
  })
  @Tag("C47")
  @Tag("C63")
  void afterADay_peopleSayWhatUsersNoticeAndWhatWasLearned(
      String name, String words, String person) {
    FollowUps followUps = new FollowUps(up, id);
    followUps.confirm(name, words);

    assertThat(up.sentences(id))
        .contains("follow-up " + name + ": acknowledged by " + person + ": " + words);
  }

  @Test
  void thePlan_showsLocksAndTheWayBack() {
    JsonNode plan =
        Parts.good(
            up.client().get("/changes/" + up.promotion(id).at("/change/hash").asText() + "/plan"));

    assertThat(plan.path("change").asText()).isEqualTo("contacts-analytics-tracking");
    assertThat(plan.path("loses_data").asBoolean(true)).isFalse();
  }
}
