package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Baseline, comparison and checks, as a deploy stage makes them. */
class MeasuredStepsTest {
  private static final double EXACT = 1e-9;

  /** The server tells the time of the first, so that a test can set it. */
  private static final String CHANGE =
      """
      change: nine-indexes
      why: Indexes for the screener
      risk: low
      probes:
        speed: { sql: SELECT speed(), noise: 1ms, runs: 3, expect: p50 < baseline }
        steady: { sql: SELECT speed(), noise: 1ms, runs: 3 }
        by_sector:
          sql: SELECT * FROM stocks WHERE sector = :sector
          with: { sector: { sql: SELECT sector FROM stocks WHERE id = 100 } }
          uses: idx_stocks_sector
          core: false
          noise: 10s
          runs: 3
          min_rows: 1000
      checks:
        page: { http: $app/health, when: [after] }
        same: { http: $app/screener, expect: [status = 200, unchanged], when: [after] }
        errors: { log: app, match: ERROR, when: [after] }
        list: { sql: SELECT count(*) FROM stocks, when: [after], record: true }
      through:
        - dev
      """;

  private static final Bundle BUNDLE =
      Changes.of(
          CHANGE,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_stocks_sector ON stocks (sector);\nANALYZE stocks;");

  @AutoClose private final Database database = Server.fresh();
  @AutoClose private final Application application = Application.start();
  @TempDir private Path directory = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void shop() throws IOException {
    database.sql(Changes.TABLES + Changes.ROWS + "ANALYZE");
    speed(0.02);
    log = directory.resolve("app.log");
    Files.writeString(log, "ERROR of yesterday\n");
  }

  private void speed(double seconds) {
    database.sql(
        "CREATE OR REPLACE FUNCTION speed() RETURNS text LANGUAGE sql AS 'SELECT pg_sleep("
            + seconds
            + ")::text'");
  }

  private Worker worker() {
    EnvironmentSettings environment =
        Worker.settings(
            database,
            Optional.empty(),
            application.variables(),
            Map.of("app", log),
            application.allowed());
    return Worker.of(database, BUNDLE, environment).held();
  }

  private static StepResult baseline(Worker worker) {
    return worker.activities().baseline(worker.order(new Step.Baseline()));
  }

  private static Evidence.Comparisons compare(Worker worker) {
    return (Evidence.Comparisons) comparison(worker).evidence().orElseThrow();
  }

  private static StepResult comparison(Worker worker) {
    return worker.activities().compare(worker.order(new Step.Compare()));
  }

  private static Evidence.Comparison of(Evidence.Comparisons comparisons, String probe) {
    return comparisons.probes().stream()
        .filter(comparison -> comparison.probe().equals(probe))
        .findFirst()
        .orElseThrow();
  }

  private static void apply(Worker worker) {
    worker.activities().applySection(worker.order(new Step.Apply("10_stocks", Pass.DEPLOY)));
  }

  @Test
  @Tag("T36")
  void baselineOfShares_isOfAllThatTheServerCounted() throws SQLException {
    try (Connection application = database.session("app");
        Statement statement = application.createStatement()) {
      application.setAutoCommit(false);
      for (int i = 0; i < 500; i++) {
        statement.execute("SELECT 1");
        application.rollback();
      }
    }
    Eventually.until(
        "the rollbacks are counted",
        () ->
            database.number(
                    "SELECT xact_rollback FROM pg_stat_database"
                        + " WHERE datname = current_database()")
                >= 500);

    try (Worker worker = worker()) {
      Evidence.Figures figures = (Evidence.Figures) baseline(worker).evidence().orElseThrow();

      assertThat(figures.live().get("transactions.rollback_rate")).isBetween(0.2, 0.99);
      assertThat(figures.live().get("cache.hit_ratio")).isBetween(0.2, 1.0);
      assertThat(figures.live()).containsEntry("deadlocks", 0.0);
    }
  }

  @Test
  @Tag("M8")
  @Tag("M9")
  @Tag("M84")
  void baseline_keepsProbesPlansFiguresAndFingerprint() {
    try (Worker worker = worker()) {
      StepResult result = baseline(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence()).isEqualTo("3 probes measured");
      Evidence.Figures figures = (Evidence.Figures) result.evidence().orElseThrow();
      assertThat(figures.probes()).extracting(ProbeFigure::runs).containsOnly(3);
      assertThat(figures.probes()).allMatch(probe -> probe.p50() > 0 && probe.plan().isPresent());
      assertThat(figures.live()).containsKeys("database.size", "sessions.total");
      assertThat(figures.databaseSize()).isPositive();
      assertThat(result.attachments())
          .extracting(Attachment::name)
          .containsExactly(
              "dev-baseline_metrics.txt", "dev-baseline_plans.txt", "dev-baseline_samples.csv");
      Attachment metrics = result.attachments().get(0);
      String text = worker.blobs().text(metrics);
      assertThat(text)
          .startsWith("Baseline of nine-indexes-1 in dev\n")
          .contains("speed: p50 ")
          .contains("by_sector: p50 ");
      assertThat(metrics.blob().sha256()).isEqualTo(Sha256.hex(text));
      assertThat(worker.blobs().text(result.attachments().get(1))).contains("Seq Scan on stocks");
    }
  }

  @Test
  void probeThatFails_makesTheBaselineInconclusive() {
    database.sql("DROP FUNCTION speed()");
    try (Worker worker = worker()) {
      StepResult result = baseline(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(result.sentence())
          .contains("probe speed failed: function speed() does not exist (SQLState 42883)");
    }
  }

  @Test
  @Tag("M26")
  @Tag("M27")
  @Tag("M28")
  @Tag("M67")
  void fasterProbes_passWithTheirImprovement() {
    try (Worker worker = worker()) {
      baseline(worker);
      apply(worker);
      speed(0.005);

      StepResult result = comparison(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence()).matches("3 probes, on average \\d+ % faster");
      Evidence.Comparisons compared = (Evidence.Comparisons) result.evidence().orElseThrow();
      Evidence.Comparison speed = of(compared, "speed");
      Evidence.Comparison steady = of(compared, "steady");
      assertThat(speed.verdict()).isEqualTo(Verdict.PASS);
      assertThat(speed.improvement())
          .isCloseTo(
              (speed.beforeP50().orElseThrow() - speed.afterP50())
                  / speed.beforeP50().orElseThrow(),
              within(EXACT));
      assertThat(compared.averageImprovement())
          .isCloseTo((speed.improvement() + steady.improvement()) / 2, within(EXACT));
      double before = speed.beforeP50().orElseThrow() + steady.beforeP50().orElseThrow();
      assertThat(compared.totalImprovement())
          .isCloseTo((before - speed.afterP50() - steady.afterP50()) / before, within(EXACT));
      Evidence.Comparison bySector = of(compared, "by_sector");
      assertThat(bySector.indexes()).containsExactly("idx_stocks_sector");
      assertThat(bySector.sentence()).contains("uses idx_stocks_sector");
    }
  }

  @Test
  @Tag("M27")
  void slowerProbe_fails() {
    try (Worker worker = worker()) {
      baseline(worker);
      apply(worker);
      speed(0.1);

      Evidence.Comparisons compared = compare(worker);

      assertThat(of(compared, "speed").verdict()).isEqualTo(Verdict.FAIL);
      assertThat(of(compared, "steady").verdict()).isEqualTo(Verdict.FAIL);
      assertThat(compared.averageImprovement()).isNegative();
    }
  }

  @Test
  void indexThatThePlanDoesNotUse_fails() {
    try (Worker worker = worker()) {
      baseline(worker);

      Evidence.Comparison bySector = of(compare(worker), "by_sector");

      assertThat(bySector.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(bySector.sentence()).contains("does not use idx_stocks_sector");
    }
  }

  @Test
  @Tag("M27")
  void tableThatIsTooSmallToTell_isInconclusive() {
    database.sql("DELETE FROM stocks WHERE id > 100");
    database.sql("VACUUM (ANALYZE) stocks");
    try (Worker worker = worker()) {
      baseline(worker);

      Evidence.Comparison bySector = of(compare(worker), "by_sector");

      assertThat(bySector.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(bySector.sentence())
          .endsWith(
              "does not use idx_stocks_sector, but the table has 100 rows and 1000 are needed to"
                  + " tell");
    }
  }

  @Test
  void comparisonWithoutBaseline_isInconclusive() {
    try (Worker worker = worker()) {
      StepResult result = comparison(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(result.sentence()).startsWith("probe speed has no baseline; ");
    }
  }

  @Test
  @Tag("M29")
  @Tag("M30")
  @Tag("M35")
  void checksAfterTheChange_areMadeAgainstWhatWasBefore() throws IOException {
    try (Worker worker = worker()) {
      baseline(worker);

      StepResult fine = worker.activities().verify(worker.order(new Step.Verify(Subject.CHECKS)));
      assertThat(fine.verdict()).isEqualTo(Verdict.PASS);
      assertThat(fine.sentence()).isEqualTo("4 checks passed");
      assertThat(fine.attachments()).extracting(Attachment::name).containsExactly("dev-list.txt");
      assertThat(worker.blobs().text(fine.attachments().get(0))).isEqualTo("5000\n");

      application.answers(200, "another result set");
      Files.writeString(log, "ERROR of today\n", StandardOpenOption.APPEND);
      StepResult broken = worker.activities().verify(worker.order(new Step.Verify(Subject.CHECKS)));
      assertThat(broken.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(broken.sentence())
          .isEqualTo(
              "same: status 200, limit = 200; not as before the change; errors: matches 1, limit ="
                  + " 0");
      List<Item> items = ((Evidence.Checks) broken.evidence().orElseThrow()).checks();
      assertThat(items)
          .extracting(Item::verdict)
          .containsExactly(Verdict.PASS, Verdict.FAIL, Verdict.FAIL, Verdict.PASS);
    }
  }
}
