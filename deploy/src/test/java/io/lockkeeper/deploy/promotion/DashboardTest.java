package io.lockkeeper.deploy.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.ExampleTables;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Up;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
 * The dashboard example, whole, on a twentieth of its rows: taken back by option A while production
 * is watched. What takes longer than it may is shown beside it in dev, and brought back by option
 * B.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.THIRD)
class DashboardTest {
  private static final List<String> SECTIONS =
      List.of("10_covering", "20_keyset", "30_recent", "40_hourly", "50_vacuum");

  private static Up up;
  private static String id;
  private static Evidence evidence;
  private static Journal journal;
  private static JsonNode ways;
  private static DashboardOverTime.Restored overTime;

  @BeforeAll
  static void promote() {
    up = Up.third();
    ExampleTables tables = new ExampleTables(up, "dashboard").load(0.05);
    id =
        up.promote(
            tables.push(),
            Map.of("soak", "5s", "watch", "10m", "sample", "250ms", "window", "any"));
    up.carryTo("staging", id);
    CompletableFuture<DashboardOverTime.Restored> beside =
        CompletableFuture.supplyAsync(() -> new DashboardOverTime(up).restored());
    up.carry(id, "AWAITING_SIGN_OFF");
    up.approve(id);
    ways = up.carry(id, "WATCHING").path("way_back");
    Parts.good(
        up.as("dora", "operations-lead")
            .post(
                "/promotions/" + id + "/rollback",
                Map.of("reason", "pages are empty", "option", "A", "environment", "production")));
    up.carry(id, "ROLLED_BACK");
    evidence = Evidence.of(up, id);
    journal = evidence.journal();
    overTime = beside.join();
  }

  @AfterAll
  static void drop() {
    if (up != null) {
      new ExampleTables(up, "dashboard").drop("DROP TABLE IF EXISTS metrics CASCADE");
    }
  }

