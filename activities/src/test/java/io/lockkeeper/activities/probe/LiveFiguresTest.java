package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.DiskFree;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.probe.LiveFigures.Sampled;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Reading;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LiveFiguresTest {
  @AutoClose private final Database database = Server.fresh();
  private Map<String, String> marks = Map.of();

  @BeforeEach
  void table() {
    database.sql("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)");
    Eventually.until(
        "the fixture's session is gone",
        () ->
            database.number(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name = 'app'")
                == 0);
  }

  private Map<String, Reading> read() {
    return sampled().readings();
  }

  private Sampled sampled() {
    try {
      Sampled sampled = LiveFigures.read(database.target(), marks);
      marks = sampled.marks();
      return sampled;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private double figure(String metric) {
    return ((Reading.Figure) read().get(metric)).value();
  }

  private void awaitFigure(String metric, DoublePredicate wished) {
    Eventually.until(metric, () -> wished.test(figure(metric)));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void quietDatabase_hasEveryFigureAndNobody() {
    Map<String, Reading> readings = read();

    List<String> live = Metrics.live().stream().filter(m -> !m.startsWith("probe.")).toList();
    assertThat(readings.keySet()).containsExactlyInAnyOrderElementsOf(live);
    assertThat(readings)
        .containsEntry("locks.waiting", new Reading.Figure(0))
        .containsEntry("locks.longest_wait", new Reading.Figure(0))
        .containsEntry("sessions.blocked", new Reading.Figure(0))
        .containsEntry("deadlocks", new Reading.Figure(0))
        .containsEntry("transactions.rollback_rate", new Reading.Figure(0));
    awaitFigure("sessions.total", total -> total == 0);
  }

  @Test
  void diskAndCache_areOfThisServer_andALagNeedsAStandby() {
    read();
    database.sql("SELECT count(*) FROM t");

    awaitFigure("cache.hit_ratio", ratio -> ratio > 0 && ratio <= 1);
    assertThat(figure("disk.free")).isPositive();
    assertThat(read().get("replication.lag"))
        .isEqualTo(new Reading.NotApplicable("no standby is connected"));
  }

  @Test
  @Tag("M3")
  void size_isThatOfTheDatabase() {
    assertThat(figure("database.size"))
        .isEqualTo(database.number("SELECT pg_database_size(current_database())"));
    double before = figure("database.size");
    database.sql("INSERT INTO t SELECT generate_series(1, 20000)");
    assertThat(figure("database.size")).isGreaterThan(before);
  }

  @Test
  void sessionsOfOthers_countAndOursDoNot() throws SQLException {
    try (Connection application = database.session("app");
        Connection ours = database.session("lk/read");
        Connection idle = database.session("forgotten")) {
      idle.setAutoCommit(false);
      execute(idle, "SELECT * FROM t");

      awaitFigure("sessions.total", total -> total == 2);
      assertThat(figure("sessions.idle_in_transaction")).isEqualTo(1);
      assertThat(figure("transactions.oldest")).isPositive();
      assertThat(application.isValid(5)).isTrue();
      assertThat(ours.isValid(5)).isTrue();
    }
  }

  @Test
  @Tag("M72")
  void waiterForALock_isSeenWithItsWait() throws SQLException {
    try (Connection holder = database.session("holder");
        Connection waiter = database.session("waiter")) {
      holder.setAutoCommit(false);
      execute(holder, "LOCK TABLE t");
      Background<Boolean> waiting =
          Background.run(
              () -> {
                execute(waiter, "SELECT * FROM t");
                return true;
              });

      awaitFigure("locks.waiting", count -> count == 1);
      awaitFigure("sessions.blocked", count -> count == 1);
      awaitFigure("locks.longest_wait", seconds -> seconds > 0.1);
      assertThat(figure("sessions.active")).isEqualTo(1);

      holder.rollback();
      assertThat(waiting.result()).isTrue();
      awaitFigure("locks.waiting", count -> count == 0);
    }
  }

  @Test
  @Tag("M72")
  void deadlock_countsFromTheMarkOn() throws SQLException {
    assertThat(figure("deadlocks")).isZero();
    deadlock();
    awaitFigure("deadlocks", count -> count == 1);

    marks = Map.of();
    assertThat(figure("deadlocks")).isZero();
    deadlock();
    awaitFigure("deadlocks", count -> count == 1);
  }

  private void deadlock() throws SQLException {
    try (Connection one = database.session("one");
        Connection two = database.session("two")) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      execute(one, "UPDATE t SET n = n WHERE n = 1");
      execute(two, "UPDATE t SET n = n WHERE n = 2");
      Background<Boolean> first =
          Background.run(() -> failsAndRollsBack(one, "UPDATE t SET n = n WHERE n = 2"));
      boolean second = failsAndRollsBack(two, "UPDATE t SET n = n WHERE n = 1");
      assertThat(first.result() ^ second).as("one of both is the victim").isTrue();
    }
  }

  private static boolean failsAndRollsBack(Connection connection, String sql) throws SQLException {
    try {
      execute(connection, sql);
      return false;
    } catch (SQLException e) {
      return true;
    } finally {
      connection.rollback();
    }
  }

  @Test
  void rollbackRate_isTheShareSinceTheMark() throws SQLException {
    read();
    try (Connection application = database.session("app")) {
      application.setAutoCommit(false);
      for (int i = 0; i < 50; i++) {
        execute(application, "SELECT 1");
        application.rollback();
      }
    }

    awaitFigure("transactions.rollback_rate", rate -> rate > 0.3 && rate < 1);
  }

  @Test
  @Tag("T36")
  void sharesSinceTheReset_areOfAllThatTheServerCounted() throws SQLException {
    try (Connection application = database.session("app")) {
      application.setAutoCommit(false);
      for (int i = 0; i < 50; i++) {
        execute(application, "SELECT n FROM t");
        application.rollback();
      }
    }
    Eventually.until(
        "the rollbacks are counted", () -> sinceReset("transactions.rollback_rate") > 0.3);

    assertThat(sinceReset("transactions.rollback_rate")).isLessThan(1);
    assertThat(sinceReset("cache.hit_ratio")).isBetween(0.1, 1.0);
    assertThat(figure("transactions.rollback_rate")).as("one look alone").isZero();
  }

  private double sinceReset(String metric) {
    try {
      Map<String, Reading> readings =
          LiveFigures.sinceReset(database.target().read(ServerFigures::of));
      return ((Reading.Figure) readings.get(metric)).value();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void serverThatHasCountedNothing_hasNoShareAndNotZero() {
    ServerFigures nothing =
        new ServerFigures(
            "2026-11-20T08:00:00.000000Z",
            true,
            new ServerFigures.Sessions(0, 0, 0, 0, 0, 0, Optional.of(0.0)),
            new ServerFigures.Counters("-", 0, 0, 0, 0, 0),
            new ServerFigures.Standbys(0, 0, Optional.empty(), Optional.empty()),
            1,
            new DiskFree(Optional.of(1L), ""));

    assertThat(LiveFigures.sinceReset(nothing))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "transactions.rollback_rate",
                new Reading.Missing("the server has counted no transaction yet"),
                "cache.hit_ratio",
                new Reading.Missing("the server has counted no block yet")));
  }

  @Test
  void statisticsThatWereReset_countOnFromWhereTheyStoodAndAreNoted() throws SQLException {
    figure("deadlocks");
    deadlock();
    awaitFigure("deadlocks", count -> count == 1);
    database.asSuperuser("SELECT pg_stat_reset()");

    Sampled sampled = sampled();

    assertThat(sampled.readings()).containsEntry("deadlocks", new Reading.Figure(1));
    assertThat(sampled.notes())
        .singleElement()
        .asString()
        .matches(
            "the server began to count anew, its statistics were reset at 20[-0-9]+T[:.0-9]+Z: what"
                + " was counted until then stays counted");
    assertThat(figure("transactions.rollback_rate")).isBetween(0.0, 1.0);
    assertThat(sampled().notes()).isEmpty();
  }

  @Test
  void statisticsOfOneTableThatWereReset_areNoResetOfTheDatabase() throws SQLException {
    figure("deadlocks");
    deadlock();
    awaitFigure("deadlocks", count -> count == 1);
    database.asSuperuser("SELECT pg_stat_reset_single_table_counters('t'::regclass)");

    Sampled sampled = sampled();

    assertThat(sampled.readings()).containsEntry("deadlocks", new Reading.Figure(1));
    assertThat(sampled.notes()).isEmpty();
  }

  @Test
  void serverThatWasRestarted_isNotedOnceAndCountsOn() {
    read();
    marks = new HashMap<>(marks);
    marks.put(LiveFigures.SERVER, "2026-11-20T08:00:00.000000Z|-");

    assertThat(sampled().notes())
        .singleElement()
        .asString()
        .startsWith("the server was restarted at 20");
    assertThat(sampled().notes()).isEmpty();
    assertThat(figure("deadlocks")).isZero();
  }

  @Test
  void roleThatMaySeeNobody_givesMissingAndNotZero() throws SQLException {
    TargetSettings engine = database.settings(Optional.empty());
    TargetSettings stranger =
        new TargetSettings(
            "magnus", database.url(), "stranger", engine.password(), Optional.empty());
    try (Target target = new Target("dev", stranger);
        Connection application = database.session("app")) {
      assertThat(application.isValid(5)).isTrue();
      Map<String, Reading> readings = LiveFigures.read(target, Map.of()).readings();

      Reading missing =
          new Reading.Missing("the role lacks pg_read_all_stats (GRANT pg_monitor TO it)");
      assertThat(readings)
          .containsEntry("locks.waiting", missing)
          .containsEntry("locks.longest_wait", missing)
          .containsEntry("sessions.active", missing)
          .containsEntry("sessions.blocked", missing)
          .containsEntry("sessions.idle_in_transaction", missing)
          .containsEntry("sessions.total", missing)
          .containsEntry("transactions.oldest", missing);
      assertThat(readings.get("deadlocks")).isEqualTo(new Reading.Figure(0));
    }
  }
}
