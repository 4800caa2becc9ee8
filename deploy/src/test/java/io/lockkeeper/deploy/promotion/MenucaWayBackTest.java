package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What goes wrong with the Menu.ca example, and how it is taken back by both options. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.THIRD)
@Order(1)
class MenucaWayBackTest {
  private static Up up;
  private static Menuca menuca;
  private static Journal backup;
  private static MenucaCut.Aborted aborted;
  private static List<String> stayed;
  private static List<String> invalid;
  private static List<String> roleSettings;
  private static String takenBack;
  private static MenucaRestore.Restored restored;
  private static List<String> afterwards;

  /**
   * A query is cut off only when nothing else is watched: every watch would see it that reads the
   * log of the server.
   */
  @BeforeAll
  static void takeBack() throws SQLException {
    up = Up.third();
    menuca = Menuca.load(up);
    CompletableFuture<String> ticket06 =
        CompletableFuture.supplyAsync(() -> menuca.carry("menuca-06-backup", Map.of()).id());
    CompletableFuture<MenucaRestore.Restored> byOptionB =
        ticket06.thenApplyAsync(ticket -> new MenucaRestore(up).restored());
    MenucaCut cut = new MenucaCut(up);
    pauseAndAbortInStaging(cut);
    restored = byOptionB.join();
    backup = menuca.journal(ticket06.join());
    takenBack = cut.takenBackByATrigger();
    afterwards = up.target("staging").list(Menuca.INDEXES);
  }

  private static void pauseAndAbortInStaging(MenucaCut cut) throws SQLException {
    Sql staging = up.target("staging");
    aborted = cut.pausedAndAborted();
    stayed = staging.list(Menuca.INDEXES);
    invalid = staging.list("SELECT 1 FROM pg_index WHERE NOT indisvalid");
    roleSettings =
        staging.list("SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = 'app_user'");
  }

  @AfterAll
  static void drop() {
    if (menuca != null) {
      menuca.drop();
    }
  }

  /** The answer comes at once; what runs is brought to its end, and nothing else begins. */
  @Test
  @Tag("T13")
  void aPause_isTakenAtOnceWithinAUnit_andStandsStillAtTheSafePointThatItNames() {
    assertThat(aborted.toAnswer()).isLessThan(Duration.ofSeconds(5));
    assertThat(
            Evidence.named(aborted.beforePause().path("allowed_actions"), "action", "pause")
                .path("effect")
                .asText())
        .isEqualTo(
            "stands still after \"apply section 01_restaurants\" of staging, which is brought to"
                + " its end first");
    assertThat(aborted.asked().path("sentence").asText())
        .endsWith("; pauses at the next safe point, asked for by dora");
    assertThat(aborted.paused().path("cause").asText()).isEqualTo("person");
  }

  @Test
  @Tag("T13")
  void anAbort_cutsTheUnitThatRuns_andTheLogTellsHowSoon() {
    assertThat(aborted.toCut()).isLessThan(Duration.ofSeconds(5));
    assertThat(menuca.executionLog(aborted.id(), "staging"))
        .containsPattern("dora: pause, because guests call; took effect after [0-9.]+ s: paused")
        .containsPattern(
            "dora: abort, because it is to be looked into; took effect after [0-4]\\.[0-9] s:"
                + " staging, apply-03_courses: ERROR, stopped before its end");
  }

  @Test
  @Tag("T61")
  void anAbort_listsWhatStays_leavesNothingInvalid_andPutsMeasuresBack() {
    JsonNode stays = menuca.journal(aborted.id()).evidence("staging", "close");

    assertThat(stayed)
        .containsExactly(
            "idx_restaurants_active",
            "idx_restaurants_city_active",
            "idx_restaurants_created_at",
            "idx_restaurants_slug",
            "idx_restaurants_status");
    assertThat(Evidence.list(stays.path("objects")))
        .hasSize(5)
        .allMatch(index -> index.path("valid").asBoolean());
    assertThat(menuca.executionLog(aborted.id(), "staging"))
        .contains("- menuca_v3.idx_restaurants_slug on menuca_v3.restaurants, valid")
        .contains("STATUS: ABORTED");
    assertThat(invalid).isEmpty();
    assertThat(roleSettings).noneMatch(setting -> setting.startsWith("statement_timeout"));
    assertThat(up.promotion(aborted.id()).path("measures")).isEmpty();
    assertThat(menuca.journal(aborted.id()).steps("staging")).contains("measures-back");
  }

