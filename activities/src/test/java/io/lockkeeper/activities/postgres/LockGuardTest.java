package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Waits;
import io.lockkeeper.activities.guard.SectionGuard;
import io.lockkeeper.activities.postgres.LockGuard.Patience;
import io.lockkeeper.activity.Blocker;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.section.LockMode;
import io.lockkeeper.section.LockUse;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Hindrance;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Order(1)
class LockGuardTest {
  private static final Work WORK = new Work("one-1", "apply", 1, 1, Map.of());
  private static final List<LockUse> EXCLUSIVE = use(LockMode.ACCESS_EXCLUSIVE);
  private static final String ALTER = "ALTER TABLE stocks ADD COLUMN note text";

  @AutoClose private final Database database = Server.fresh();
  @AutoClose private Fence fence;
  private final Running running = new Running();
  private SectionGuard guard = new SectionGuard(SectionRules.USUAL);
  @AutoClose private Watch watch;

  private static List<LockUse> use(LockMode mode) {
    return List.of(new LockUse(mode, new QualifiedName(Optional.empty(), "stocks")));
  }

  @BeforeEach
  void stocks() throws SQLException {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text);"
            + "INSERT INTO stocks SELECT n, 'a' FROM generate_series(1, 50) n");
    fence = Fence.open(database.target(), WORK, what -> {});
    running.on(fence);
    watch = Watch.open(database.target(), fence, running, guard);
  }

  private LockGuard locks(Patience patience) {
    return new LockGuard(fence, running, watch, guard, patience);
  }

  private void rules(Optional<Duration> each, Optional<Duration> endIdle) throws SQLException {
    SectionRules usual = SectionRules.USUAL;
    watch.close();
    guard =
        new SectionGuard(
            new SectionRules(
                usual.guard(),
                usual.health(),
                usual.checks(),
                usual.within(),
                each,
                usual.pace(),
                usual.batches(),
                usual.existing(),
                usual.keep(),
                usual.resume(),
                endIdle));
    watch = Watch.open(database.target(), fence, running, guard);
  }

  private Background<Locks> change(Patience patience, List<LockUse> uses, String sql) {
    LockGuard locks = locks(patience);
    return Background.run(
        () -> locks.change("alter stocks", uses, connection -> Rows.execute(connection, sql)));
  }

  private Connection open(String application, String sql) throws SQLException {
    Connection session = database.session(application);
    session.setAutoCommit(false);
    Rows.execute(session, sql);
    return session;
  }

  /** Reads, and now and then a write, for as long as it is not told to end. */
  private Background<Integer> traffic(AtomicBoolean over) {
    return Background.run(
        () -> {
          int done = 0;
          try (Connection session = database.session("app")) {
            while (!over.get()) {
              Rows.execute(session, "UPDATE stocks SET sector = 'b' WHERE id = " + (1 + done % 50));
              Rows.execute(session, "SELECT count(*) FROM stocks");
              done++;
            }
          }
          return done;
        });
  }

  private HinderedException hindered(Background<Locks> work) {
    Throwable failure = work.failure();
    assertThat(failure).isInstanceOf(HinderedException.class);
    return (HinderedException) failure;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "SELECT count(*) FROM stocks",
        "SELECT FROM stocks WHERE id = 60 FOR UPDATE",
        "INSERT INTO stocks VALUES (60, 'c')"
      })
  @Tag("C24")
  @Tag("C29")
  @Tag("T10")
  void lockThatIsHeld_isNotQueuedFor(String held) throws SQLException {
    AtomicBoolean over = new AtomicBoolean();
    try (Connection holder = open("report", held);
        Waits waits = Waits.behindUs(database)) {
      Background<Integer> traffic = traffic(over);
      Background<Locks> change = change(Patience.FORWARD, EXCLUSIVE, ALTER);
      Eventually.until("it asks again", () -> running.progress().lockAttempt() >= 2);

      assertThat(change.ended()).isFalse();
      assertThat(running.progress().what()).isEqualTo("waits for the lock of alter stocks");
      assertThat(running.progress().blockingUs())
          .extracting(Blocker::application)
          .contains("report");
      assertThat(waits.looks()).isGreaterThan(5);
      assertThat(waits.most()).isZero();
      holder.rollback();

      Locks locks = change.result();
      over.set(true);
      assertThat(traffic.result()).isPositive();
      assertThat(locks.attempts()).isGreaterThanOrEqualTo(2);
      assertThat(locks.held().orElseThrow()).isPositive();
      assertThat(waits.longest()).isLessThan(0.5);
    }
    assertThat(guard.evidence().notes())
        .anyMatch(
            note ->
                note.matches(
                    "alter stocks asked \\d+ times in .* for access exclusive on public.stocks and"
                        + " got them then; held by .*\"report\" of engine idle in transaction.*"));
    assertThat(guard.evidence().highest()).containsKey("locks.held");
  }

  @Test
  void preparedTransaction_isNotQueuedForAndNamed() throws SQLException {
    String name = "order-" + database.name();
    Connection client = open("client", "INSERT INTO stocks VALUES (60, 'c')");
    Rows.execute(client, "PREPARE TRANSACTION '" + name + "'");
    client.close();
    try (Waits waits = Waits.behindUs(database)) {
      Background<Locks> change = change(Patience.FORWARD, EXCLUSIVE, ALTER);
      Eventually.until("it asks again", () -> running.progress().lockAttempt() >= 2);

      assertThat(Blocker.text(running.progress().blockingUs()))
          .startsWith("prepared transaction \"" + name + "\" of engine for ");
      database.sql("ROLLBACK PREPARED '" + name + "'");
      change.result();
      assertThat(waits.most()).isZero();
    }
  }

  /** A function, a view, the other side of a foreign key: what it locks is not told before. */
  @Test
  void whatCannotBeLockedBefore_standsInTheQueueForMoments() throws SQLException {
    AtomicBoolean over = new AtomicBoolean();
    try (Connection holder = open("report", "SELECT count(*) FROM stocks");
        Waits waits = Waits.behindUs(database)) {
      Background<Integer> traffic = traffic(over);
      Background<Locks> change = change(Patience.FORWARD, List.of(), ALTER);
      Eventually.until("it asks again", () -> running.progress().lockAttempt() >= 2);

      holder.rollback();

      change.result();
      over.set(true);
      traffic.result();
      assertThat(waits.longest()).isLessThan(0.4);
    }
  }

  @Test
  void lockThatNeverComes_isLeftToTheWorkflowAndItsHolderNamed() throws SQLException {
    try (Connection holder = open("report", "SELECT count(*) FROM stocks")) {
      int pid = Rows.one(holder, "SELECT pg_backend_pid()", row -> row.getInt(1));

      HinderedException hindered =
          hindered(change(new Patience(Optional.of(Duration.ofMillis(300))), EXCLUSIVE, ALTER));

      assertThat(hindered.why().code()).isEqualTo(FailureCode.LOCK_TIMEOUT);
      assertThat(hindered.why().hindrance()).contains(Hindrance.LOCK);
      assertThat(hindered.why().sentence())
          .matches(
              "asked \\d times in \\d+ m?s for access exclusive on public.stocks and did not get"
                  + " them; held by pid "
                  + pid
                  + " \"report\" of engine idle in transaction for \\d+ s");
    }
  }

  @Test
  void whoWaitsForUsTooLong_hasOurStatementCancelled() throws SQLException {
    Background<Locks> change = change(Patience.FORWARD, EXCLUSIVE, ALTER + "; SELECT pg_sleep(60)");
    Eventually.until(
        "it holds its lock",
        () ->
            database.holds(
                "EXISTS (SELECT FROM pg_locks WHERE relation = 'stocks'::regclass AND granted"
                    + " AND mode = 'AccessExclusiveLock')"));

    database.sql("SET statement_timeout = '10s'; INSERT INTO stocks VALUES (60, 'c')");

    HinderedException hindered = hindered(change);
    assertThat(hindered.why().hindrance()).contains(Hindrance.CAUSED_WAIT);
    assertThat(hindered.why().sentence()).matches("locks.caused_wait .* limit < 500 ms");
    assertThat(
            database.list(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'stocks'::regclass"
                    + " AND attname = 'note'"))
        .isEmpty();
    assertThat(guard.evidence().highest().get("locks.caused_wait")).isGreaterThan(0.5);
  }

  @Test
  void tooManyWhoWaitForUs_haveOurStatementCancelledAtOnce() throws Exception {
    Background<Locks> change = change(Patience.FORWARD, EXCLUSIVE, "SELECT pg_sleep(60)");
    Eventually.until("it sleeps", () -> sleeping());
    try (Connection one = database.session("app");
        Connection two = database.session("app");
        Connection three = database.session("app")) {
      List<Background<Boolean>> reads =
          List.of(one, two, three).stream().map(LockGuardTest::read).toList();

      HinderedException hindered = hindered(change);

      assertThat(hindered.why().sentence()).contains("limit < ");
      reads.forEach(Background::result);
    }
  }

  /** Whoever waited when we began would wait without us. */
  @Test
  void whoWaitedBeforeUs_isNotCharged() throws SQLException {
    Rows.execute(fence.connection(), "SELECT pg_advisory_lock(4711)");
    try (Connection other = database.session("app")) {
      Background<Boolean> waiting =
          Background.run(
              () -> {
                Rows.execute(other, "SELECT pg_advisory_lock(4711)");
                return true;
              });
      database.awaitWaiter();

      Locks locks = change(Patience.FORWARD, EXCLUSIVE, "SELECT pg_sleep(1.5)").result();

      assertThat(locks.blocked()).isZero();
      assertThat(locks.causedWait()).isZero();
      Rows.execute(fence.connection(), "SELECT pg_advisory_unlock(4711)");
      waiting.result();
    }
  }

  @Test
  void wayBack_letsOthersPassAndTriesAgain() throws SQLException {
    Background<Locks> change =
        change(
            Patience.BACK,
            EXCLUSIVE,
            // Waits only while the row is there.
            ALTER + "; SELECT pg_sleep(60) FROM stocks WHERE id = 50");
    Eventually.until("it sleeps", () -> sleeping());

    database.sql("SET statement_timeout = '10s'; DELETE FROM stocks WHERE id = 50");

    assertThat(change.result().attempts()).isEqualTo(2);
    assertThat(guard.evidence().notes())
        .anyMatch(note -> note.startsWith("alter stocks was cancelled and is tried again: locks."));
  }

  @Test
  void unitThatTakesLongerThanEach_isCancelledForGood() throws SQLException {
    rules(Optional.of(Duration.ofMillis(300)), Optional.empty());

    HinderedException hindered =
        hindered(change(Patience.FORWARD, EXCLUSIVE, "SELECT pg_sleep(60)"));

    assertThat(hindered.why().code()).isEqualTo(FailureCode.OVER_TIME);
    assertThat(hindered.why().hindrance()).isEmpty();
    assertThat(hindered.why().sentence()).isEqualTo("it took longer than 300 ms");
  }

  @Test
  void unitThatAsksForItsLocksLongerThanEach_isGivenUpForGood() throws SQLException {
    rules(Optional.of(Duration.ofMillis(300)), Optional.empty());
    try (Connection holder = open("report", "SELECT count(*) FROM stocks")) {
      HinderedException hindered = hindered(change(Patience.FORWARD, EXCLUSIVE, ALTER));

      assertThat(hindered.why().code()).isEqualTo(FailureCode.OVER_TIME);
      assertThat(hindered.why().sentence()).contains("did not get them; held by pid ");
      assertThat(holder.isValid(1)).isTrue();
    }
  }

  @Test
  void idleBlocker_isEndedOnlyWhereTheChangeSaysSo() throws SQLException {
    try (Connection holder = open("report", "SELECT count(*) FROM stocks");
        Connection looker = database.session("lk/fixture")) {
      int pid = Rows.one(holder, "SELECT pg_backend_pid()", row -> row.getInt(1));
      Patience brief = new Patience(Optional.of(Duration.ofMillis(1200)));
      hindered(change(brief, EXCLUSIVE, ALTER));
      assertThat(lives(looker, pid)).isTrue();
      rules(Optional.empty(), Optional.of(Duration.ofMillis(1)));

      change(Patience.FORWARD, EXCLUSIVE, ALTER).result();

      assertThat(lives(looker, pid)).isFalse();
      assertThat(guard.evidence().notes())
          .anyMatch(
              note ->
                  note.matches(
                      "ended pid "
                          + pid
                          + " \"report\" of engine idle in transaction for \\d+ s.*: it stood in"
                          + " the way of alter stocks"));
    }
  }

  @Test
  void busyBlocker_isNeverEnded() throws SQLException {
    rules(Optional.empty(), Optional.of(Duration.ofMillis(1)));
    try (Connection holder = open("report", "SELECT count(*) FROM stocks");
        Connection looker = database.session("lk/fixture")) {
      int pid = Rows.one(holder, "SELECT pg_backend_pid()", row -> row.getInt(1));
      Background<Boolean> busy =
          Background.run(
              () -> {
                Rows.execute(holder, "SELECT pg_sleep(2)");
                return true;
              });
      Eventually.until("it is busy", () -> sleeping());

      hindered(change(new Patience(Optional.of(Duration.ofMillis(1))), EXCLUSIVE, ALTER));

      assertThat(lives(looker, pid)).isTrue();
      assertThat(busy.result()).isTrue();
    }
  }

  /** A vacuum gives way only to who waits; in that mode no reader and no writer waits behind us. */
  @Test
  void behindAVacuum_aWeakLockIsWaitedForFirst() throws SQLException {
    LockTries tries = new LockTries(true, true);
    tries.next();
    tries.refused(
        List.of(new Blocker(1, "", "", "autovacuum worker", 60, 60, Optional.empty(), List.of())));
    tries.next();

    List<String> modes =
        fence.transaction(
            connection -> {
              tries.take(connection, LockPlan.of(connection, EXCLUSIVE));
              return Rows.list(
                  connection,
                  "SELECT mode FROM pg_locks WHERE relation = 'stocks'::regclass ORDER BY mode",
                  row -> row.getString(1));
            });

    assertThat(modes).containsExactly("AccessExclusiveLock", "ShareUpdateExclusiveLock");
  }

  @Test
  void cancel_needsNoConnection() {
    Background<Locks> change = change(Patience.FORWARD, EXCLUSIVE, "SELECT pg_sleep(60)");
    Eventually.until("it sleeps", () -> sleeping());
    database.asSuperuser("ALTER DATABASE " + database.name() + " CONNECTION LIMIT 0");

    fence.cancel();

    assertThat(change.failure()).hasMessageContaining("canceling statement due to user request");
  }

  private boolean sleeping() {
    return database.holds(
        "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            + " AND datname = current_database())");
  }

  private static boolean lives(Connection looker, int pid) throws SQLException {
    return Rows.one(
        looker,
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ?)",
        row -> row.getBoolean(1),
        pid);
  }

  private static Background<Boolean> read(Connection session) {
    return Background.run(
        () -> {
          Rows.execute(session, "SELECT count(*) FROM stocks");
          return true;
        });
  }
}
