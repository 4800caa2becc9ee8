package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who waits for a target while its holder builds an index concurrently: the build waits for every
 * old snapshot, and a session that queues for the holder's lock has one (flyway#1654).
 */
class WaiterTest {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_items ON items (gate(id))";
  private static final String DEADLOCK = "40P01";

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void items() {
    database.sql("CREATE TABLE items AS SELECT 1::bigint AS id");
  }

  @Test
  void anotherPromotionThatWaits_neverDeadlocksTheBuild() throws SQLException {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    try (Gate gate = Gate.closed(database);
        Fence first = open("one-1", told)) {
      Background<String> build = Background.run(() -> outcome(first.connection(), BUILD));
      gate.awaitWaiter();
      Background<Boolean> second =
          Background.run(
              () -> {
                open("two-1", told).close();
                return true;
              });
      Eventually.until("the second waits", () -> told.size() > 1);

      gate.open();

      assertThat(build.result()).isEmpty();
      assertThat(second.ended()).isFalse();
      first.close();
      assertThat(second.result()).isTrue();
    }
    assertThat(database.holds("(SELECT bool_and(indisvalid) FROM pg_index)")).isTrue();
  }

  /** So the test above would notice: this is what polling is for. */
  @Test
  void aSessionThatQueuesForTheLock_isADeadlockWithTheBuild() throws SQLException {
    try (Gate gate = Gate.closed(database);
        Fence first = open("one-1", new ArrayList<>());
        Connection queues = database.session("queues")) {
      Background<String> build = Background.run(() -> outcome(first.connection(), BUILD));
      gate.awaitWaiter();
      Background<String> queue =
          Background.run(() -> outcome(queues, "SELECT pg_advisory_lock(19531, 1)"));
      Eventually.until("both wait", () -> waiters() == 2);

      gate.open();

      // One of them is the victim. Where that is the queue, the build comes to its end.
      String built = build.result();
      assertThat(built.isEmpty() ? queue.result() : built).isEqualTo(DEADLOCK);
    }
  }

  private Fence open(String promotion, List<String> told) {
    return Fence.open(
        database.target(), new Work(promotion, "apply-10_items", 1, 1, Map.of()), told::add);
  }

  private long waiters() {
    return database.number(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  }

  /** The SQLSTATE of a failure, or nothing. */
  private static String outcome(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return "";
    } catch (SQLException e) {
      return String.valueOf(e.getSQLState());
    }
  }
}
