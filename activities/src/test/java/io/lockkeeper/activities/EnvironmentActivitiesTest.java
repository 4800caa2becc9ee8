package io.lockkeeper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Statements;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.ObjectState;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Order(1)
class EnvironmentActivitiesTest {
  private static final Bundle BUNDLE = Changes.nineIndexes(Changes.PLAIN);
  private static final List<String> SECTIONS =
      List.of(
          "10_stocks",
          "20_options_chains",
          "30_positions",
          "40_kalshi_markets",
          "50_nfl_games",
          "90_vacuum");

  @AutoClose private final Database database = withTables();
  @AutoClose private final Worker worker = Worker.of(database, BUNDLE);

  private static Database withTables() {
    Database database = Server.fresh();
    database.sql(Changes.TABLES + "INSERT INTO stocks VALUES (1)");
    return database;
  }

  private Fingerprint fingerprint() {
    try {
      return new TargetLedger(database.target()).fingerprint();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private StepResult apply(String section) {
    return worker.activities().applySection(worker.order(new Step.Apply(section, Pass.DEPLOY)));
  }

  private void applyAll() {
    for (String section : SECTIONS) {
      assertThat(apply(section).verdict()).as(section).isEqualTo(Verdict.PASS);
    }
  }

  private StepResult verify(Subject subject) {
    return worker.activities().verify(worker.order(new Step.Verify(subject)));
  }

  /** The failure's message and type as Temporal shows them. */
  private static ApplicationFailure failure(ThrowingCallable call) {
    ActivityFailure failure = catchThrowableOfType(ActivityFailure.class, call);
    assertThat(failure).as("it must fail").isNotNull();
    return (ApplicationFailure) failure.getCause();
  }

  /** Nothing of the catalog changed, and the ledger knows of no work. */
  private void assertUntouched(Fingerprint before, ThrowingCallable rogue, String why) {
    ApplicationFailure refused = failure(rogue);

    assertThat(refused.getType()).isEqualTo("LK-GRANT-REFUSED");
    assertThat(refused.isNonRetryable()).isTrue();
    assertThat(refused.getOriginalMessage()).contains(why).contains("nothing was done");
    assertThat(fingerprint()).isEqualTo(before);
    assertThat(
            database.list("SELECT 1 WHERE to_regclass('lockkeeper.unit') IS NOT NULL").isEmpty()
                || database.list("SELECT 1 FROM lockkeeper.unit").isEmpty())
        .isTrue();
    assertThat(worker.refusals()).hasSize(1).first().asString().contains(why);
  }

  @Test
  void rogueClientThatCallsApplyStraight_isRefusedAndLeavesNoLedger() {
    assertUntouched(fingerprint(), () -> apply("10_stocks"), "there is no grant");
    assertThat(database.holds("to_regnamespace('lockkeeper') IS NULL")).isTrue();
  }

  @Test
  void rogueClientThatCallsBaselineStraight_isRefusedAndLeavesNoLedger() {
    assertUntouched(
        fingerprint(),
        () -> worker.activities().baseline(worker.order(new Step.Baseline())),
        "there is no grant");
    assertThat(database.holds("to_regnamespace('lockkeeper') IS NULL")).isTrue();
  }

  @Test
  void rogueClientThatCallsBackupStraight_isRefusedAndLeavesNoLedger() {
    assertUntouched(
        fingerprint(),
        () -> worker.activities().backup(worker.order(new Step.Backup(false))),
        "there is no grant");
    assertThat(database.holds("to_regnamespace('lockkeeper') IS NULL")).isTrue();
  }

  @Test
  void holdWithoutStatement_isRefusedAndLeavesNoLedger() {
    assertUntouched(
        fingerprint(),
        () -> worker.activities().hold(worker.order(new Step.Hold())),
        "there is no signed start");
    assertThat(database.holds("to_regnamespace('lockkeeper') IS NULL")).isTrue();
  }

  @Test
  void grantOfAnotherHash_isRefused() {
    Statements other = new Statements("another hash", identity(), Instant.now());

    assertUntouched(
        fingerprint(),
        () -> worker.activities().hold(worker.order(new Step.Hold(), other.start())),
        "a statement is about another change");
  }

  @Test
  void grantOfAnotherEnvironment_isRefused() {
    SignedStatement staging =
        worker.statements().start(draft -> draft.withTarget("staging", identity()));

    assertUntouched(
        fingerprint(),
        () -> worker.activities().hold(worker.order(new Step.Hold(), staging)),
        "the start does not name dev");
  }

  /** Another database of the same name and server: only its oid tells. */
  @Test
  @Tag("M15")
  void grantOfAnotherDatabase_isRefused() throws SQLException {
    try (Database other = Server.fresh()) {
      Statements elsewhere =
          new Statements(BUNDLE.hash(), new TargetLedger(other.target()).identity(), Instant.now());

      assertUntouched(
          fingerprint(),
          () -> worker.activities().hold(worker.order(new Step.Hold(), elsewhere.start())),
          "the start is for the database ");
    }
  }

  @Test
  void otherChangeUnderAGrant_isRefused() {
    worker.held();
    Bundle other =
        Changes.of(Changes.PLAIN, "sql/10_evil.sql", "CREATE INDEX CONCURRENTLY i ON stocks (id);");
    worker.blobs().write(other.canonical());
    StepOrder order =
        new StepOrder(
            new WorkOrder(Engine.PROMOTION, other.hash(), "dev", "magnus", "dev"),
            new Step.Apply("10_evil", Pass.DEPLOY),
            List.of());

    assertUntouched(
        fingerprint(),
        () -> worker.activities().applySection(order),
        "the grant is for another change");
  }

  @Test
  @Tag("M17")
  void bundleWhoseBytesWereExchanged_isFoundOut() {
    worker.held();
    Bundle other =
        Changes.of(
            Changes.PLAIN, "sql/10_stocks.sql", "CREATE INDEX CONCURRENTLY i ON stocks (id);");
    worker.blobs().replace(BUNDLE.hash(), other.canonical());
    Fingerprint before = fingerprint();

    ApplicationFailure corrupt = failure(() -> apply("10_stocks"));

    assertThat(corrupt.getType()).isEqualTo("LK-BLOB-CORRUPT");
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  @Tag("M18")
  @Tag("M21")
  @Tag("M23")
  @Tag("M24")
  @Tag("M63")
  void nineIndexes_areAppliedAndVerifiedByName() {
    worker.held();
    worker.activities().baseline(worker.order(new Step.Baseline()));
    applyAll();

    StepResult result = verify(Subject.OBJECTS);

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence()).isEqualTo("9 of 9 there and valid");
    Evidence.Objects objects = (Evidence.Objects) result.evidence().orElseThrow();
    assertThat(objects.missing()).isEmpty();
    assertThat(objects.extra()).isEmpty();
    assertThat(objects.objects()).allMatch(ObjectState::valid).allMatch(o -> o.size() > 0);
    assertThat(
            objects.objects().stream()
                .collect(Collectors.groupingBy(ObjectState::table, Collectors.counting())))
        .containsOnly(
            Map.entry("stocks", 3L),
            Map.entry("options_chains", 2L),
            Map.entry("positions", 2L),
            Map.entry("kalshi_markets", 1L),
            Map.entry("nfl_games", 1L));
  }

  @Test
  @Tag("M21")
  @Tag("M63")
  void invalidIndex_isNotTakenForActive() {
    worker.held();
    applyAll();
    database.asSuperuser(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_stocks_sector'::regclass");

    StepResult result = verify(Subject.OBJECTS);

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence()).isEqualTo("public.idx_stocks_sector is INVALID");
  }

  @Test
  @Tag("M23")
  void missingOtherAndExtraIndexes_areNamed() {
    worker.held();
    worker.activities().baseline(worker.order(new Step.Baseline()));
    applyAll();
    database.sql(
        "DROP INDEX idx_nfl_games_status_time;"
            + "DROP INDEX idx_stocks_sector; CREATE INDEX idx_stocks_sector ON stocks (market_cap);"
            + "CREATE INDEX idx_by_hand ON positions (status)");

    StepResult result = verify(Subject.OBJECTS);

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence())
        .isEqualTo(
            "public.idx_stocks_sector has another definition; public.idx_nfl_games_status_time is"
                + " missing; public.idx_by_hand is there and not of this change");
  }

  @Test
  @Tag("M56")
  @Tag("M93")
  @Tag("M94")
  void everythingTakenBack_isVerifiedByTheFingerprintAndAppliedAgain() {
    worker.held();
    worker.activities().baseline(worker.order(new Step.Baseline()));
    applyAll();
    assertThat(verify(Subject.REVERTED).verdict()).isEqualTo(Verdict.FAIL);
    // A way back needs neither API nor bundle.
    worker.blobs().away(true);

    for (int i = SECTIONS.size() - 1; i >= 0; i--) {
      StepOrder order = worker.order(new Step.Revert(SECTIONS.get(i), Pass.DEPLOY));
      assertThat(worker.activities().revertSection(order).verdict()).isEqualTo(Verdict.PASS);
    }

    StepResult reverted = verify(Subject.REVERTED);
    assertThat(reverted.verdict()).isEqualTo(Verdict.PASS);
    assertThat(reverted.sentence()).isEqualTo("the schema is as before the change");
    Evidence.Fingerprints digests = (Evidence.Fingerprints) reverted.evidence().orElseThrow();
    assertThat(digests.now()).isEqualTo(digests.before()).isEqualTo(fingerprint().digest());
    assertThat(database.list("SELECT 1 FROM pg_class WHERE relname LIKE 'idx%'")).isEmpty();
    worker.blobs().away(false);
    applyAll();
    assertThat(verify(Subject.OBJECTS).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void revertThatLeftSomething_namesIt() {
    worker.held();
    worker.activities().baseline(worker.order(new Step.Baseline()));
    database.sql("COMMENT ON TABLE stocks IS 'left'");

    StepResult result = verify(Subject.REVERTED);

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence())
        .isEqualTo(
            "the schema is not as before the change: ~ relation public.stocks: was \"comment -\", is"
                + " \"comment 'left'\"");
  }

  @Test
  void holdTwice_isTheSameGrant() {
    SignedStatement start = worker.statements().start();

    StepResult first = worker.activities().hold(worker.order(new Step.Hold(), start));
    StepResult second = worker.activities().hold(worker.order(new Step.Hold(), start));

    assertThat(first.sentence()).isEqualTo("granted by ana who started it");
    assertThat(second).isEqualTo(first);
    assertThat(database.list("SELECT promotion FROM lockkeeper.\"grant\""))
        .containsExactly(Engine.PROMOTION);
  }

  @Test
  void closedPromotion_runsNothingForward() {
    worker.held();
    worker.activities().release(worker.order(new Step.Release(true)));

    assertUntouched(fingerprint(), () -> apply("10_stocks"), "the promotion is over");
  }

  @Test
  void releasedTarget_isTakenFromThePromotion() {
    worker.held();
    worker.activities().release(worker.order(new Step.Release(false)));

    assertThat(failure(() -> apply("10_stocks")).getType()).isEqualTo("LK-TARGET-TAKEN");
    assertThat(database.list("SELECT 1 FROM lockkeeper.unit")).isEmpty();
  }

  @Test
  @Tag("M1")
  @Tag("M2")
  @Tag("M15")
  void precheck_tellsServerDatabaseRoleAndSize() {
    try (Worker checks =
        Worker.of(
            database,
            Changes.nineIndexes(
                Changes.PLAIN + "precheck: [postgresql >= 12, database.size < 1GB]\n"))) {
      StepResult result = checks.activities().precheck(checks.order(new Step.Precheck()));

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence()).isEqualTo("connected to " + database.name() + " as engine");
      Evidence.Prechecks found = (Evidence.Prechecks) result.evidence().orElseThrow();
      assertThat(found.server()).startsWith("PostgreSQL 15.18 ");
      assertThat(found.database()).isEqualTo(database.name());
      assertThat(found.role()).isEqualTo("engine");
      assertThat(found.databaseSize())
          .isEqualTo(database.number("SELECT pg_database_size(current_database())"));
      assertThat(found.items())
          .extracting(Evidence.Item::sentence)
          .first()
          .asString()
          .matches("postgresql 15\\.\\d+, limit >= 12");
    }
  }

  @Test
  @Tag("M1")
  void serverThatIsTooOld_failsForGood() {
    try (Worker checks =
        Worker.of(
            database, Changes.nineIndexes(Changes.PLAIN + "precheck: [postgresql >= 99]\n"))) {
      StepResult result = checks.activities().precheck(checks.order(new Step.Precheck()));

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.transientFailure()).isFalse();
      assertThat(result.sentence()).matches("postgresql >= 99: postgresql 15\\.\\d+, limit >= 99");
    }
  }

