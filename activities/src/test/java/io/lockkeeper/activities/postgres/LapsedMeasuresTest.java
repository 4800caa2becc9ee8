package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Measured;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.LapsedMeasures.PutBack;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Whose engine is gone: put back by anybody, once, and never before the lease has ended. */
class LapsedMeasuresTest {
  private static final String READ_ONLY = "{ read_only: true }";

  @AutoClose private final Database database = Server.fresh();
  @AutoClose private final Measured promotion = Measured.granted(database);

  private List<PutBack> putBack() {
    return new LapsedMeasures(promotion.target()).putBack();
  }

  @Test
  void leaseThatHolds_isLeftAlone() throws SQLException {
    promotion.put(READ_ONLY);

    assertThat(putBack()).isEmpty();
    assertThat(promotion.settings()).hasSize(1);
    assertThat(new TargetMeasures(promotion.target(), new Running()).inForce(Measured.PROMOTION))
        .isTrue();
  }

  /** Looked at all the time by every worker: a login each would be seen in the server's log. */
  @Test
  void looksAtAnIdleTarget_shareOneSession() throws SQLException {
    String ours = "SELECT pg_backend_pid()";
    putBack();
    int before = promotion.target().sample(c -> Rows.one(c, ours, row -> row.getInt(1)));

    for (int look = 0; look < 5; look++) {
      assertThat(putBack()).isEmpty();
      new TargetLedger(promotion.target()).reached();
    }

    int after = promotion.target().sample(c -> Rows.one(c, ours, row -> row.getInt(1)));
    assertThat(after).isEqualTo(before);
    assertThat(
            database.holds(
                "(SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lk/sample'"
                    + " AND datname = current_database()) = 1"))
        .isTrue();
    assertThat(
            database.holds(
                "(SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('lk/measures',"
                    + " 'lk/announce') AND datname = current_database()) = 0"))
        .isTrue();
  }

  @Test
  void leaseThatHasEnded_isPutBackByAnybody() throws SQLException {
    promotion.put(READ_ONLY);
    promotion.lapse();

    List<PutBack> put = putBack();

    assertThat(promotion.settings()).isEmpty();
    assertThat(put)
        .containsExactly(
            new PutBack(
                Measured.PROMOTION,
                "measures of magnus (dev) were put back by a worker, because nobody had renewed"
                    + " them for 30 s: read_only of database "
                    + database.name()
                    + " is not set as before"));
    assertThat(putBack()).isEmpty();
    assertThat(new TargetMeasures(promotion.target(), new Running()).inForce(Measured.PROMOTION))
        .isFalse();
    assertThat(promotion.putBack().sentence()).startsWith("put back already at ");
  }

  @Test
  void twoWorkersAtOnce_putBackOnce() {
    promotion.put(READ_ONLY);
    promotion.lapse();

    try (Target second = new Target("dev", promotion.target().settings())) {
      Background<List<PutBack>> one = Background.run(this::putBack);
      Background<List<PutBack>> other = Background.run(() -> new LapsedMeasures(second).putBack());
      List<PutBack> all = new ArrayList<>(one.result());
      all.addAll(other.result());

      assertThat(all).hasSize(1);
    }
    assertThat(promotion.settings()).isEmpty();
    assertThat(promotion.ledger("every(put_back_by = 'lapse') FROM lockkeeper.measure")).isTrue();
  }

  /** It holds the other's lock for ever, and has put nothing back. */
  @Test
  void workerThatFrozeOverIt_isNotWaitedForLong() throws SQLException {
    promotion.put(READ_ONLY);
    promotion.lapse();
    try (Connection frozen = promotion.target().dedicated("lk/measures")) {
      Rows.one(frozen, "SELECT pg_try_advisory_lock(19531, 2)", row -> row.getBoolean(1));

      assertThat(putBack()).isEmpty();
      promotion.admin(
          "UPDATE lockkeeper.measure SET valid_until = clock_timestamp() - interval '31 s'");

      assertThat(putBack()).hasSize(1);
    }
  }

  @Test
  void sectionThatRunsOnWithoutAnybody_isCutOff() {
    database.sql("INSERT INTO stocks VALUES (1, 'a')");
    try (Gate gate = Gate.closed(database)) {
      // The gate's own session is idle in no transaction, and would be ended.
      promotion.put("{ roles: { %s: { lock_timeout: 1s } } }".formatted(promotion.application()));
      Background<StepResult> section =
          Background.run(
              () ->
                  new SectionRunner(promotion.target(), new Running())
                      .apply(
                          promotion.work("apply"),
                          Engine.CHANGE,
                          Pass.DEPLOY,
                          "10",
                          Unit.read("CREATE INDEX CONCURRENTLY i ON stocks (gate(id));"),
                          List.of()));
      gate.awaitWaiter();
      promotion.lapse();

      assertThat(putBack()).hasSize(1);

      assertThat(promotion.settings()).isEmpty();
      assertThat(section.failure()).hasMessageContaining("LK-");
      gate.open();
    }
  }

  @Test
  void renewal_movesTheEndAndNeverRevivesWhatHasEnded() throws SQLException {
    promotion.put(READ_ONLY);
    promotion.admin(
        "UPDATE lockkeeper.measure SET valid_until = clock_timestamp() + interval '5 s'");
    try (MeasuresRenewal renewal = new MeasuresRenewal(promotion.target(), Measured.PROMOTION)) {
      assertThat(renewal.renew()).isPresent();
      assertThat(
              promotion.ledger(
                  "valid_until > clock_timestamp() + interval '20 s'" + " FROM lockkeeper.measure"))
          .isTrue();

      promotion.lapse();

      assertThat(renewal.renew()).isEmpty();
      assertThat(putBack()).hasSize(1);
      assertThat(renewal.renew()).isEmpty();
    }
  }

  @Test
  void putInForceAgain_afterTheyHadLapsed() {
    promotion.put(READ_ONLY);
    promotion.lapse();
    putBack();

    promotion.put(READ_ONLY);

    assertThat(promotion.settings()).hasSize(1);
    promotion.putBack();
    assertThat(promotion.settings()).isEmpty();
  }

  /** He died between the two: sessions that began read-only would stay so for ever. */
  @Test
  void whoDiedBeforeHeHadEndedTheSessions_isFinishedByTheNext() throws SQLException {
    promotion.put(READ_ONLY);
    try (Connection pooled = database.session(promotion.application(), "pool")) {
      promotion.admin("ALTER DATABASE " + database.name() + " RESET default_transaction_read_only");
      promotion.admin(
          "UPDATE lockkeeper.measure SET put_back_at = clock_timestamp() - interval '1 min'");

      assertThat(putBack()).isEmpty();

      assertThat(pooled.isValid(5)).isFalse();
      assertThat(promotion.ledger("settled_at IS NOT NULL FROM lockkeeper.measure")).isTrue();
    }
  }

  @Test
  void targetWithoutALedgerOrWithAnOlderOne_hasNothingToPutBack() {
    promotion.admin("DELETE FROM lockkeeper.version WHERE version = 3");
    assertThat(putBack()).isEmpty();

    promotion.admin("DROP SCHEMA lockkeeper CASCADE");
    assertThat(putBack()).isEmpty();
  }
}
