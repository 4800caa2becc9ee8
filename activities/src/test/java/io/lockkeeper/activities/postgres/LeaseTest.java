package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.failure.LockkeeperException;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);";

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void stocks() {
    database.sql("CREATE TABLE stocks (id int, sector text)");
  }

  private void assertNothingBuilt() {
    assertThat(database.holds("to_regclass('idx_sector') IS NULL")).isTrue();
    assertThat(database.list("SELECT unit FROM lockkeeper.unit")).isEmpty();
  }

  @Test
  void otherPromotion_cannotHoldAHeldTarget() {
    Engine.granted(database, "one-1");

    assertThatThrownBy(() -> Engine.granted(database, "two-1"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessage(
            "LK-TARGET-TAKEN: working on magnus (dev): it is held by one-1. nothing was done. Let"
                + " that promotion come to its end, or abort it, then retry.");
  }

  @Test
  void otherPromotion_cannotWriteBetweenTheStepsOfTheHolder() {
    Engine holder = Engine.granted(database, "one-1");
    holder.release(false);
    Engine other = Engine.granted(database, "two-1");

    assertThatThrownBy(() -> holder.apply(BUILD))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("it is held by two-1");
    assertNothingBuilt();
    other.apply(BUILD);
    assertThat(database.holds("to_regclass('idx_sector') IS NOT NULL")).isTrue();
  }

  @Test
  void promotionThatLetGo_worksNoMore() {
    Engine engine = Engine.granted(database);
    engine.release(false);

    assertThatThrownBy(() -> engine.apply(BUILD))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("LK-TARGET-TAKEN: working on magnus (dev): it is held by nobody");
    assertNothingBuilt();
  }

  @Test
  void holdingTwice_isHoldingOnce() {
    Engine engine = Engine.granted(database);
    engine.hold(Engine.CHANGE, Instant.now().plusSeconds(60));

    assertThat(database.list("SELECT promotion FROM lockkeeper.lease WHERE held"))
        .containsExactly(Engine.PROMOTION);
    engine.release(false);
    assertThat(database.holds("held FROM lockkeeper.lease")).isFalse();
  }

  @Test
  void releaseOfOnesOwn_doesNotTakeTheLeaseOfAnother() {
    Engine first = Engine.granted(database, "one-1");
    first.release(false);
    Engine.granted(database, "two-1");

    first.release(true);

    assertThat(database.list("SELECT promotion FROM lockkeeper.lease WHERE held"))
        .containsExactly("two-1");
  }

  @Test
  void releaseWithoutLedger_leavesNoLedgerBehind() {
    Engine.rogue(database, "one-1").release(true);

    assertThat(database.holds("to_regnamespace('lockkeeper') IS NULL")).isTrue();
  }
}