  /** By a query of the application that was cut off, as its own log and the server's tell. */
  @Test
  @Tag("T54")
  @Tag("T56")
  void aQueryThatIsCutOff_isCounted_andTakesTheChangeBack() {
    Journal back = menuca.journal(takenBack);

    assertThat(back.first("rollback_started").path("because").asText())
        .contains("check.query_timeouts.failed > 0", "check.query_timeouts.failed 1");
    assertThat(up.sentences(takenBack))
        .anyMatch(
            line -> line.contains("check.cancelled_queries.failed > 0") && line.contains("BREACH"));
    assertThat(
            Evidence.named(
                    back.evidence("staging-soak", "samples").path("metrics"),
                    "metric",
                    "log.cancelled_queries.matches")
                .path("high")
                .asInt())
        .isEqualTo(1);
  }

  @Test
  @Tag("T59")
  @Tag("T62")
  void optionA_dropsTheUnitsOfTheLedgerInReverse_andWhatWasAdoptedStays() {
    Journal back = menuca.journal(takenBack);
    List<String> steps = back.steps("staging");

    assertThat(
            new Evidence(up, takenBack, back).units("staging", "apply-", List.of(MenucaCut.FIRST)))
        .hasSize(5)
        .allMatch(unit -> unit.path("outcome").asText().equals("was there already"));
    assertThat(back.first("rollback_started").path("option").asText()).isEqualTo("A");
    assertThat(steps.stream().filter(step -> step.startsWith("revert-")).toList())
        .containsExactly(
            "revert-analyze-touched-tables", "revert-03_courses", "revert-01_restaurants");
    assertThat(Evidence.list(back.evidence("staging", "revert-03_courses").path("units")))
        .extracting(unit -> unit.path("unit").asInt())
        .containsExactly(4, 3, 2, 1);
    assertThat(afterwards).isEqualTo(stayed);
    JsonNode ended = back.first("rollback_ended");
    assertThat(ended.path("verdict").asText()).isEqualTo("PASS");
    assertThat(ended.path("seconds").asDouble()).isPositive().isLessThan(600);
    assertThat(ended.path("sentence").asText()).isEqualTo("staging is as before, checked");
  }

  /** The ticket's fifteen minutes, for its own change and the backup of ticket 06. */
  @Test
  @Tag("T63")
  @Tag("T64")
  void optionB_bringsTheBackupOfTicket06BackWithinItsMinutes_andTellsWhatIsLost() {
    Journal back = menuca.journal(restored.id());
    JsonNode brought = back.evidence("production", "restore");
    JsonNode ended = back.first("rollback_ended");

    assertThat(brought.path("backup").asText())
        .isEqualTo(backup.evidence("production", "backup").path("id").asText());
    assertThat(back.first("rollback_started").path("option").asText()).isEqualTo("B");
    assertThat(back.first("rollback_started").path("because").asText())
        .startsWith("asked for by boris: the menu is wrong; loses the writes of ")
        .endsWith(", all since " + brought.path("taken_at").asText());
    assertThat(brought.path("lost").asDouble()).isPositive();
    assertThat(brought.path("seconds").asDouble()).isPositive();
    assertThat(ended.path("seconds").asDouble()).isPositive().isLessThan(15 * 60);
    assertThat(ended.path("sentence").asText()).isEqualTo("production is as before, checked");
  }

  /** The order is in the database from before, which stays. */
  @Test
  @Tag("T63")
  void optionB_leavesNothingOfTheChange_andKeepsWhatWasWrittenSinceBeside() {
    assertThat(restored.indexesBefore()).hasSize(48);
    assertThat(restored.indexesAfter()).isEmpty();
    assertThat(restored.ordersAfter()).isEqualTo("0");
    assertThat(restored.ordersBeside()).isEqualTo("1");
    assertThat(
            Evidence.named(
                    menuca
                        .journal(restored.id())
                        .evidence("production", "verify-rolled-back")
                        .path("checks"),
                    "name",
                    "rows_kept")
                .path("sentence")
                .asText())
        .contains(
            "menuca_v3.orders had 50000 rows and has 50000 in the database that was restored,");
  }
}
