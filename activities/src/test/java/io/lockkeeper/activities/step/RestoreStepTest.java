package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Statements;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Option B as the worker is asked for it: by which statements, and what becomes of the others. */
@ResourceLock("copies of dev")
@Order(1)
class RestoreStepTest {
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: nine-indexes
          why: One index for the screener
          risk: low
          backup: verified
          rollback: { B: { roles: [dba, operations-lead] } }
          through:
            - dev
          """,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
  private static final Step RESTORE = new Step.Restore(Optional.empty());

  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  private Worker worker = null;
  private Statements statements = null;
  private SignedStatement start = null;

  @BeforeEach
  void applied() {
    database.sql(
        "CREATE TABLE stocks (id bigint, sector text); INSERT INTO stocks VALUES (1, 'one')");
    worker =
        Worker.of(
            database,
            BUNDLE,
            Worker.settings(
                database,
                Optional.of(new BackupSettings(Kind.TEMPLATE, directory, "")),
                Map.of(),
                Map.of(),
                Set.of()));
    statements = worker.statements();
    start = statements.start();
    worker.activities().hold(worker.order(new Step.Hold(), start));
    worker.activities().baseline(worker.order(new Step.Baseline()));
    worker.activities().backup(worker.order(new Step.Backup(true)));
    worker.activities().applySection(worker.order(new Step.Apply("10_stocks", Pass.DEPLOY)));
    database.sql("INSERT INTO stocks VALUES (2, 'two')");
  }

  @AfterEach
  void drop() {
    worker.close();
    Server.list(
            "SELECT datname FROM pg_database WHERE datname LIKE '"
                + database.name()
                + "\\_%'"
                + " OR datname LIKE 'lk\\_dev\\_backup%'")
        .forEach(Server::drop);
  }

  private SignedStatement asked(String role) {
    return statements.restoring("boris", Optional.of(role), "dev", Optional.of(Option.B));
  }

  private StepResult restore(SignedStatement... signed) {
    return worker.activities().restore(worker.order(RESTORE, signed));
  }

  private void assertRefused(String why, SignedStatement... signed) {
    assertThatThrownBy(() -> restore(signed))
        .rootCause()
        .hasMessageContaining("LK-GRANT-REFUSED: restoring a backup for nine-indexes-1 beside")
        .hasMessageContaining(why);
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(2);
    assertThat(worker.refusals()).anyMatch(told -> told.contains(why));
  }

  @Test
  void statementOfARole_restoresAndTheNextStepsGoOnInTheNewDatabase() {
    SignedStatement asked = asked("operations-lead");

    StepResult result = restore(start, asked);

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence())
        .matches(
            "dev_backup_[-0-9_]+ was restored beside, compared \\(1 tables, 1 rows, the schema\\) and"
                + " is magnus_[0-9]+ now; the writes of [0-9]+s since .*Z are lost there\\. They are"
                + " in magnus_[0-9]+_before_nine_indexes_1, which stays until somebody runs DROP"
                + " DATABASE \"magnus_[0-9]+_before_nine_indexes_1\"");
    Evidence.Restored evidence = (Evidence.Restored) result.evidence().orElseThrow();
    assertThat(evidence.rows()).isEqualTo(1);
    assertThat(evidence.newOid()).isNotEqualTo(evidence.oldOid());
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(1);

    // The start was signed for the database before: the same promotion goes on all the same.
    assertThat(restore(start, asked).sentence()).contains(" now since an earlier attempt;");
    Step reverted = new Step.Verify(Step.Verify.Subject.REVERTED);
    assertThat(worker.activities().verify(worker.order(reverted)).verdict())
        .isEqualTo(Verdict.PASS);
    assertThat(
            worker
                .activities()
                .revertSection(worker.order(new Step.Revert("10_stocks", Pass.DEPLOY)))
                .verdict())
        .isEqualTo(Verdict.PASS);
    assertThat(worker.activities().release(worker.order(new Step.Release(true))).verdict())
        .isEqualTo(Verdict.PASS);
    assertThat(database.value("SELECT held FROM lockkeeper.lease")).isEqualTo("f");
  }

  private SignedStatement back(String role, String environment) {
    return statements.swappingBack("boris", Optional.of(role), environment);
  }

  private StepResult swapBack(SignedStatement... signed) {
    return worker.activities().restore(worker.order(Step.Restore.swapBack(), signed));
  }

  @Test
  void statementOfARole_swapsTheDatabaseFromBeforeInAgain() {
    restore(start, asked("dba"));
    worker.activities().release(worker.order(new Step.Release(true)));
    database.sql("INSERT INTO stocks VALUES (3, 'three')");

    StepResult result = swapBack(start, back("operations-lead", "dev"));

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence())
        .matches(
            "magnus_[0-9]+ is the database from before the restore again; what was written since"
                + " .*Z is lost there\\. It is in magnus_[0-9]+_restored_nine_indexes_1, which stays"
                + " until somebody runs DROP DATABASE \"magnus_[0-9]+_restored_nine_indexes_1\"");
    assertThat(((Evidence.SwappedBack) result.evidence().orElseThrow()).keptAs())
        .isEqualTo(database.name() + "_restored_nine_indexes_1");
    assertThat(database.list("SELECT id FROM stocks ORDER BY 1")).containsExactly("1", "2");
    assertThat(database.holds("to_regclass('idx_sector') IS NOT NULL")).isTrue();
    assertThat(swapBack(start, back("dba", "dev")).sentence())
        .contains(" again since an earlier attempt;");
  }

  @Test
  void swapBackThatNobodyAskedForInARole_isRefused() {
    restore(start, asked("dba"));

    assertSwapRefused("there is no signed swap-back", start);
    assertSwapRefused("there is no signed swap-back", start, asked("dba"));
    assertSwapRefused(
        "boris asked for the swap-back without the role dba or operations-lead",
        start,
        back("release-manager", "dev"));
    assertSwapRefused("the swap-back is not asked for in dev", start, back("dba", "staging"));
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(1);
  }

  /** A statement for the one is none for the other. */
  @Test
  void swapBack_asksForNoRestore() {
    assertRefused("there is no signed rollback", start, back("dba", "dev"));
  }

  private void assertSwapRefused(String why, SignedStatement... signed) {
    assertThatThrownBy(() -> swapBack(signed))
        .rootCause()
        .hasMessageContaining("LK-GRANT-REFUSED")
        .hasMessageContaining(why);
  }

  @Test
  void targetThatAnotherPromotionHolds_isNotSwappedBack() {
    restore(start, asked("dba"));
    worker.activities().release(worker.order(new Step.Release(true)));
    Engine.granted(database, "other-1");

    assertThatThrownBy(() -> swapBack(start, back("dba", "dev")))
        .rootCause()
        .hasMessageContaining("LK-RESTORE-FAILED")
        .hasMessageContaining("it is held by other-1");
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(1);
  }

  @Test
  void swapBackWhereNothingWasRestored_isRefused() {
    assertThatThrownBy(() -> swapBack(start, back("dba", "dev")))
        .rootCause()
        .hasMessageContaining("no restore of nine-indexes-1 serves");
  }

  /** They name the oid of the database before. */
  @Test
  void forwardEffectThatWasSignedForTheDatabaseBefore_isRefused() {
    restore(start, asked("dba"));

    assertThatThrownBy(() -> worker.activities().hold(worker.order(new Step.Hold(), start)))
        .rootCause()
        .hasMessageContaining("LK-GRANT-REFUSED")
        .hasMessageContaining("the start is for the database");
    assertThatThrownBy(
            () ->
                worker
                    .activities()
                    .applySection(worker.order(new Step.Apply("10_stocks", Pass.DEPLOY))))
        .rootCause()
        .hasMessageContaining("it was for the database before nine-indexes-1 swapped in another");
  }

  @Test
  void otherRole_isRefused() {
    assertRefused(
        "boris asked for option B without the role dba or operations-lead",
        start,
        asked("release-manager"));
  }

  @Test
  void whoHasStartedIt_isRefused() {
    assertRefused(
        "ana has started the promotion: option B takes a second person",
        start,
        statements.restoring("ana", Optional.of("dba"), "dev", Optional.of(Option.B)));
  }

  @Test
  void otherOption_isRefused() {
    assertRefused(
        "nobody asked for option B",
        start,
        statements.restoring("boris", Optional.of("dba"), "dev", Optional.of(Option.A)));
  }

  @Test
  void otherEnvironment_isRefused() {
    assertRefused(
        "the rollback is not asked for in dev",
        start,
        statements.restoring("boris", Optional.of("dba"), "staging", Optional.of(Option.B)));
  }

  @Test
  void startAlone_isRefused() {
    assertRefused("there is no signed rollback", start);
  }

  @Test
  void statementThatNobodySigned_isRefused() {
    SignedStatement good = asked("dba");

    assertRefused(
        "signature", start, new SignedStatement(good.statement(), good.key(), start.signature()));
  }

  @Test
  void startForAnotherDatabase_isRefused() {
    SignedStatement other =
        statements.start(draft -> draft.withTarget("dev", new TargetIdentity("1", 1)));

    assertRefused("the start is for the database 1/1 and this is ", other, asked("dba"));
  }
}
