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
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Sql.Way;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.lockkeeper.step.Written;
import io.lockkeeper.step.Written.At;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What follows a promotion that is over, on a real target: by its closed grant and no other. */
class FollowUpStepTest {
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: nine-indexes
          why: An index
          probes:
            one: { sql: "SELECT * FROM flags WHERE n > 0", runs: 5, warm_up: 1 }
            other: { sql: "SELECT count(*) FROM flags", runs: 5, warm_up: 1 }
          checks:
            rows: { sql: SELECT n FROM flags, expect: rows > 0, when: [] }
            noted: { sql: SELECT n FROM flags, expect: rows > 1, when: [], then: note }
          through: [dev]
          follow_up:
            - { after: 7d, sql: "VACUUM (ANALYZE) flags; INSERT INTO log VALUES (1)" }
            - { after: 1d, sql: "INSERT INTO log VALUES (2)", outcome: rolled_back }
            - { after: 1d, check: rows }
            - { after: 1d, probe: other }
            - { after: 1d, check: noted }
          """,
          "sql/10_flags.sql",
          "CREATE INDEX CONCURRENTLY idx_n ON flags (n);");

  private static final Step VACUUM = sql(1);
  private static final Step AFTER_ROLLBACK = sql(2);
  private static final Step COMPLETE = new Step.Release(true, Optional.of("complete"));

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void tables() {
    database.sql(
        "CREATE TABLE flags (id int PRIMARY KEY, n int); INSERT INTO flags VALUES (1, 1);"
            + "CREATE TABLE log (n int)");
  }

  private static Written written(int number) {
    return new Written(At.FOLLOW_UP, number, "a follow-up");
  }

  private static Step sql(int number) {
    return new Step.Sql(written(number), Way.KEPT);
  }

  private Worker worker() {
    return Worker.of(database, BUNDLE).held();
  }

  private static StepResult run(Worker worker, Step step) {
    return worker.activities().sql(worker.order(step));
  }

  private static void release(Worker worker, Step step) {
    worker.activities().release(worker.order(step));
  }

  private long logged() {
    return database.number("SELECT count(*) FROM log");
  }

  private void refused(Worker worker, Step step, String why) {
    assertThatThrownBy(() -> run(worker, step)).hasStackTraceContaining(why);
    assertThat(logged()).isZero();
  }

  @Test
  void statementsThatFollow_runOnceByTheClosedGrant_andHoldNothing() {
    try (Worker worker = worker()) {
      release(worker, COMPLETE);

      StepResult result = run(worker, VACUUM);
      StepResult again = run(worker, VACUUM);

      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
      assertThat(Engine.outcomes(result)).containsExactly("run", "run");
      assertThat(Engine.outcomes(again)).containsExactly("done before", "done before");
      assertThat(logged()).isEqualTo(1);
      assertThat(
              database.holds(
                  "(SELECT last_vacuum IS NOT NULL FROM pg_stat_user_tables"
                      + " WHERE relname = 'flags')"))
          .isTrue();
      assertThat(database.holds("NOT (SELECT held FROM lockkeeper.lease)")).isTrue();
    }
  }

  /** Each message of the session is the last one in turn; whether it arrived is not known. */
  @Test
  void statementsThatAreCutOff_areDoneOnceByALaterAttempt() {
    try (CutProxy proxy = new CutProxy(Server.port());
        Worker worker = Worker.through(proxy, database, BUNDLE).held()) {
      release(worker, COMPLETE);
      long began = proxy.messages();
      run(worker, VACUUM);
      int all = (int) (proxy.messages() - began);

      int cuts = 0;
      for (int message = 1; message <= all; message += 2) {
        database.sql("DELETE FROM log; DELETE FROM lockkeeper.unit");
        proxy.cutAfter(message, Cut.OFF, message % 4 == 1);
        untilItPasses(worker);
        cuts += proxy.wasCut() ? 1 : 0;
        assertThat(logged()).as("cut at message %s", message).isEqualTo(1);
      }
      assertThat(cuts).isPositive();
    }
  }

  private static void untilItPasses(Worker worker) {
    RuntimeException last = new IllegalStateException("never tried");
    for (int attempt = 0; attempt < 5; attempt++) {
      try {
        StepResult result = run(worker, VACUUM);
        assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
        return;
      } catch (RuntimeException e) {
        last = e;
      }
    }
    throw last;
  }

  @Test
  void promotionThatIsNotOver_isNotFollowed() {
    try (Worker worker = worker()) {
      refused(
          worker,
          VACUUM,
          "LK-GRANT-REFUSED: following up nine-indexes-1 on magnus (dev): its grant is open: it is"
              + " not over, or could not close it at its end. nothing was done. Where it is still wanted do it by another promotion, and"
              + " acknowledge the follow-up");
    }
  }

  @Test
  void promotionThatWasAborted_isNotFollowed_whateverIsAskedLater() {
    try (Worker worker = worker()) {
      release(worker, new Step.Release(true));
      release(worker, COMPLETE);

      refused(worker, VACUUM, "the promotion ended so that this does not follow");
    }
  }

  @Test
  void whatFollowsARollback_doesNotFollowWhatIsComplete() {
    try (Worker worker = worker()) {
      release(worker, COMPLETE);

      refused(worker, AFTER_ROLLBACK, "the promotion ended so that this does not follow");
    }
  }

  @Test
  void grantOfARestoredTarget_isNotFollowed() {
    try (Worker worker = worker()) {
      release(worker, COMPLETE);
      database.sql("UPDATE lockkeeper.\"grant\" SET closed_because = 'a backup took its place'");

      refused(worker, VACUUM, "a backup took its place");
    }
  }

  @Test
  void followUpThatIsLateByMoreThanAMonth_isRefused() {
    try (Worker worker = worker()) {
      release(worker, COMPLETE);
      database.sql("UPDATE lockkeeper.\"grant\" SET closed_at = closed_at - interval '37 days'");

      refused(worker, VACUUM, "it is late by more than a month");
    }
  }

  @Test
  void changeWithoutAGrant_isRefusedWithoutATrace() {
    try (Worker worker = Worker.of(database, BUNDLE)) {
      refused(worker, VACUUM, "there is no grant");
      assertThat(database.holds("to_regclass('lockkeeper.version') IS NULL")).isTrue();
    }
  }

  @Test
  void targetThatAnotherHolds_isLeftAlone() {
    try (Worker worker = worker()) {
      release(worker, COMPLETE);
      Engine.granted(database, "another-1");

      refused(worker, VACUUM, "it is held by another-1");
    }
  }

  private void application(String sql) {
    try (Connection session = database.session("stranger", "app");
        Statement statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void checkAndProbes_areMadeAfterTheEnd_thoseThatAreNamed() {
    try (Worker worker = worker()) {
      worker.activities().baseline(worker.order(new Step.Baseline()));
      release(worker, COMPLETE);

      StepResult check = worker.activities().check(worker.order(new Step.Check(written(3))));
      StepResult compared =
          worker.activities().compare(worker.order(new Step.Compare(Optional.of(written(4)))));

      assertThat(((Evidence.Checks) check.evidence().orElseThrow()).checks())
          .extracting(Evidence.Item::name)
          .containsExactly("rows");
      assertThat(check.verdict()).isEqualTo(Verdict.PASS);
      assertThat(((Evidence.Comparisons) compared.evidence().orElseThrow()).probes())
          .extracting(Evidence.Comparison::probe)
          .containsExactly("other");
      assertThat(compared.attachments())
          .extracting(Attachment::name)
          .containsExactly("dev-probe-4-compare_plans.txt", "dev-probe-4-statements.md");
      assertThat(compared.sentence()).contains("; statements of others: not available, ");
    }
  }

  /** What does not pass stays open: at a moment it would not count, here it is all there is. */
  @Test
  void checkThatIsNotedElsewhere_doesNotPassWhereItIsTheFollowUp() {
    try (Worker worker = worker()) {
      worker.activities().baseline(worker.order(new Step.Baseline()));
      release(worker, COMPLETE);

      StepResult check = worker.activities().check(worker.order(new Step.Check(written(5))));

      assertThat(check.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(check.sentence()).isEqualTo("noted: rows 1, limit > 1");
    }
  }

  @Test
  @Tag("M80")
  void statementsOfOthers_thatTakeMoreTimeThanBeforeTheChange_areListed() {
    database.asSuperuser("CREATE EXTENSION pg_stat_statements");
    database.sql("GRANT SELECT ON flags TO stranger");
    try (Worker worker = worker()) {
      worker.activities().baseline(worker.order(new Step.Baseline()));
      release(worker, COMPLETE);
      application("SELECT sum(n) FROM flags, generate_series(1, 100000)");

      StepResult compared =
          worker.activities().compare(worker.order(new Step.Compare(Optional.of(written(4)))));

      assertThat(compared.sentence())
          .endsWith("; 1 statement of others takes more time than before the change");
      assertThat(worker.blobs().text(compared.attachments().get(1)))
          .contains("| statement that takes more time |")
          .contains("SELECT sum(n) FROM flags, generate_series($1, $2)");
    }
  }
}
