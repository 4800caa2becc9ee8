package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class BriefLockTest {
  private static final BriefLock THREE = new BriefLock(3, Duration.ofMillis(1));
  private static final Work WORK = new Work("one-1", "apply", 1, 1, Map.of());

  @AutoClose private final Database database = Server.fresh();
  private final AtomicInteger tried = new AtomicInteger();

  private void lock(Fence fence) throws SQLException {
    THREE.change(
        fence,
        new Running(),
        "lock table t",
        connection -> {
          tried.incrementAndGet();
          Rows.execute(connection, "LOCK TABLE t");
        });
  }

  @Test
  void lockThatNeverComes_isGivenUpAfterTheTries() throws SQLException {
    database.sql("CREATE TABLE t (n int)");
    try (Connection holder = database.session("holder");
        Fence fence = Fence.open(database.target(), WORK, what -> {})) {
      holder.setAutoCommit(false);
      Rows.execute(holder, "LOCK TABLE t");

      assertThatThrownBy(() -> lock(fence))
          .asInstanceOf(type(SQLException.class))
          .matches(SqlFailures::isLockTimeout);

      assertThat(tried).hasValue(3);
    }
  }

  @Test
  void otherFailure_isNotTriedAgain() {
    try (Fence fence = Fence.open(database.target(), WORK, what -> {})) {
      assertThatThrownBy(() -> lock(fence)).hasMessageContaining("relation \"t\" does not exist");

      assertThat(tried).hasValue(1);
    }
  }
}
