package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.backup.Moments.Moment;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stands beside when a person gives a restore up. */
class GivenUpTest {
  @TempDir private Path directory = Path.of("");
  private Shop shop = null;
  private String beside = "";

  @BeforeEach
  void shop() {
    shop = new Shop(Kind.TEMPLATE, directory);
    beside = shop.names().beside();
  }

  @AfterEach
  void close() {
    if (shop != null) {
      shop.close();
    }
  }

  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private void restoreUntil(Moment last) {
    assertThatThrownBy(
            () ->
                shop.restore(
                    moment -> {
                      if (moment == last) {
                        throw new Killed();
                      }
                    }))
        .isInstanceOf(Killed.class);
    shop.database.target().forgetSessions();
  }

  private GivenUp givenUp() {
    return new GivenUp(shop.target, new Running());
  }

  private List<String> clear() throws SQLException {
    return givenUp().clear(shop.engine.work("close", 1));
  }

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"CREATED", "RESTORED", "COMPARED", "CARRIED", "OLD_RENAMED"})
  void databaseThatARestoreLeft_isDroppedOnce(Moment last) throws SQLException {
    restoreUntil(last);
    assertThat(shop.databases()).containsExactly(shop.names().live(), beside);

    assertThat(clear()).containsExactly(beside + ", which was restored beside, is dropped");
    assertThat(clear()).isEmpty();

    assertThat(shop.databases()).containsExactly(shop.names().live());
    assertThat(shop.rows()).isEqualTo(1011);
  }

  /** The ledger knows the oid of what was compared. */
  @Test
  void databaseThatSomebodyPutInItsPlace_staysAndIsTold() throws SQLException {
    restoreUntil(Moment.COMPARED);
    Server.drop(beside);
    Server.asSuperuser("CREATE DATABASE " + beside);

    assertThat(clear())
        .containsExactly(
            "the database " + beside + " stays (it is not ours): DROP DATABASE \"" + beside + "\"");
    assertThat(shop.databases()).contains(beside);
  }

  @Test
  void databaseOfThatNameThatWasNeverBegun_isLeftAlone() throws SQLException {
    Server.asSuperuser("CREATE DATABASE " + beside);

    assertThat(clear()).isEmpty();
    assertThat(shop.databases()).contains(beside);
  }

  @Test
  void databaseThatWasSwappedIn_isNothingThatWasGivenUp() throws SQLException {
    shop.restore();

    assertThat(clear()).isEmpty();
    assertThat(givenUp().left()).isEmpty();
    assertThat(givenUp().kept())
        .containsExactly(
            "the database "
                + shop.names().before()
                + " stays (from the rollback of "
                + shop.promotion
                + "): DROP DATABASE \""
                + shop.names().before()
                + "\"");
    assertThat(shop.rows()).isEqualTo(1001);
  }

  /** A promotion that holds the target may still go on with it. */
  @Test
  void leftover_isTellableOnceItsPromotionHoldsTheTargetNoMore() throws SQLException {
    restoreUntil(Moment.COMPARED);

    assertThat(givenUp().left()).isEmpty();
    shop.engine.release(true);
    assertThat(givenUp().left())
        .singleElement()
        .asString()
        .startsWith("the database " + beside + " stays (a restore of " + shop.promotion);
  }
}
