package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FenceTest {
  private static final String OUR_LOCKS =
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 19531"
          + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void place() {
    database.sql("CREATE TABLE written (by text)");
  }

  private static Work work(String promotion, long scheduled, int attempt) {
    return new Work(promotion, "apply-10_stocks", scheduled, attempt, Map.of());
  }

  private Fence open(Work work) {
    return Fence.open(database.target(), work, what -> {});
  }

  private static void write(Fence fence, String by) throws SQLException {
    fence.change(c -> Rows.update(c, "INSERT INTO written VALUES (?)", by));
  }

  private boolean alive(int pid) {
    return !database.list("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid).isEmpty();
  }

  private static void assertFailsWith(Throwable thrown, FailureCode code) {
    assertThat(thrown)
        .asInstanceOf(type(LockkeeperException.class))
        .extracting(LockkeeperException::code)
        .isEqualTo(code);
  }

  @Test
  void secondPromotion_waitsUntilTheFirstHasEnded() throws SQLException {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Fence first = open(work("one-1", 1, 1));
    Background<Boolean> second =
        Background.run(
            () -> {
              try (Fence fence = Fence.open(database.target(), work("two-1", 2, 1), told::add)) {
                write(fence, "two");
                return true;
              }
            });

    Eventually.until("the second waits", () -> !told.isEmpty());

    assertThat(told.get(0)).startsWith("waits for the target, held by lk/").contains(" one-1 ");
    write(first, "one");
    first.close();
    assertThat(second.result()).isTrue();
    assertThat(database.list("SELECT by FROM written")).containsExactly("one", "two");
  }

  @Test
  void manyHolders_areNeverInsideAtOnce() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Background<Boolean>> holders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Work work = work("promotion-" + i, i, 1);
      holders.add(
          Background.run(
              () -> {
                try (Fence fence = open(work)) {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  write(fence, work.promotion());
                  inside.decrementAndGet();
                  return true;
                }
              }));
    }

    holders.forEach(Background::result);

    assertThat(most).hasValue(1);
    assertThat(database.number("SELECT count(*) FROM written")).isEqualTo(4);
    assertThat(database.number("SELECT epoch FROM lockkeeper.lease")).isEqualTo(4);
  }

  @Test
  void takeover_endsTheOldSessionBeforeItActs() {
    Fence old = open(work("one-1", 1, 1));

    try (Fence young = open(work("one-1", 1, 2))) {
      assertThat(alive(old.pid())).isFalse();
      assertThat(alive(young.pid())).isTrue();
      assertThat(young.epoch()).isEqualTo(old.epoch() + 1);
      assertThatThrownBy(() -> write(old, "old")).isInstanceOf(SQLException.class);
    }
    assertThat(database.list("SELECT by FROM written")).isEmpty();
  }

  @Test
  void laterActivityOfTheSamePromotion_takesOverToo() {
    Fence old = open(work("one-1", 1, 7));

    try (Fence young = open(work("one-1", 2, 1))) {
      assertThat(alive(old.pid())).isFalse();
      assertThat(young.attempt()).isEqualTo(1);
    }
  }

  @Test
  void olderAttempt_givesWayToTheNewerAndDoesNotEndIt() {
    try (Fence young = open(work("one-1", 1, 2))) {
      assertThatThrownBy(() -> open(work("one-1", 1, 1)))
          .isInstanceOf(LockkeeperException.class)
          .hasMessageMatching(
              "LK-FENCED: working on magnus \\(dev\\): a newer attempt has taken over:"
                  + " lk/[0-9a-f]{8}/1\\.2 one-1 apply-10_stocks\\. this attempt stopped and did"
                  + " nothing more\\. Nothing is to be done\\.");
      assertThat(alive(young.pid())).isTrue();
    }
  }

  /** A frozen worker whose session outlived its lock, as behind a proxy that keeps it open. */
  @Test
  void oldHolderWhoseSessionLives_cannotWriteUnderItsOldEpoch() throws SQLException {
    try (Fence old = open(work("one-1", 1, 1))) {
      Rows.one(old.connection(), "SELECT pg_advisory_unlock_all()", row -> true);

      try (Fence young = open(work("one-1", 1, 2))) {
        assertThatThrownBy(() -> write(old, "old"))
            .satisfies(thrown -> assertFailsWith(thrown, FailureCode.FENCED));
        write(young, "young");
      }
      assertThatThrownBy(() -> write(old, "old"))
          .satisfies(thrown -> assertFailsWith(thrown, FailureCode.FENCED));
    }
    assertThat(database.list("SELECT by FROM written")).containsExactly("young");
  }

  @Test
  void sessionThatIsNotOurs_isNamedAndNotEnded() throws SQLException {
    try (Connection somebody = database.session("psql of boris");
        Statement statement = somebody.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(19531, 1)");
      String pid =
          database.value("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'psql%'");

      assertThatThrownBy(() -> open(work("one-1", 1, 1)))
          .isInstanceOf(LockkeeperException.class)
          .hasMessage(
              "LK-TARGET-TAKEN: taking the lock of magnus (dev): it is held by \"psql of boris\""
                  + " (user engine, backend "
                  + pid
                  + "). nothing was done. Wait for it or end that session, then retry.");
      assertThat(somebody.isValid(5)).isTrue();
    }
  }

  @Test
  void endedHolder_leavesNoLockBehind() throws SQLException {
    try (Fence fence = open(work("one-1", 1, 1))) {
      assertThat(database.number(OUR_LOCKS)).isEqualTo(1);
      write(fence, "one");
    }

    Eventually.until("the lock is gone", () -> database.number(OUR_LOCKS) == 0);
  }

  @Test
  void holderThatFailedInItsTransaction_leavesNoLockAndNoWork() {
    try (Fence fence = open(work("one-1", 1, 1))) {
      assertThatThrownBy(
              () ->
                  fence.change(
                      c -> {
                        Rows.update(c, "INSERT INTO written VALUES ('one')");
                        Rows.execute(c, "SELECT 1 / 0");
                      }))
          .isInstanceOf(SQLException.class);
    }

    Eventually.until("the lock is gone", () -> database.number(OUR_LOCKS) == 0);
    assertThat(database.list("SELECT by FROM written")).isEmpty();
  }

  /** The worker's machine dies: the socket is gone, and nobody cancelled the statement. */
  @Test
  void clientThatVanishedInMidStatement_isNoticedByTheServer() throws SQLException {
    try (Gate gate = Gate.closed(database)) {
      Fence lost = open(work("one-1", 1, 1));
      Background<Boolean> statement =
          Background.run(
              () -> {
                Rows.execute(lost.connection(), "SELECT gate(1)");
                return true;
              });
      gate.awaitWaiter();

      lost.connection().abort(Runnable::run);

      Eventually.until("the backend ended", () -> !alive(lost.pid()));
      assertThat(statement.failure()).isInstanceOf(SQLException.class);
      assertThat(database.number(OUR_LOCKS)).isZero();
    }
  }

  @Test
  void cancel_endsTheStatementAndKeepsTheLock() throws SQLException {
    try (Gate gate = Gate.closed(database);
        Fence fence = open(work("one-1", 1, 1))) {
      Background<Boolean> statement =
          Background.run(
              () -> {
                Rows.execute(fence.connection(), "SELECT gate(1)");
                return true;
              });
      gate.awaitWaiter();

      fence.cancel();

      assertThat(statement.failure())
          .asInstanceOf(type(SQLException.class))
          .matches(SqlFailures::isCancelled);
      write(fence, "one");
      assertThat(database.number(OUR_LOCKS)).isEqualTo(1);
    }
  }

  /** The trap of the paper checklist: read-only as a default blocks the migration itself. */
  @Test
  void databaseThatIsReadOnlyByDefault_isStillChangedByTheEngine() throws SQLException {
    database.asSuperuser(
        "ALTER DATABASE " + database.name() + " SET default_transaction_read_only = on");

    try (Fence fence = open(work("one-1", 1, 1))) {
      write(fence, "one");
    }

    assertThat(database.list("SELECT by FROM written")).containsExactly("one");
  }

  @Test
  void settingsOfTheChange_holdInThatSessionAlone() throws SQLException {
    Work work = new Work("one-1", "apply-10_stocks", 1, 1, Map.of("maintenance_work_mem", "96MB"));

    try (Fence fence = open(work)) {
      assertThat(setting(fence, "maintenance_work_mem")).isEqualTo("96MB");
      assertThat(setting(fence, "statement_timeout")).isEqualTo("0");
      assertThat(setting(fence, "lock_timeout")).isEqualTo("0");
      assertThat(setting(fence, "client_connection_check_interval")).isEqualTo("1s");
    }
    assertThat(database.value("SHOW maintenance_work_mem")).isNotEqualTo("96MB");
  }

  private static String setting(Fence fence, String name) throws SQLException {
    return Rows.one(fence.connection(), "SHOW " + name, row -> row.getString(1));
  }

  @Test
  void attemptThatIsNoLongerWanted_stopsWaitingForTheLock() {
    try (Fence first = open(work("one-1", 1, 1))) {
      Running running = new Running();
      Background<Fence> second =
          Background.run(() -> Fence.open(database.target(), work("two-1", 2, 1), running));
      Eventually.until("it waits", () -> running.progress().what().startsWith("waits for"));

      running.stop();

      assertThat(second.failure()).isInstanceOf(Running.StoppedException.class);
      assertThat(alive(first.pid())).isTrue();
    }
  }
}