  @Test
  @Tag("D6")
  void theMigration_isOneHash_thatLintHasPassed() {
    String hash = up.promotion(id).at("/change/hash").asText();

    assertThat(hash).hasSize(64);
    assertThat(Parts.good(up.client().get("/changes/" + hash)).path("findings"))
        .allMatch(finding -> finding.path("severity").asText().equalsIgnoreCase("note"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("D7")
  @Tag("D21")
  @Tag("D22")
  void fiveSections_areAppliedInOrderWithinTheirMinutes_andVerified(String environment) {
    List<String> applies = SECTIONS.stream().map("apply-"::concat).toList();
    double seconds =
        applies.stream()
            .mapToDouble(step -> journal.evidence(environment, step).path("seconds").asDouble())
            .sum();

    assertThat(journal.steps(environment).stream().filter(applies::contains).distinct())
        .containsExactlyElementsOf(applies);
    assertThat(seconds).isPositive().isLessThan(600);
    assertThat(journal.evidence(environment, "baseline").path("fingerprint").asText()).hasSize(64);
    assertThat(journal.ended(environment, "verify-objects").path("verdict").asText())
        .isEqualTo("PASS");
    assertThat(journal.ended(environment, "verify-checks").path("verdict").asText())
        .isEqualTo("PASS");
  }

  @Test
  @Tag("D9")
  void theWayBack_isRehearsedInDev_theViewFirst() {
    assertThat(reverts("dev"))
        .containsSubsequence(
            "revert-40_hourly", "revert-30_recent", "revert-20_keyset", "revert-10_covering");
    assertThat(journal.evidence("dev", "verify-reverted").path("differences")).isEmpty();
    assertThat(ways)
        .filteredOn(way -> way.path("option").asText().equals("A"))
        .isNotEmpty()
        .allSatisfy(
            way ->
                assertThat(way.path("minutes").asText())
                    .contains(" for 5 units in the rehearsal of dev")
                    .endsWith(", at most 15m"));
  }

  @Test
  @Tag("D11")
  @Tag("D12")
  void roomOnDiskAndForThePool_isLookedForBeforeAnythingIsDone() {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      assertThat(evidence.precheck(environment, "disk.free > 250MB").path("verdict").asText())
          .isEqualTo("PASS");
      assertThat(evidence.precheck(environment, "pool_fits").path("sentence").asText())
          .matches("value \\d+, limit >= 0");
    }
  }

  @Test
  @Tag("D12")
  void poolThatCannotBeServed_isNotBegunFor() {
    String refused = up.promote(up.push(DashboardOverTime.withAPoolOf(1000)), Map.of());
    Await.until(
        "the precheck waits",
        () -> up.promotion(refused).path("progress").toString(),
        progress -> progress.contains("value -"));

    Parts.good(
        up.as("ana", "release-manager")
            .post("/promotions/" + refused + "/abort", Map.of("reason", "200 are all there are")));
    up.until(refused, "ABORTED");

    assertThat(new Journal(up.journal(refused)).steps("dev"))
        .contains("precheck")
        .doesNotContain("backup", "measures")
        .noneMatch(step -> step.startsWith("apply-"));
  }

  @Test
  @Tag("D18")
  void theBackup_isTakenAndVerifiedWithinItsFiveMinutes_underTheDocumentsName() {
    JsonNode backup = journal.evidence("production", "backup");

    assertThat(backup.path("id").asText()).matches("backup_\\d{4}.*\\d{2}.*");
    assertThat(backup.path("size").asLong()).isPositive();
    assertThat(backup.path("verified_at").asText()).isNotEmpty();
    assertThat(backup.path("seconds").asDouble() + backup.path("verify_seconds").asDouble())
        .isPositive()
        .isLessThan(300);
    assertThat(journal.place("production", "backup"))
        .isLessThan(journal.place("production", "apply-10_covering"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("D23")
  @Tag("D25")
  void theThreeIndexes_areValidAsDefined_withTheirSizes(String environment) {
    assertThat(evidence.check(environment, "indexes").path("sentence").asText())
        .isEqualTo("rows 3, limit = 3");
    assertThat(evidence.attachment(environment + "-indexes.txt"))
        .contains(
            "idx_metrics_recent | CREATE INDEX idx_metrics_recent ON public.metrics USING btree"
                + " (created_at DESC) INCLUDE (metric_type, value)");
    assertThat(evidence.attachment(environment + "-index_sizes.txt"))
        .containsPattern("idx_metrics_type_time_covering \\| \\d+ [kM]B");
    assertThat(Evidence.list(journal.evidence(environment, "verify-objects").path("objects")))
        .hasSize(4)
        .allMatch(index -> index.path("valid").asBoolean() && index.path("size").asLong() > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("D24")
  void theView_isFoundWhereViewsAre_populated(String environment) {
    assertThat(evidence.check(environment, "hourly_view").path("sentence").asText())
        .isEqualTo("value 1, limit = 1");
    assertThat(evidence.attachment(environment + "-hourly_last.txt")).matches("\\d{4}-.*\\s+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  @Tag("D27")
  void nobodyWaits_whileTheIndexesAreBuilt(String environment) {
    assertThat(evidence.units(environment, "apply-", SECTIONS.subList(0, 3)))
        .hasSize(3)
        .allMatch(unit -> unit.at("/locks/blocked").asInt(-1) == 0);
  }

  @ParameterizedTest
  @CsvSource({
    "history, idx_metrics_type_time_",
    "page, idx_metrics_type_time_",
    "recent, idx_metrics_recent"
  })
  void queries_readTheirIndexes_andAreFaster(String probe, String index) {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      JsonNode compared = evidence.probe(environment, probe);

      assertThat(compared.path("indexes").toString()).contains(index);
      assertThat(compared.path("after_rows")).isEqualTo(compared.path("before_rows"));
    }
  }

  @Test
  @Tag("D40")
  void connections_areCountedByState_withoutOurs() {
    for (String environment : ExampleTables.ENVIRONMENTS) {
      assertThat(evidence.check(environment, "connections").path("sentence").asText())
          .matches("value [1-9]\\d?, limit < 100");
      assertThat(evidence.attachment(environment + "-connections.txt"))
          .matches("\\d+ \\| \\d+ \\| \\d+ \\| \\d+\\s+");
    }
  }

  @Test
  @Tag("D67")
  void theMemoryForBuilds_isOfOurSessionAlone_andTheSizeIsNoted() {
    assertThat(evidence.attachment("production-size-before.txt")).matches("\\d+ [kM]B \\| .*\\s+");
    assertThat(
            up.target("production")
                .list(
                    "SELECT DISTINCT setting || ' ' || put || ' ' || (put_back_at IS NOT NULL)"
                        + " FROM lockkeeper.measure WHERE promotion = '"
                        + id
                        + "'"))
        .containsExactly("maintenance_work_mem 1GB true");
    assertThat(
            up.target("production")
                .one(
                    "SELECT boot_val = reset_val FROM pg_settings WHERE name = 'maintenance_work_mem'"))
        .isEqualTo("t");
  }

  @Test
  @Tag("D50")
  void theFullRollback_dropsTheViewFirst_thenTheIndexesConcurrently_withinItsMinutes() {
    assertThat(reverts("production"))
        .containsSubsequence(
            "revert-40_hourly", "revert-30_recent", "revert-20_keyset", "revert-10_covering");
    JsonNode ended = journal.first("rollback_ended");
    assertThat(ended.path("verdict").asText()).isEqualTo("PASS");
    assertThat(ended.path("seconds").asDouble()).isPositive().isLessThan(15 * 60);
    assertThat(ended.path("sentence").asText()).isEqualTo("production is as before, checked");
    assertThat(
            Evidence.named(
                    journal.evidence("production", "verify-rolled-back").path("checks"),
                    "name",
                    "gone")
                .path("sentence")
                .asText())
        .isEqualTo("value 0, limit = 0");
    assertThat(up.promotion(id).path("carries")).hasSize(2);
  }

  /** Cut off, cleaned up, and a person is asked, with every way out in front of them. */
  @Test
  @Tag("D66")
  void aMigrationOverItsTime_isCancelled_leavesNothingInvalid_andPauses() {
    JsonNode paused = overTime.paused();

    assertThat(paused.path("cause").asText()).isEqualTo("failure");
    assertThat(paused.path("sentence").asText())
        .contains("20_keyset", "LK-OVER-TIME", "2 s (within)");
    assertThat(overTime.indexes()).containsExactly("idx_metrics_type_time_covering");
    assertThat(overTime.invalid()).isEmpty();
    assertThat(Evidence.list(paused.path("allowed_actions")))
        .filteredOn(action -> action.path("allowed").asBoolean())
        .extracting(action -> action.path("action").asText())
        .contains("retry", "abort", "rollback");
    assertThat(Evidence.list(paused.path("way_back")))
        .extracting(way -> way.path("option").asText() + " " + way.has("why_not"))
        .containsExactly("A false", "B false");
  }

  /**
   * From the middle of the change; the live database is renamed, and nothing is written over it.
   */
  @Test
  @Tag("D51")
  void theBackup_comesBackBeside_whenADbaAsksForIt() {
    Journal back = new Journal(up.journal(overTime.id()));
    JsonNode restored = back.evidence("dev", "restore");

    assertThat(restored.path("backup").asText())
        .isEqualTo(back.evidence("dev", "backup").path("id").asText())
        .startsWith("over_time_");
    assertThat(restored.path("old_oid").asLong()).isNotEqualTo(restored.path("new_oid").asLong());
    assertThat(overTime.indexesAfter()).isEmpty();
    assertThat(overTime.rowsAfter()).isEqualTo(overTime.rowsBefore());
    assertThat(overTime.rowsBeside()).isEqualTo(overTime.rowsBefore() + 1);
    assertThat(back.first("rollback_ended").path("sentence").asText())
        .isEqualTo("dev is as before, checked");
  }

  private static List<String> reverts(String environment) {
    return journal.steps(environment).stream().filter(step -> step.startsWith("revert-")).toList();
  }
}
