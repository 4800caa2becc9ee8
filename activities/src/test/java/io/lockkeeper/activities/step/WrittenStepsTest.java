package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.CutProxy;
import io.lockkeeper.activities.fixture.CutProxy.Cut;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Sql.Way;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.lockkeeper.step.Written;
import io.lockkeeper.step.Written.At;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Steps beside the sections on a real target: run once, undone from the ledger, cut off anywhere.
 */
class WrittenStepsTest {
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: nine-indexes
          why: An index and a flag
          risk: low
          checks:
            on: { sql: SELECT n FROM flags WHERE id = 1, expect: value > 0, when: rolled_back }
            off: { sql: SELECT n FROM flags WHERE id = 1, expect: value = 0, when: rolled_back }
          through:
            - dev:
                before:
                  - { sql: "UPDATE flags SET n = n + 1 WHERE id = 1; CREATE TABLE paused (job text)", undo: "UPDATE flags SET n = n - 1 WHERE id = 1; DROP TABLE IF EXISTS paused" }
                  - check: on
                  - measure: { read_only: true }
                  - { sql: SELECT slow(0), within: 1s }
                after:
                  - sql: CREATE INDEX CONCURRENTLY idx_n ON flags (n)
                  - { sql: SELECT slow(30), within: 200ms }
                rollback:
                  A:
                    before: [{ measure: { read_only: true } }]
                    after: [{ sql: "INSERT INTO log VALUES (1); INSERT INTO log VALUES (2)" }]
          """,
          "sql/10_stocks.sql",
          "ALTER TABLE flags ADD CONSTRAINT positive CHECK (n >= 0);");

  private static final Step FIRST = sql(At.BEFORE, 1, Way.UNDONE);
  private static final Step UNDO = new Step.Undo(written(At.BEFORE, 1));
  private static final Step INDEX = sql(At.AFTER, 1, Way.UNDONE);

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void flags() {
    database.sql(
        "CREATE TABLE flags (id int PRIMARY KEY, n int); INSERT INTO flags VALUES (1, 0);"
            + "CREATE TABLE log (n int);"
            + "CREATE FUNCTION slow(s int) RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(s)'");
  }

  private static Written written(At at, int number) {
    return new Written(at, number, "a step");
  }

  private static Step sql(At at, int number, Way way) {
    return new Step.Sql(written(at, number), way);
  }

  private long flag() {
    return database.number("SELECT n FROM flags WHERE id = 1");
  }

  private boolean readOnly() {
    return database.holds(
        "EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database"
            + " WHERE datname = current_database()) AND 'default_transaction_read_only=on' ="
            + " ANY (setconfig))");
  }

  private Worker worker() {
    return Worker.of(database, BUNDLE).held();
  }

  private static StepResult run(Worker worker, Step step) {
    EnvironmentActivities activities = worker.activities();
    return switch (step.kind()) {
      case SQL -> activities.sql(worker.order(step));
      case UNDO -> activities.undo(worker.order(step));
      case CHECK -> activities.check(worker.order(step));
      case MEASURE -> activities.measure(worker.order(step));
      case BASELINE -> activities.baseline(worker.order(step));
      case APPLY -> activities.applySection(worker.order(step));
      case REVERT -> activities.revertSection(worker.order(step));
      case VERIFY -> activities.verify(worker.order(step));
      default -> throw new IllegalArgumentException(step.name());
    };
  }

  private static void passes(Worker worker, Step step) {
    StepResult result = run(worker, step);
    assertThat(result.verdict()).as(step.name() + ": " + result.sentence()).isEqualTo(Verdict.PASS);
  }

  @Test
  void step_isRunOnceAndUndoneOnceFromTheLedgerAlone() {
    try (Worker worker = worker()) {
      passes(worker, FIRST);
      StepResult again = run(worker, FIRST);
      assertThat(Engine.outcomes(again)).containsExactly("done before");
      assertThat(flag()).isEqualTo(1);
      assertThat(
              database.list(
                  "SELECT pass || ' ' || section || ' ' || state FROM lockkeeper.unit"
                      + " WHERE pass = 'steps'"))
          .containsExactly("steps before-1 finished");

      worker.blobs().away(true);
      passes(worker, UNDO);
      passes(worker, UNDO);
      assertThat(flag()).isZero();
      assertThat(database.holds("to_regclass('paused') IS NULL")).isTrue();
    }
  }

  @Test
  void stepThatWasNeverBegun_isUndoneByNothing() {
    try (Worker worker = worker()) {
      StepResult result = run(worker, UNDO);

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence()).isEqualTo("nothing of it had been applied");
      assertThat(flag()).isZero();
    }
  }

  @Test
  void stepWithoutAGrant_isRefusedAndLeavesNoTrace() {
    try (Worker worker = Worker.of(database, BUNDLE)) {
      assertThatThrownBy(() -> run(worker, FIRST)).hasStackTraceContaining("LK-GRANT-REFUSED");
      assertThat(flag()).isZero();
      assertThat(database.holds("to_regnamespace('lockkeeper') IS NULL")).isTrue();
    }
  }

  /** Each message of the session is the last one in turn; whether it arrived is not known. */
  @Test
  void stepAndUndoThatAreCutOff_areEachDoneOnceByALaterAttempt() {
    try (CutProxy proxy = new CutProxy(Server.port());
        Worker worker = Worker.through(proxy, database, BUNDLE).held()) {
      long began = proxy.messages();
      passes(worker, FIRST);
      long done = proxy.messages();
      passes(worker, UNDO);
      int forward = (int) (done - began);
      int back = (int) (proxy.messages() - done);
      assertThat(Math.min(forward, back)).isGreaterThan(4);

      int cuts = 0;
      for (int message = 1; message <= Math.max(forward, back); message += 3) {
        proxy.cutAfter(Math.min(message, forward), Cut.OFF, message % 2 == 0);
        untilItPasses(() -> run(worker, FIRST));
        cuts += proxy.wasCut() ? 1 : 0;
        assertThat(flag()).as("cut at message %s", message).isEqualTo(1);
        proxy.cutAfter(Math.min(message, back), Cut.OFF, message % 2 == 1);
        untilItPasses(() -> run(worker, UNDO));
        assertThat(flag()).as("undo cut at message %s", message).isZero();
        assertThat(database.holds("to_regclass('paused') IS NULL")).isTrue();
      }
      assertThat(cuts).isPositive();
    }
  }

  private static void untilItPasses(Supplier<StepResult> step) {
    RuntimeException last = new IllegalStateException("never tried");
    for (int attempt = 0; attempt < 5; attempt++) {
      try {
        StepResult result = step.get();
        assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
        return;
      } catch (RuntimeException e) {
        last = e;
      }
    }
    throw last;
  }

  /** The section stands on the same table and stays: the undo does not wait for it. */
  @Test
  void undo_waitsForNoSectionThatStands() {
    try (Worker worker = worker()) {
      passes(worker, FIRST);
      passes(worker, new Step.Baseline());
      section(worker);
      passes(worker, INDEX);

      passes(worker, new Step.Undo(written(At.AFTER, 1)));
      passes(worker, UNDO);

      assertThat(flag()).isZero();
      assertThat(database.holds("to_regclass('idx_n') IS NULL")).isTrue();
      assertThat(database.holds("EXISTS (SELECT FROM pg_constraint WHERE conname = 'positive')"))
          .isTrue();
    }
  }

  private static void section(Worker worker) {
    passes(worker, new Step.Measure(false, Optional.of(written(At.BEFORE, 3))));
    passes(worker, new Step.Apply("10_stocks", Pass.DEPLOY));
    passes(worker, new Step.Measure(true));
  }

  @Test
  void rollback_isComparedWithWhatWasBeforeTheFirstStep() {
    try (Worker worker = worker()) {
      passes(worker, FIRST);
      passes(worker, new Step.Baseline());
      section(worker);
      passes(worker, new Step.Revert("10_stocks", Pass.DEPLOY));

      passes(worker, new Step.Verify(Subject.REVERTED));
      StepResult stands = run(worker, new Step.Verify(Subject.ALL_REVERTED));
      assertThat(stands.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(stands.sentence()).contains("+ relation public.paused");

      passes(worker, UNDO);
      passes(worker, new Step.Verify(Subject.ALL_REVERTED));
    }
  }

  private static Bundle kept() {
    return Changes.of(
        """
        change: nine-indexes
        why: What is dropped stays dropped
        risk: low
        through:
          - dev:
              before:
                - sql: DROP TABLE log
                - { sql: CREATE TABLE paused (job text), undo: DROP TABLE paused }
              rollback: { A: { after: [{ sql: UPDATE flags SET n = 7 }] } }
        """,
        "sql/10_stocks.sql",
        "ALTER TABLE flags ADD CONSTRAINT positive CHECK (n >= 0);");
  }

  /** A rollback leaves it, and so what is compared in the end is what was after it. */
  @Test
  void stepThatIsKeptBeforeOneThatIsUndone_isNoDifference() {
    try (Worker worker = Worker.of(database, kept()).held()) {
      passes(worker, sql(At.BEFORE, 1, Way.KEPT));
      passes(worker, sql(At.BEFORE, 2, Way.UNDONE));
      StepResult stands = run(worker, new Step.Verify(Subject.ALL_REVERTED));
      assertThat(stands.sentence()).contains("+ relation public.paused").doesNotContain("log");

      passes(worker, new Step.Undo(written(At.BEFORE, 2)));
      passes(worker, new Step.Verify(Subject.ALL_REVERTED));
      assertThat(database.holds("to_regclass('log') IS NULL")).isTrue();
    }
  }

  @Test
  void stepOfARollback_standsReadyBeforeAStepThatIsKept() {
    try (Worker worker = Worker.of(database, kept()).held()) {
      passes(worker, sql(At.BEFORE, 1, Way.KEPT));

      StepResult ran = run(worker, sql(At.ROLLBACK_AFTER, 1, Way.BACK));

      assertThat(Engine.outcomes(ran)).containsExactly("run");
      assertThat(flag()).isEqualTo(7);
    }
  }

  @Test
  void baselineUnderMeasuresOfAStep_isAsWithoutThem() {
    try (Worker worker = worker()) {
      passes(worker, new Step.Measure(false, Optional.of(written(At.BEFORE, 3))));
      passes(worker, new Step.Baseline());
      passes(worker, new Step.Measure(true));

      passes(worker, new Step.Verify(Subject.REVERTED));
      assertThat(readOnly()).isFalse();
    }
  }

  @Test
  void check_isMadeWhereItStandsWhateverItsMomentsAre() {
    Step check = new Step.Check(written(At.BEFORE, 2));
    try (Worker worker = worker()) {
      assertThat(run(worker, check).verdict()).isEqualTo(Verdict.FAIL);
      passes(worker, FIRST);
      StepResult found = run(worker, check);

      assertThat(found.verdict()).isEqualTo(Verdict.PASS);
      assertThat(((Evidence.Checks) found.evidence().orElseThrow()).checks())
          .extracting(Evidence.Item::name)
          .containsExactly("on");
    }
  }

  @Test
  void stepOverItsTime_isCancelledAndToldAndNothingOfItStays() {
    try (Worker worker = worker()) {
      StepResult result = run(worker, sql(At.AFTER, 2, Way.KEPT));

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence()).startsWith("LK-OVER-TIME").contains("200 ms (within)");
    }
  }

  @Test
  void stepUnderMeasuresThatLapsed_isNotRunWithoutThem() {
    try (Worker worker = worker()) {
      StepResult result = run(worker, sql(At.BEFORE, 4, Way.KEPT));

      assertThat(result.sentence()).startsWith("LK-MEASURES-LAPSED: before-4 was not gone on with");
    }
  }

  /** Neither grant nor bundle: what was signed stands in the ledger since the baseline. */
  @Test
  @Tag("M92")
  void stepsOfARollback_areRunFromTheLedgerOnceAndTheirMeasuresPutBack() {
    Step stop = new Step.Measure(false, Optional.of(written(At.ROLLBACK_BEFORE, 1)));
    Step log = sql(At.ROLLBACK_AFTER, 1, Way.BACK);
    try (Worker worker = worker()) {
      passes(worker, new Step.Baseline());
      section(worker);
      worker.activities().release(worker.order(new Step.Release(false)));
      database.sql("UPDATE lockkeeper.\"grant\" SET valid_until = now() - interval '1 day'");
      worker.blobs().away(true);

      passes(worker, stop);
      assertThat(readOnly()).isTrue();
      passes(worker, new Step.Revert("10_stocks", Pass.DEPLOY));
      passes(worker, new Step.Verify(Subject.REVERTED));
      StepResult run = run(worker, log);
      assertThat(Engine.outcomes(run)).containsExactly("run");
      assertThat(run(worker, log).sentence()).isEqualTo("nothing of it is left to be run");
      passes(worker, new Step.Measure(true, Optional.of(written(At.ROLLBACK_BEFORE, 1))));

      assertThat(readOnly()).isFalse();
      assertThat(database.list("SELECT n FROM log ORDER BY n")).containsExactly("1", "2");
    }
  }

  @Test
  void stepOfARollbackThatNobodyPrepared_doesNothing() {
    try (Worker worker = worker()) {
      passes(worker, sql(At.ROLLBACK_AFTER, 1, Way.BACK));
      passes(worker, new Step.Measure(false, Optional.of(written(At.ROLLBACK_BEFORE, 1))));

      assertThat(readOnly()).isFalse();
      assertThat(database.list("SELECT n FROM log")).isEmpty();
    }
  }
}
