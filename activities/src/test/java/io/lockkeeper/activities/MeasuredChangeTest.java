package io.lockkeeper.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change with measures, as its worker's activities do it. */
class MeasuredChangeTest {
  private static final Step APPLY = new Step.Apply("10_stocks", Pass.DEPLOY);

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void stocks() {
    database.sql("CREATE TABLE stocks (id bigint, sector text)");
  }

  private Worker worker(String measures) {
    return Worker.of(
        database,
        Changes.of(
            Changes.PLAIN.replace("- dev", "- dev: { measures: " + measures + " }"),
            "sql/10_stocks.sql",
            "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);"));
  }

  @Test
  void section_isAppliedUnderItsMeasuresAndNotWithoutThem() {
    try (Worker worker = worker("{ read_only: true, drain: 1s }").held()) {
      StepResult before = worker.activities().applySection(worker.order(APPLY));
      assertThat(before.hindrance()).contains(Hindrance.MEASURES);
      assertThat(before.sentence())
          .isEqualTo(
              "LK-MEASURES-LAPSED: section 10_stocks was not gone on with on magnus (dev): its"
                  + " measures are not in force, because nobody renewed their lease. What was done"
                  + " stays. They are put in force again, then it goes on");
      assertThat(database.holds("to_regclass('idx_sector') IS NULL")).isTrue();

      StepResult put = worker.activities().measure(worker.order(new Step.Measure(false)));
      assertThat(put.verdict()).as(put.sentence()).isEqualTo(Verdict.PASS);
      StepResult applied = worker.activities().applySection(worker.order(APPLY));
      assertThat(applied.verdict()).as(applied.sentence()).isEqualTo(Verdict.PASS);

      StepResult back = worker.activities().measure(worker.order(new Step.Measure(true)));
      assertThat(back.verdict()).isEqualTo(Verdict.PASS);
      assertThat(
              database.list(
                  "SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setdatabase"
                      + " = (SELECT oid FROM pg_database WHERE datname = current_database())"))
          .isEmpty();
    }
  }

  @Test
  void rehearsalUnderMeasures_isComparedAsIfThereWereNone() {
    try (Worker worker = worker("{ read_only: true }").held()) {
      worker.activities().baseline(worker.order(new Step.Baseline()));
      worker.activities().measure(worker.order(new Step.Measure(false)));

      StepResult reverted =
          worker.activities().verify(worker.order(new Step.Verify(Step.Verify.Subject.REVERTED)));

      assertThat(reverted.verdict()).as(reverted.sentence()).isEqualTo(Verdict.PASS);
      worker.activities().measure(worker.order(new Step.Measure(true)));
    }
  }

  @Test
  void rightThatIsMissing_isAPrechecksFinding() {
    try (Worker worker = worker("{ drain: 1m, roles: { reader: { connection_limit: 5 } } }")) {
      StepResult precheck = worker.activities().precheck(worker.order(new Step.Precheck()));

      assertThat(precheck.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(precheck.transientFailure()).isFalse();
      assertThat(precheck.sentence())
          .isEqualTo(
              "measures, role reader: engine has no CREATEROLE and cannot change another role:"
                  + " ALTER ROLE \"engine\" CREATEROLE");
      assertThat(((Evidence.Prechecks) precheck.evidence().orElseThrow()).items())
          .filteredOn(item -> item.name().equals("measures, drain"))
          .hasSize(2)
          .allMatch(item -> item.verdict() == Verdict.PASS);
    }
  }
}
