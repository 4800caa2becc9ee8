package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session serves the next step, and nothing of the step before is seen in it. */
class SpareTest {
  private static final String SPARES =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
          + " AND application_name = 'lk/spare'";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void grant() {
    engine = Engine.granted(database);
  }

  private Fence open(String step) {
    return Fence.open(database.target(), engine.work(step, 1), what -> {});
  }

  @Test
  void whatEndedWell_leavesItsSessionToTheNext_withAllOfItDiscarded() throws SQLException {
    int first;
    try (Fence fence = open("apply-10_a")) {
      first = fence.pid();
      Rows.execute(fence.connection(), "SET search_path = pg_catalog; SET work_mem = '1MB'");
      Rows.execute(fence.connection(), "CREATE TEMPORARY TABLE leftover (id int)");
      fence.endsWell();
    }
    assertThat(database.list(SPARES)).containsExactly(String.valueOf(first));
    assertThat(
            database.list(
                "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                    + " WHERE l.locktype = 'advisory' AND d.datname = current_database()"))
        .isEmpty();

    try (Fence fence = open("apply-20_b")) {
      assertThat(fence.pid()).isEqualTo(first);
      assertThat(one(fence.connection(), "SHOW search_path")).isNotEqualTo("pg_catalog");
      assertThat(one(fence.connection(), "SHOW work_mem")).isNotEqualTo("1MB");
      assertThat(one(fence.connection(), "SELECT coalesce(to_regclass('leftover')::text, '-')"))
          .isEqualTo("-");
      assertThat(one(fence.connection(), "SHOW application_name")).contains("apply-20_b");
      assertThat(one(fence.connection(), "SHOW client_connection_check_interval")).isEqualTo("1s");
    }
  }

  @Test
  void whatFailed_leavesNoSession() {
    open("apply-10_a").close();

    Eventually.until(
        "no session of ours is left",
        () ->
            database
                .list(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name LIKE 'lk/%apply%'")
                .isEmpty());
    assertThat(database.list(SPARES)).isEmpty();
  }

  @Test
  void aKeptSessionThatHasEnded_isNotGivenToAnybody() {
    int first;
    try (Fence fence = open("apply-10_a")) {
      first = fence.pid();
      fence.endsWell();
    }
    database.asSuperuser("SELECT pg_terminate_backend(" + first + ")");

    try (Fence fence = open("apply-20_b")) {
      assertThat(fence.pid()).isNotEqualTo(first);
    }
  }

  @Test
  void aCancelAfterItsEnd_strikesNobody() throws SQLException {
    Fence before = open("apply-10_a");
    before.endsWell();
    before.close();

    try (Fence fence = open("apply-20_b")) {
      assertThat(fence.pid()).isEqualTo(before.pid());
      for (int tries = 0; tries < 20; tries++) {
        before.cancel();
        assertThat(one(fence.connection(), "SELECT pg_sleep(0.005)::text")).isEmpty();
      }
    }
  }

  @Test
  void fourHundredStepsInOneSession_findTheirStatementsEachTime() throws SQLException {
    // The driver names statements that it sends often; DISCARD ALL drops them on the server.
    for (int step = 0; step < 400; step++) {
      try (Fence fence = open("apply-10_a")) {
        assertThat(one(fence.connection(), "SELECT 1")).isEqualTo("1");
        fence.endsWell();
      }
    }
    assertThat(database.list(SPARES)).hasSize(1);
  }

  @Test
  void whoseDatabaseIsCopied_getsNoSpareSession() {
    try (Fence fence = open("apply-10_a")) {
      fence.endsWell();
    }
    database.target().forgetSessions();

    Eventually.until("no spare is left", () -> database.list(SPARES).isEmpty());
  }

  private static String one(Connection connection, String sql) throws SQLException {
    List<String> rows = Rows.list(connection, sql, row -> String.valueOf(row.getString(1)));
    return rows.get(0);
  }
}
