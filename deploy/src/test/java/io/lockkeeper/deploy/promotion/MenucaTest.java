package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.ExampleTables;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Up;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

/** The Menu.ca example, whole, on a tenth of its rows: 48 indexes in ten sections. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.SECOND)
@Order(1)
class MenucaTest {
  private static final List<String> SECTIONS =
      List.of(
          "01_restaurants",
          "02_restaurant_details",
          "03_courses",
          "04_dishes",
          "05_dish_prices",
          "06_modifiers",
          "07_combos",
          "08_users",
          "09_orders",
          "10_coupons_audit");

  private static final List<String> CRITICAL =
      List.of(
          "idx_dishes_restaurant_active",
          "idx_courses_restaurant_active_order",
          "idx_dish_prices_dish_active_order",
          "idx_orders_restaurant_created",
          "idx_order_items_order");

  private static Up up;
  private static Menuca menuca;
  private static String id;
  private static JsonNode gate;
  private static Evidence evidence;
  private static Journal journal;
  private static JsonNode report;
  private static Journal backup;
  private static ServerClient.Answer tooEarly;
  private static ServerClient.Answer successorTooEarly;

  @BeforeAll
  static void promote() {
    up = Up.second();
    menuca = Menuca.load(up);
    tooEarly = menuca.start("menuca-07-indexes", "production");
    backup = menuca.journal(menuca.carry("menuca-06-backup", Map.of()).id());
    successorTooEarly = menuca.start("menuca-08-rls", "production");
    Menuca.Carried carried =
        menuca.carry(
            "menuca-07-indexes",
            Map.of("soak", "5s", "watch", "5s", "sample", "250ms", "window", "any"));
    id = carried.id();
    gate = carried.gate();
    evidence = Evidence.of(up, id);
    journal = evidence.journal();
    report = Parts.good(up.client().get("/promotions/" + id + "/report.json"));
  }

  @AfterAll
  static void drop() {
    if (menuca != null) {
      menuca.drop();
    }
  }

  @Test
  @Tag("T1")
  void withoutTheBackupOfTicket06_productionIsNotBegun() {
    assertThat(tooEarly.status()).isEqualTo(409);
    assertThat(tooEarly.text())
        .contains(
            "menuca-07-indexes requires menuca-06-backup to be COMPLETE in production",
            "it was never promoted");
  }

  @Test
  @Tag("T2")
  void theBackupOfTicket06_isVerified_andTheOneThatThePrecheckNames() {
    JsonNode taken = backup.evidence("production", "backup");

    assertThat(taken.path("verified_at").asText()).isNotEmpty();
    assertThat(taken.path("sha256").asText()).hasSize(64);
    assertThat(evidence.precheck("production", "backup.age < 24h").path("sentence").asText())
        .contains("(" + taken.path("id").asText() + ")");
  }

  @Test
  @Tag("T53")
  void theSuccessor_isStartableOnceThisOneIsComplete_andNotStartedByItself() {
    assertThat(successorTooEarly.status()).isEqualTo(409);
    assertThat(up.promotion(id).path("next").toString()).contains("menuca-08-rls");
    assertThat(Parts.good(up.client().get("/promotions?change=menuca-08-rls")).path("items"))
        .isEmpty();

    String successor = Parts.good(menuca.start("menuca-08-rls", "dev")).path("id").asText();
    up.carry(successor, "COMPLETE");
    String production = Parts.good(menuca.start("menuca-08-rls", "production")).path("id").asText();
    up.until(production, "AWAITING_SIGN_OFF");
    Parts.good(
        up.as("ana", "release-manager")
            .post("/promotions/" + production + "/abort", Map.of("reason", "a test")));
    up.until(production, "ABORTED");

    assertThat(
            new Evidence(up, successor, menuca.journal(successor))
                .check("dev", "nobodys_addresses")
                .path("sentence")
                .asText())
        .isEqualTo("value 0, limit = 0");
  }

  @Test
  @Tag("T4")
  void theWayBack_isRehearsedAndTimed_beforeAnybodySigns() {
    List<String> reverts =
        journal.steps("dev").stream().filter(step -> step.startsWith("revert-")).toList();
    double seconds =
        reverts.stream()
            .mapToDouble(step -> journal.evidence("dev", step).path("seconds").asDouble())
            .sum();

    assertThat(reverts).hasSize(10).startsWith("revert-10_coupons_audit");
    assertThat(seconds).isPositive().isLessThan(600);
    assertThat(journal.evidence("dev", "verify-reverted").path("differences")).isEmpty();
    assertThat(journal.place("dev", "verify-reverted"))
        .isLessThan(journal.place("production-sign-off", "precheck"));
  }

  @Test
  @Tag("T9")
  @Tag("T19")
  @Tag("T20")
  void theTicketsQuery_isTenTimesFaster() {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      JsonNode probe = evidence.probe(environment, "dishes_active");
      JsonNode before =
          Evidence.named(
              journal.evidence(environment, "baseline").path("probes"), "probe", "dishes_active");

      assertThat(before.path("runs").asInt()).isEqualTo(30);
      assertThat(before.path("rows").asLong()).isPositive();
      assertThat(probe.path("after_rows")).isEqualTo(probe.path("before_rows"));
      assertThat(probe.path("before_p50").asDouble())
          .isGreaterThanOrEqualTo(10 * probe.path("after_p50").asDouble());
      assertThat(evidence.attachment(environment + "-baseline_plans.txt"))
          .contains("Seq Scan on dishes");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("T12")
  void figures_areSampledWhileEverySectionRuns(String environment) {
    for (String section : SECTIONS) {
      assertThat(evidence.attachment(environment + "-" + section + "-guard.json"))
          .contains("locks.waiting", "sessions.active");
    }
  }

  @Test
  @Tag("T14")
  @Tag("T15")
  @Tag("T16")
  @Tag("T18")
  void theBaselinesRow_isKeptWithItsLabel() {
    String[] row = evidence.attachment("production-pre_index-before.txt").strip().split(" \\| ");

    assertThat(row[0]).isEqualTo("PRODUCTION PRE-INDEX");
    assertThat(row[1]).isEqualTo("0");
    assertThat(row[2]).endsWith("MB");
    Instant target = Instant.parse(row[4].replace(' ', 'T').replaceFirst("([+-]\\d\\d)$", "$1:00"));
    Instant ours = journal.endedAt("production", "baseline");
    assertThat(Duration.between(target, ours).abs()).isLessThan(Duration.ofMinutes(2));
    assertThat(journal.evidence("production", "baseline").path("database_size").asLong())
        .isPositive();
  }

  @Test
  @Tag("T17")
  void sessionsBeforeTheStart_areCounted() {
    JsonNode item = evidence.precheck("production", "sessions.active < 20");

    assertThat(item.path("verdict").asText()).isEqualTo("PASS");
    assertThat(item.path("sentence").asText()).matches("sessions\\.active \\d+, limit < 20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("T22")
  void tenSections_endInOrderWithTheirTimes(String environment) {
    List<String> applied =
        journal.steps(environment).stream()
            .filter(SECTIONS.stream().map("apply-"::concat).toList()::contains)
            .toList();

    assertThat(applied).containsExactlyElementsOf(SECTIONS.stream().map("apply-"::concat).toList());
    assertThat(evidence.units(environment, "apply-", SECTIONS))
        .hasSize(48)
        .allMatch(unit -> unit.path("outcome").asText().equals("run"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("T23")
  @Tag("T24")
  @Tag("T47")
  void healthOfTheServer_isSeenOfEverySection(String environment) {
    for (String section : SECTIONS) {
      assertThat(evidence.highest(environment, section, "sessions.active"))
          .as(section)
          .isLessThan(30);
      assertThat(evidence.highest(environment, section, "locks.waiting")).as(section).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("T28")
  @Tag("T32")
  @Tag("T42")
  @Tag("T43")
  void all48Indexes_areThereAndValid_withTheirSizes(String environment) {
    JsonNode state = journal.evidence(environment, "verify-objects");

    assertThat(journal.ended(environment, "verify-objects").path("sentence").asText())
        .isEqualTo("48 of 48 there and valid");
    assertThat(Evidence.list(state.path("objects")))
        .hasSize(48)
        .allMatch(index -> index.path("valid").asBoolean() && index.path("size").asLong() > 0);
    assertThat(Evidence.list(state.path("objects")))
        .extracting(index -> index.path("name").asText().replaceFirst(".*\\.", ""))
        .containsAll(CRITICAL);
    assertThat(evidence.check(environment, "valid_indexes").path("sentence").asText())
        .isEqualTo("value 48, limit >= 45");
    assertThat(evidence.check(environment, "critical_indexes").path("sentence").asText())
        .isEqualTo("value 5, limit = 5");
  }

  @Test
  @Tag("T29")
  void theNewIndexes_areListed() {
    assertThat(evidence.attachment("production-new_indexes.txt").lines())
        .hasSize(48)
        .allMatch(line -> line.contains(" | idx_"));
    assertThat(journal.evidence("production", "verify-objects").path("extra")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("T30")
  @Tag("T44")
  void noQuery_isSlower(String environment) {
    JsonNode table = journal.evidence(environment, "compare");

    assertThat(Evidence.list(table.path("probes"))).hasSize(8);
    assertThat(table.path("average_improvement").asDouble()).isPositive();
    assertThat(Evidence.list(table.path("probes")))
        .allMatch(
            probe -> List.of("PASS", "INCONCLUSIVE").contains(probe.path("verdict").asText()));
  }

  @ParameterizedTest
  @CsvSource({
    "dishes_active, idx_dishes_restaurant_active",
    "courses, idx_courses_restaurant_active_order",
    "prices, idx_dish_prices_dish_active_order",
    "orders_recent, idx_orders_restaurant_created",
    "order_lines, idx_order_items_order"
  })
  @Tag("T31")
  @Tag("T45")
  void theCriticalIndexes_areInThePlans(String probe, String index) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      assertThat(evidence.probe(environment, probe).path("indexes").toString()).contains(index);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rows_kept | menuca_v3.dishes had 40000 rows and has 40000",
        "constraints | as before the change",
        "invalid_indexes | rows 0, limit = 0"
      })
  @Tag("T33")
  void theValidationQueries_pass(String name, String expected) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      assertThat(evidence.check(environment, name).path("sentence").asText()).contains(expected);
      assertThat(evidence.check(environment, name).path("verdict").asText()).isEqualTo("PASS");
    }
  }

  @Test
  @Tag("T37")
  void nobody_isBlockedAfter() {
    assertThat(evidence.check("production", "blocked").path("sentence").asText())
        .isEqualTo("value 0, limit = 0");
  }

  @Test
  @Tag("T39")
  void theImpactChecksRow_isKeptWithItsLabelAndTime() {
    String row = evidence.attachment("production-impact.txt");

    assertThat(row).startsWith("PRODUCTION IMPACT CHECK | ");
    assertThat(row.strip().split(" \\| ")).hasSize(5);
  }

  @Test
  @Tag("T46")
  void noGuest_sawAnError() {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      // The log is read from the baseline on, so what happened while sections ran counts.
      assertThat(evidence.check(environment, "app_errors").path("sentence").asText())
          .isEqualTo("matches 0, limit = 0");
    }
    JsonNode samples = journal.evidence("production-watch-2h", "samples");
    JsonNode errors =
        Evidence.named(samples.path("metrics"), "metric", "http.menu_page.error_rate");
    assertThat(errors.path("taken").asInt()).isPositive();
    assertThat(errors.path("high").asDouble()).isZero();
  }

  @Test
  @Tag("T36")
  @Tag("T49")
  void theShareOfRollbacks_isWatchedAgainstItsBaseline() {
    JsonNode samples = journal.evidence("production-watch-2h", "samples");

    assertThat(
            Evidence.named(samples.path("metrics"), "metric", "transactions.rollback_rate")
                .path("taken")
                .asInt())
        .isPositive();
    assertThat(Evidence.list(samples.path("triggers")))
        .filteredOn(trigger -> trigger.path("metric").asText().equals("transactions.rollback_rate"))
        .isNotEmpty()
        .allMatch(trigger -> trigger.path("phase").asText().equals("OK"));
  }

  @Test
  @Tag("T48")
  void theConnections_stayWithinTheirBand() {
    JsonNode samples = journal.evidence("production-watch-2h", "samples");

    assertThat(Evidence.list(samples.path("triggers")))
        .filteredOn(trigger -> trigger.path("metric").asText().equals("sessions.total"))
        .isNotEmpty()
        .allMatch(trigger -> trigger.path("phase").asText().equals("OK"));
  }

  @ParameterizedTest
  @CsvSource({
    "production, locks.waiting",
    "production, sessions.active",
    "production-watch-2h, transactions.rollback_rate",
    "production-watch-2h, http.menu_page.error_rate",
    "production-watch-2h, sessions.total"
  })
  @Tag("T12")
  @Tag("T36")
  @Tag("T46")
  @Tag("T48")
  void whatTheTicketWatches_isDrawn(String stage, String metric) {
    assertThat(evidence.attachment(stage + "-" + metric + ".svg"))
        .startsWith("<svg ")
        .contains(">" + metric + " in " + stage + "<", "stroke=\"#1f4e8c\"");
  }

  @Test
  @Tag("T3")
  @Tag("T11")
  void stagingAndProduction_hadOneHash_andTheSameChecks() {
    assertThat(report.toString()).contains(up.promotion(id).at("/change/hash").asText());
    assertThat(names("production")).isEqualTo(names("staging"));
    assertThat(journal.ended("staging", "compare").path("verdict").asText()).isEqualTo("PASS");
    assertThat(journal.place("staging", "compare"))
        .isLessThan(journal.place("production", "apply-01_restaurants"));
  }

  @Test
  @Tag("T59")
  @Tag("T63")
  @Tag("T64")
  void bothWaysBack_areOfferedAtTheGate_withMinutesAndWithWhatIsLost() {
    List<JsonNode> ways = Evidence.list(gate.path("way_back"));

    assertThat(ways)
        .filteredOn(way -> way.path("option").asText().equals("A"))
        .extracting(way -> way.path("environment").asText())
        .containsExactly("dev", "staging", "production");
    assertThat(ways)
        .filteredOn(way -> way.path("ahead").asBoolean())
        .extracting(way -> way.path("option").asText() + " of " + way.path("environment").asText())
        .containsExactly("A of production", "B of production");
    assertThat(ways)
        .filteredOn(way -> way.path("option").asText().equals("A"))
        .allMatch(way -> way.path("seconds").asDouble() > 0 && !way.path("loses_data").asBoolean());
    assertThat(ways)
        .filteredOn(way -> way.path("option").asText().equals("B"))
        .filteredOn(way -> !way.path("ahead").asBoolean())
        .isNotEmpty()
        .allMatch(way -> way.path("loses_data").asBoolean() && way.has("loses_since"));
    JsonNode taken = backup.evidence("production", "backup");
    assertThat(next())
        .contains("Option B, restore the backup: ")
        .contains(", may take 15m; asked for by dba; loses what was written since ")
        .contains(taken.path("taken_at").asText().substring(0, 19));
  }

  @Test
  @Tag("T38")
  void activeSessions_areCountedAfterTheChange_andWatchedAgainstTheirBaseline() {
    JsonNode samples = journal.evidence("production-watch-2h", "samples");

    for (String environment : ExampleTables.ENVIRONMENTS) {
      assertThat(evidence.check(environment, "active_connections").path("sentence").asText())
          .matches("value [0-9]+, limit < 30");
    }
    assertThat(Evidence.list(samples.path("triggers")))
        .filteredOn(trigger -> trigger.path("metric").asText().equals("sessions.active"))
        .extracting(trigger -> trigger.path("trigger").asText().replaceAll(" for .*", ""))
        .containsExactly(
            "sessions.active >= 30",
            "sessions.active > baseline + 50%",
            "sessions.active < baseline - 50%");
    assertThat(
            Evidence.named(samples.path("metrics"), "metric", "sessions.active")
                .path("high")
                .asDouble())
        .isLessThan(30);
  }

  @Test
  @Tag("T34")
  @Tag("T50")
  @Tag("T51")
  void theExecutionLog_isTheDocumentsBlock() {
    assertThat(menuca.executionLog(id, "production"))
        .contains(
            """
            ## Production Impact

            - User Errors: NONE DETECTED
            - Lock Contention: NONE
            - Connection Stability: STABLE
            - Performance Impact: POSITIVE (queries faster)

            STATUS: COMPLETE
            """)
        .contains("# EXECUTION_LOG: menuca-07-indexes in production", "- plan: 7/11")
        .containsPattern("\\| 10_coupons_audit \\| 4 \\| .* \\| PASS \\| [0-9]+ \\| 0 \\|");
  }

  @Test
  @Tag("T35")
  void theExecutionLog_hasOneListOfChecksForAllEnvironments() {
    assertThat(menuca.executionLog(id, "production"))
        .contains("| check | dev | staging | production | found in production |")
        .contains("| valid_indexes | PASS | PASS | PASS | value 48, limit >= 45 |");
  }

  @Test
  @Tag("T65")
  @Tag("T66")
  @Tag("T67")
  void theNextStepsBlock_isWhole() {
    assertThat(next())
        .contains("- Indexes Added: 48 (target: 45+)", "- Index Usage: ✓ VERIFIED")
        .containsPattern("- Query Performance: [0-9.]+ ms → [0-9.]+ ms \\(dishes_active\\)")
        .contains("- Deployment Status: ✓ SUCCESS")
        .contains(
            """
            PRODUCTION IMPACT:
            - User Errors: NONE
            - Lock Contention: NONE
            - Connection Stability: STABLE
            - Customer Reports: NONE

            NEXT STEP:
            → Proceed to 08_PRODUCTION_RLS.md (menuca-08-rls)
            """)
        .contains(
            "- Backup ID: "
                + backup.evidence("production", "backup").path("id").asText()
                + ", taken for menuca-06-backup-")
        .containsPattern(
            "Option A, drop what was applied: [0-9.]+ m?s for \\d+ units in the rehearsal of \\w+(, estimated [^,]+ here)?, may take 10m")
        .containsPattern(
            "Option B, restore the backup: [0-9.]+ m?s to read, restore and compare it")
        .endsWith("What is not as hoped:\n- nothing\n");
    assertThat(up.sentences(id)).contains("what customers reported, by dora: none");
  }

  private static String next() {
    return menuca.block(id, "context-for-next-step");
  }

  private static List<String> names(String environment) {
    return Evidence.list(journal.evidence(environment, "verify-checks").path("checks")).stream()
        .map(check -> check.path("name").asText())
        .toList();
  }
}
