package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.backup.Moments.Moment;
import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A restore that ends at each of its moments: the old one serves or the new one, never a mix. */
@Order(1)
class CutOffRestoreTest {
  @TempDir private Path directory = Path.of("");
  private Shop shop = null;

  @BeforeEach
  void shop() {
    shop = new Shop(Kind.TEMPLATE, directory);
  }

  @AfterEach
  void close() {
    if (shop != null) {
      shop.close();
    }
  }

  /** The worker is gone: nothing of it runs any more, and its sessions end. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private static Moments killedAt(Moment last) {
    return moment -> {
      if (moment == last) {
        throw new Killed();
      }
    };
  }

  private void assertWhole(boolean swapped) {
    shop.database.target().forgetSessions();
    assertThat(shop.rows()).isEqualTo(swapped ? 1001 : 1011);
    assertThat(shop.database.number("SELECT count(DISTINCT id) FROM stocks"))
        .isEqualTo(shop.rows());
    assertThat(shop.database.number("SELECT sum(count) FROM sectors")).isEqualTo(shop.rows());
    assertThat(
            shop.database.number(
                "SELECT count(*) FROM pg_constraint WHERE conname = 'stocks_pkey'"))
        .isEqualTo(1);
    assertThat(shop.database.holds("to_regclass('idx_sector') IS NULL")).isEqualTo(swapped);
    assertThat(shop.databases().contains(shop.names().before())).isEqualTo(swapped);
    assertThat(shop.database.value("SELECT held FROM lockkeeper.lease")).isEqualTo("t");
    assertThat(Server.list("SELECT 1 FROM pg_database WHERE NOT datallowconn")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  @Tag("M12")
  void restoreKilledAtAnyMoment_leavesOneThatServesAndTheNextAttemptEndsIt(Moment moment) {
    assertThatThrownBy(() -> shop.restore(killedAt(moment))).isInstanceOf(Killed.class);

    assertWhole(moment == Moment.SWAPPED);

    Restorer.Restored restored = shop.restore();

    assertWhole(true);
    assertThat(restored.earlier()).isEqualTo(moment == Moment.SWAPPED);
    assertThat(shop.list(shop.names().before(), Shop.ROWS)).containsExactly("1011");
    assertThat(shop.databases()).containsExactly(shop.names().live(), shop.names().before());
    assertThat(shop.database.list("SELECT state FROM lockkeeper.succession"))
        .containsExactly("swapped");
  }

  /** What was restored and compared takes long, and is not made again. */
  @Test
  void restoreKilledAfterItWasCompared_isSwappedInAndNotMadeAgain() {
    assertThatThrownBy(() -> shop.restore(killedAt(Moment.COMPARED))).isInstanceOf(Killed.class);
    long beside = shop.oid(shop.names().beside());

    assertThat(shop.restore().newOid()).isEqualTo(beside);
  }

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"CARRIED", "KEPT_OUT", "OLD_RENAMED", "NEW_RENAMED"})
  void serverThatEndsAllOurSessions_leavesTheOldOneAndTheNextAttemptEndsIt(Moment moment) {
    AtomicBoolean ended = new AtomicBoolean();
    Moments ending =
        met -> {
          if (met == moment && ended.compareAndSet(false, true)) {
            Server.asSuperuser(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name ~ '^lk/.* "
                    + shop.promotion
                    + " restore'");
          }
        };

    assertThatThrownBy(() -> shop.restore(ending)).isInstanceOf(RuntimeException.class);

    assertWhole(false);
    shop.restore();
    assertWhole(true);
  }

  /** Paused like a machine that sleeps, and awake again when another attempt has done it. */
  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"BEGUN", "CREATED", "COMPARED", "CARRIED", "KEPT_OUT", "OLD_RENAMED", "NEW_RENAMED"})
  void staleAttemptThatWakesUp_changesNothingAnyMore(Moment moment) {
    CountDownLatch there = new CountDownLatch(1);
    CountDownLatch wakes = new CountDownLatch(1);
    Background<Restorer.Restored> stale =
        Background.run(
            () ->
                shop.restore(
                    met -> {
                      if (met == moment) {
                        there.countDown();
                        awaited(wakes);
                      }
                    }));
    awaited(there);

    Restorer.Restored restored = shop.restore(Moments.UNHEARD, Shop.NONCE, 2);
    wakes.countDown();

    assertThat(stale.failure()).isNotNull();
    assertWhole(true);
    assertThat(shop.oid(shop.names().live())).isEqualTo(restored.newOid());
    assertThat(shop.databases()).containsExactly(shop.names().live(), shop.names().before());
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void swapBack_letsTheOldOneServeWithItsUnitsAndKeepsBoth() {
    shop.restore();
    shop.database.sql("DELETE FROM stocks WHERE id = 1");

    String restored = shop.swapBack(Moments.UNHEARD);

    assertWhole(false);
    assertThat(shop.databases()).containsExactly(shop.names().live(), restored);
    assertThat(shop.list(restored, Shop.ROWS)).containsExactly("1000");
    assertThat(shop.database.list("SELECT state FROM lockkeeper.unit")).containsExactly("finished");
    assertThat(shop.database.list("SELECT state FROM lockkeeper.succession"))
        .containsExactly("undone");
    assertThat(shop.engine.revert().sentence()).contains("1 taken back");
    assertThatThrownBy(() -> shop.restore())
        .hasMessageContaining("was used for a restore that does not serve any more");
    assertThat(shop.swapBack(Moments.UNHEARD)).isEqualTo(restored);
  }

  @Test
  void swapBack_isRefusedWhereAnotherPromotionsChangeStandsInTheRestoredOne() {
    shop.restore();
    shop.engine.release(true);
    Engine other = Engine.granted(shop.database, "other-1");
    other.apply("CREATE INDEX CONCURRENTLY idx_id ON stocks (id);");
    other.release(false);

    assertThatThrownBy(() -> shop.swapBack(Moments.UNHEARD))
        .hasMessageContaining("since the restore other-1 applied its own change to it");
    assertThat(shop.rows()).isEqualTo(1001);
  }

  /** What another promotion did to the restored one is known in the old one, as gone. */
  @Test
  void swapBack_knowsWhatWasGrantedAndDoneMeanwhile() {
    shop.restore();
    shop.engine.release(true);
    Engine other = Engine.granted(shop.database, "other-1");
    other.apply("CREATE INDEX CONCURRENTLY idx_id ON stocks (id);");
    other.revert();
    other.release(true);

    shop.swapBack(Moments.UNHEARD);

    assertThat(
            shop.database.list(
                "SELECT promotion || ' ' || state FROM lockkeeper.unit ORDER BY promotion"))
        .containsExactly(shop.promotion + " finished", "other-1 reverted");
    assertThat(
            shop.database.list(
                "SELECT promotion FROM lockkeeper.\"grant\" WHERE closed_at IS NOT NULL"
                    + " ORDER BY 1"))
        .containsExactly(shop.promotion, "other-1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"LOCKED", "CARRIED", "KEPT_OUT", "OLD_RENAMED", "NEW_RENAMED", "SWAPPED"})
  void swapBackKilledAtAnyMoment_leavesOneThatServesAndTheNextAttemptEndsIt(Moment moment) {
    shop.restore();

    assertThatThrownBy(() -> shop.swapBack(killedAt(moment))).isInstanceOf(Killed.class);

    shop.database.target().forgetSessions();
    assertThat(shop.rows()).isEqualTo(moment == Moment.SWAPPED ? 1011 : 1001);
    shop.swapBack(Moments.UNHEARD);
    assertWhole(false);
  }

  @Test
  void swapBackWithoutTheOldOne_isRefused() {
    Server.asSuperuser(shop.restore().drop());

    assertThatThrownBy(() -> shop.swapBack(Moments.UNHEARD))
        .hasMessageContaining(
            "the database from before, " + shop.names().before() + ", is not there any more");
    assertThat(shop.rows()).isEqualTo(1001);
  }

  @Test
  void stopWhileSessionsAreKeptOut_leavesTheOldOne() {
    List<Moment> met = new ArrayList<>();
    Running running = new Running();

    assertThatThrownBy(
            () ->
                new Restorer(
                        shop.target,
                        running,
                        moment -> {
                          met.add(moment);
                          if (moment == Moment.KEPT_OUT) {
                            running.stop();
                          }
                        })
                    .restore(
                        shop.engine.work("restore", 1),
                        new Restorer.Wanted(shop.promotion, Shop.NONCE, Optional.empty())))
        .hasMessage("stopped");

    Eventually.until("it serves", () -> shop.rows() == 1011);
    assertThat(met).endsWith(Moment.KEPT_OUT);
  }
}
