package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Measured;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a real server: what is found is put back exactly, and those in the way are ended. */
class TargetMeasuresTest {
  private static final String READ_ONLY = "{ read_only: true }";
  private static final String DRAINED = "{ read_only: true, drain: 1s }";

  @AutoClose private final Database database = Server.fresh();
  @AutoClose private final Measured promotion = Measured.granted(database);

  private Connection application(String name) {
    return database.session(promotion.application(), name);
  }

  private static Connection open(Connection session, String sql) throws SQLException {
    session.setAutoCommit(false);
    Rows.execute(session, sql);
    return session;
  }

  private static boolean writes(Connection session) {
    try {
      Rows.execute(session, "INSERT INTO stocks VALUES (1, 'Technology')");
      return true;
    } catch (SQLException e) {
      if (SqlFailures.state(e).equals("25006")) {
        return false;
      }
      throw new AssertionError(e);
    }
  }

  private static boolean ended(Connection session) {
    try {
      return !session.isValid(5);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Evidence.Measures evidence(StepResult result) {
    return (Evidence.Measures) result.evidence().orElseThrow();
  }

  @Test
  @Tag("M59")
  void readOnlyMode_holdsForNewSessionsAndIsPutBackToNothing() throws SQLException {
    StepResult put = promotion.put(READ_ONLY);

    assertThat(put.verdict()).as(put.sentence()).isEqualTo(Verdict.PASS);
    assertThat(promotion.settings()).containsExactly("all default_transaction_read_only=on");
    try (Connection session = application("web")) {
      assertThat(writes(session)).isFalse();
    }
    assertThat(put.sentence())
        .startsWith("in force: read_only of database " + database.name() + " on (before: not set)");

    StepResult back = promotion.putBack();

    assertThat(back.verdict()).isEqualTo(Verdict.PASS);
    assertThat(promotion.settings()).isEmpty();
    try (Connection session = application("web")) {
      assertThat(writes(session)).isTrue();
    }
  }

  @Test
  void valueThatWasSetBefore_isPutBackAsItWas() {
    database.asSuperuser(
        "ALTER DATABASE " + database.name() + " SET default_transaction_read_only = 'false'");

    promotion.put(READ_ONLY);
    assertThat(promotion.settings()).containsExactly("all default_transaction_read_only=on");
    promotion.putBack();

    assertThat(promotion.settings()).containsExactly("all default_transaction_read_only=false");
  }

  @Test
  void secondAttempt_doesNotTakeOurOwnValueForWhatWasFound() {
    promotion.put(READ_ONLY);

    StepResult again = promotion.put(READ_ONLY);
    promotion.putBack();

    assertThat(evidence(again).measures().get(0).found()).isEmpty();
    assertThat(promotion.settings()).isEmpty();
  }

  @Test
  void ourOwnSessions_areExempt() {
    promotion.put(READ_ONLY);

    StepResult applied =
        new SectionRunner(promotion.target(), new Running())
            .apply(
                promotion.work("apply"),
                Engine.CHANGE,
                Pass.DEPLOY,
                "10",
                Unit.read("CREATE INDEX CONCURRENTLY i ON stocks (sector); CREATE TABLE t ();"),
                List.of());

    assertThat(applied.verdict()).as(applied.sentence()).isEqualTo(Verdict.PASS);
  }

  @Test
  @Tag("C10")
  @Tag("C11")
  void limitsOfARole_arePutBackExactly() {
    String app = promotion.application();
    database.asSuperuser("ALTER ROLE " + app + " CONNECTION LIMIT 21");
    database.asSuperuser(
        "ALTER ROLE %s IN DATABASE %s SET lock_timeout = '3s'".formatted(app, database.name()));
    String limits =
        "{ roles: { %s: { connection_limit: 50%%, statement_timeout: 120s, lock_timeout: 1s } } }"
            .formatted(app);

    StepResult put = promotion.put(limits);

    assertThat(put.verdict()).as(put.sentence()).isEqualTo(Verdict.PASS);
    assertThat(promotion.connectionLimit()).isEqualTo("10");
    assertThat(promotion.settings())
        .containsExactly(app + " lock_timeout=1000ms", app + " statement_timeout=120000ms");
    assertThat(evidence(put).measures())
        .extracting(Evidence.Measure::text)
        .containsExactlyInAnyOrder(
            "connection_limit of role " + app + " 10 (before: 21)",
            "lock_timeout of role " + app + " 1000ms (before: 3s)",
            "statement_timeout of role " + app + " 120000ms (before: not set)");

    promotion.putBack();

    assertThat(promotion.connectionLimit()).isEqualTo("21");
    assertThat(promotion.settings()).containsExactly(app + " lock_timeout=3s");
  }

  @Test
  void shareOfARoleWithoutALimit_isOfWhatTheServerHas() {
    int all =
        (int)
            database.number(
                "SELECT current_setting('max_connections')::int"
                    + " - current_setting('superuser_reserved_connections')::int");

    promotion.put(
        "{ roles: { %s: { connection_limit: 50%% } } }".formatted(promotion.application()));

    assertThat(promotion.connectionLimit()).isEqualTo(Integer.toString(all / 2));
    promotion.putBack();
    assertThat(promotion.connectionLimit()).isEqualTo("-1");
  }

  @Test
  void whatWasChangedByHandMeanwhile_isLeftAndTold() {
    String app = promotion.application();
    promotion.put("{ roles: { %s: { connection_limit: 10 } } }".formatted(app));
    database.asSuperuser("ALTER ROLE " + app + " CONNECTION LIMIT 5");

    StepResult back = promotion.putBack();

    assertThat(promotion.connectionLimit()).isEqualTo("5");
    assertThat(back.sentence())
        .endsWith("; left as changed by hand meanwhile: connection_limit of role " + app + " is 5");
    assertThat(promotion.putBack().sentence()).isEqualTo("nothing was in force");
  }

  @Test
  void idleSession_isEndedAtOnceSoThatItComesBackReadOnly() throws SQLException {
    try (Connection idle = application("pool");
        Connection ours = database.session("lk/fixture-too")) {
      StepResult put = promotion.put(READ_ONLY);

      assertThat(put.sentence()).endsWith("; ended 1 idle session");
      assertThat(ended(idle)).isTrue();
      assertThat(ended(ours)).isFalse();
    }
  }

  @Test
  @Tag("M60")
  void transactionOfOthers_isWaitedForAndShownUntilItEnds() throws SQLException {
    Running running = new Running();
    try (Connection writer = open(application("writer"), "INSERT INTO stocks VALUES (1, 'a')")) {
      Background<StepResult> put =
          Background.run(() -> promotion.put(running, "{ read_only: true, drain: 5m }"));
      Eventually.until("it is waited for", () -> !running.progress().blockingUs().isEmpty());

      assertThat(running.progress().blockingUs().get(0).text())
          .matches(
              "pid \\d+ \"writer\" of " + promotion.application() + " idle in transaction for .*");
      assertThat(put.ended()).isFalse();
      writer.commit();

      assertThat(put.result().verdict()).isEqualTo(Verdict.PASS);
      assertThat(evidence(put.result()).ended()).isEmpty();
    }
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(1);
  }

  @Test
  void transactionThatStaysTooLong_isEndedAndNamed() throws SQLException {
    try (Connection writer = open(application("writer"), "INSERT INTO stocks VALUES (1, 'a')")) {
      StepResult put = promotion.put(DRAINED);

      assertThat(evidence(put).ended())
          .singleElement()
          .asString()
          .matches("pid \\d+ \"writer\" of .* idle in transaction for .*");
      assertThat(put.sentence()).contains("; ended in a transaction: pid ");
      assertThat(ended(writer)).isTrue();
    }
    assertThat(database.number("SELECT count(*) FROM stocks")).isZero();
  }

  @Test
  void superusersTransaction_isNeverEndedAndIsNamed() throws SQLException {
    try (Connection admin =
        open(database.session("postgres", "admin"), "INSERT INTO stocks VALUES (1, 'a')")) {
      StepResult put = promotion.put(DRAINED);

      assertThat(put.verdict()).isEqualTo(Verdict.PASS);
      assertThat(evidence(put).ended()).isEmpty();
      assertThat(evidence(put).left())
          .singleElement()
          .asString()
          .matches("pid \\d+ \"admin\" of postgres idle in transaction for .*");
      admin.commit();
    }
    assertThat(database.number("SELECT count(*) FROM stocks")).isEqualTo(1);
  }

  @Test
  void readOnlyWithoutDrain_waitsForNobodyAndNamesWhoCanStillWrite() throws SQLException {
    try (Connection writer = open(application("writer"), "INSERT INTO stocks VALUES (1, 'a')")) {
      StepResult put = promotion.put(READ_ONLY);

      assertThat(put.sentence()).contains("; goes on as before: pid ").contains("\"writer\"");
      writer.commit();
    }
  }

  @Test
  void drainAlone_waitsForWritersAndLeavesReadersAndTheIdle() throws SQLException {
    try (Connection reader = open(application("reader"), "SELECT count(*) FROM stocks");
        Connection idle = application("pool");
        Connection writer = open(application("writer"), "INSERT INTO stocks VALUES (1, 'a')")) {
      StepResult put = promotion.put("{ drain: 1s }");

      assertThat(evidence(put).ended()).singleElement().asString().contains("\"writer\"");
      assertThat(List.of(ended(reader), ended(idle), ended(writer)))
          .containsExactly(false, false, true);
      assertThat(promotion.settings()).isEmpty();
    }
  }

  @Test
  void sessionThatBeganReadOnly_isEndedWithTheMode() throws SQLException {
    promotion.put(READ_ONLY);
    try (Connection idle = application("pool");
        Connection admin = database.session("postgres", "admin")) {
      assertThat(writes(idle)).isFalse();

      StepResult back = promotion.putBack();

      assertThat(back.sentence())
          .isEqualTo(
              "read_only of database "
                  + database.name()
                  + " is not set as before; ended 1 idle session");
      assertThat(ended(idle)).isTrue();
      assertThat(ended(admin)).isFalse();
    }
  }

  @Test
  void putBackTwice_isPutBackOnce() {
    promotion.put(READ_ONLY);
    promotion.putBack();

    StepResult again = promotion.putBack();

    assertThat(again).isEqualTo(StepResult.pass("nothing was in force"));
  }

  @Test
  void nothingWasEverPut_leavesNoTrace() {
    assertThat(promotion.putBack()).isEqualTo(StepResult.pass("nothing was in force"));
    assertThat(promotion.ledger("count(*) = 0 FROM lockkeeper.measure")).isTrue();
  }

  @Test
  void withoutAGrant_nothingIsPut() {
    promotion.admin("UPDATE lockkeeper.\"grant\" SET closed_at = now()");

    assertThatThrownBy(() -> promotion.put(READ_ONLY)).hasMessageContaining("LK-GRANT-REFUSED");
    assertThat(promotion.settings()).isEmpty();
  }

  @Test
  void fingerprint_isThatOfTheSchemaWithoutMeasures() throws SQLException {
    TargetMeasures measures = new TargetMeasures(promotion.target(), new Running());
    Fingerprint before = measures.fingerprint(promotion.work("verify"));
    promotion.put(
        "{ read_only: true, roles: { %s: { statement_timeout: 1s } } }"
            .formatted(promotion.application()));

    assertThat(measures.fingerprint(promotion.work("verify"))).isEqualTo(before);
    assertThat(promotion.settings()).hasSize(2);
    promotion.admin("CREATE INDEX extra ON stocks (id)");
    assertThat(measures.fingerprint(promotion.work("verify"))).isNotEqualTo(before);
    promotion.putBack();
  }

  @Test
  void rightsThatAreMissing_areSaidWithWhatGivesThem() throws SQLException {
    String app = promotion.application();
    database.asSuperuser("ALTER DATABASE " + database.name() + " OWNER TO postgres");
    // Without IN DATABASE the fingerprints of all other tests would show it.
    database.asSuperuser(
        "ALTER ROLE %s IN DATABASE %s SET default_transaction_read_only = off"
            .formatted(app, database.name()));
    Target engine = database.target();

    List<Optional<String>> missing =
        MeasureRights.of(
                engine,
                Measured.of(
                    "{ read_only: true, roles: { %s: { connection_limit: 5 }, nobody: {"
                            .formatted(app)
                        + " lock_timeout: 1s }, engine: { connection_limit: 5 } } }"))
            .stream()
            .map(MeasureRights.Right::missing)
            .filter(Optional::isPresent)
            .toList();

    assertThat(missing)
        .containsExactly(
            Optional.of(
                "engine does not own the database "
                    + database.name()
                    + " and cannot set a default of it: ALTER DATABASE \""
                    + database.name()
                    + "\" OWNER TO \"engine\""),
            Optional.of(
                "roles with a default_transaction_read_only of their own would go on as they are ("
                    + app
                    + "): ALTER ROLE … RESET default_transaction_read_only"),
            Optional.of(
                "engine has no CREATEROLE and cannot change another role: ALTER ROLE \"engine\""
                    + " CREATEROLE"),
            Optional.of("it is our own role, and a connection limit would shut ourselves out"),
            Optional.of(
                "engine has no CREATEROLE and cannot change another role: ALTER ROLE \"engine\""
                    + " CREATEROLE"),
            Optional.of("the server has no role of that name: write the one of the application"));
  }

  @Test
  void missingRight_failsTheStepAndChangesNothing() {
    StepResult refused = promotion.put("{ roles: { nobody_here: { lock_timeout: 1s } } }");

    assertThat(refused.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(refused.sentence())
        .isEqualTo(
            "LK-MEASURES-REFUSED: putting measures in force on magnus (dev): role nobody_here: the"
                + " server has no role of that name: write the one of the application. Nothing was"
                + " changed. Mend that, then retry the step");
    assertThat(promotion.ledger("count(*) = 0 FROM lockkeeper.measure")).isTrue();
  }
}