  @Test
  void build_beatsItsHeartWithPhaseAndPercent() {
    Bundle slow =
        Changes.of(
            Changes.PLAIN,
            "sql/10_slow.sql",
            "CREATE INDEX CONCURRENTLY idx_slow ON stocks (gate(id));");
    try (Gate gate = Gate.closed(database);
        Worker building = Worker.of(database, slow).held()) {
      StepOrder order = building.order(new Step.Apply("10_slow", Pass.DEPLOY));
      Background<StepResult> result =
          Background.run(() -> building.activities().applySection(order));

      Eventually.until(
          "the heart beats with the build's phase",
          () ->
              building.heartbeats().stream()
                  .anyMatch(
                      beat ->
                          beat.what().equals("create index idx_slow")
                              && beat.step().equals(Optional.of("apply-10_slow"))
                              && beat.phase()
                                  .filter(phase -> phase.startsWith("building index: scanning"))
                                  .isPresent()
                              && beat.percent().isPresent()
                              && beat.counted().isPresent()
                              && beat.unit() == 1
                              && beat.units() == 1));
      gate.open();

      assertThat(result.result().verdict()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void cancelWhileBuilding_endsTheBuildAndLeavesNoInvalidIndex() {
    Bundle slow =
        Changes.of(
            Changes.PLAIN,
            "sql/10_slow.sql",
            "CREATE INDEX CONCURRENTLY idx_slow ON stocks (gate(id));");
    try (Gate gate = Gate.closed(database);
        Worker building = Worker.of(database, slow).held()) {
      StepOrder order = building.order(new Step.Apply("10_slow", Pass.DEPLOY));
      Background<StepResult> result =
          Background.run(() -> building.activities().applySection(order));
      gate.awaitWaiter();

      building.requestCancel();

      assertThat(result.failure()).isNotNull();
      assertThat(database.holds("to_regclass('idx_slow') IS NULL")).isTrue();
      assertThat(database.list("SELECT 1 FROM lockkeeper.unit")).isEmpty();
    }
  }

  private StepOrder precheck(String stage, Optional<String> approved) {
    return new StepOrder(
        new WorkOrder(Engine.PROMOTION, BUNDLE.hash(), "dev", "magnus", stage),
        new Step.Precheck(),
        List.of(),
        Adjustment.NONE,
        false,
        approved);
  }

  @Test
  void schemaThatPeopleAgreedTo_isComparedBeforeTheFirstStep() {
    StepResult asked = worker.activities().precheck(precheck("dev-sign-off", Optional.empty()));
    Attachment seen =
        asked.attachments().stream()
            .filter(file -> file.name().equals("dev-sign-off-schema.json"))
            .findFirst()
            .orElseThrow();
    StepOrder order = precheck("dev", Optional.of(seen.blob().sha256()));
    assertThat(worker.activities().precheck(order).verdict()).isEqualTo(Verdict.PASS);

    database.sql("ALTER TABLE stocks ADD COLUMN by_hand int");
    StepResult drifted = worker.activities().precheck(order);

    assertThat(drifted.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(drifted.transientFailure()).isFalse();
    assertThat(drifted.sentence())
        .startsWith(
            "LK-DRIFT: magnus (dev) is not as it was when people agreed: somebody else changed"
                + " what this change touches: + column public.stocks.by_hand type integer ")
        .endsWith(
            ". Nothing was done. Put it back and retry, or accept it as it is (acknowledge) and all"
                + " are asked again, or abort");
  }

  @Test
  void targetThatTheFileDoesNotName_isAConfigurationFailure() {
    StepOrder order =
        new StepOrder(
            new WorkOrder(Engine.PROMOTION, BUNDLE.hash(), "dev", "nowhere", "dev"),
            new Step.Precheck(),
            List.of());

    ApplicationFailure failure = failure(() -> worker.activities().precheck(order));

    assertThat(failure.getOriginalMessage())
        .isEqualTo(
            "LK-CONFIGURATION: looking for the target \"nowhere\" of dev: the worker's file has"
                + " [magnus]. nothing was done. Add the target to the worker's file and restart"
                + " it.");
  }

  private TargetIdentity identity() {
    try {
      return new TargetLedger(database.target()).identity();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
