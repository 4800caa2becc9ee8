package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.backup.Moments.Moment;
import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Option B with the machine's own pg_restore, in the middle of a promotion. */
@Order(1)
class RestorerTest {
  private static final int SERVER = 15;
  private static final String SERVING = "the live database serves as before, untouched";

  @TempDir private Path directory = Path.of("");
  private Shop shop = null;

  @BeforeEach
  void shop() {
    assumeThat(ClientTool.majorVersion("pg_restore"))
        .hasValueSatisfying(v -> assumeThat(v >= SERVER));
    shop = new Shop(Kind.PG_DUMP, directory);
  }

  @AfterEach
  void close() {
    if (shop != null) {
      shop.close();
    }
  }

  private String found(Runnable restore) {
    List<String> before = shop.databases();
    long rows = shop.rows();
    try {
      restore.run();
    } catch (LockkeeperException e) {
      assertThat(e.text()).startsWith("LK-RESTORE-FAILED: ").contains(SERVING);
      assertThat(shop.databases()).isEqualTo(before);
      assertThat(shop.rows()).isEqualTo(rows);
      return e.text();
    }
    throw new AssertionError("it was restored");
  }

  @Test
  @Tag("M12")
  void backup_isRestoredBesideAndSwappedInAndTheOldOneStays() {
    long oldOid = shop.oid(shop.database.name());

    Restorer.Restored restored = shop.restore();

    assertThat(shop.rows()).isEqualTo(1001);
    assertThat(shop.database.number("SELECT sum(count) FROM sectors")).isEqualTo(1001);
    assertThat(shop.database.holds("to_regclass('idx_sector') IS NULL")).isTrue();
    assertThat(shop.database.number("SELECT nextval('tickets')")).isEqualTo(42);
    assertThat(shop.databases()).containsExactly(shop.names().live(), shop.names().before());
    assertThat(shop.list(shop.names().before(), Shop.ROWS)).containsExactly("1011");
    assertThat(restored.backup()).isEqualTo(shop.backup.id());
    assertThat(restored.takenAt()).isEqualTo(shop.backup.takenAt());
    assertThat(restored.lost()).isPositive().isLessThan(Duration.ofMinutes(5));
    assertThat(restored.tables()).isEqualTo(1);
    assertThat(restored.rows()).isEqualTo(1001);
    assertThat(restored.fingerprint()).isTrue();
    assertThat(restored.oldOid()).isEqualTo(oldOid);
    assertThat(restored.newOid()).isEqualTo(shop.oid(shop.database.name()));
    assertThat(restored.earlier()).isFalse();
    assertThat(restored.drop())
        .isEqualTo("DROP DATABASE \"%1$s_before_%1$s_1\"".formatted(shop.database.name()));
  }

  @Test
  void oldDatabase_isGoneOnceSomebodyRunsTheCommandThatIsShown() {
    String drop = shop.restore().drop();

    Server.asSuperuser(drop);

    assertThat(shop.databases()).containsExactly(shop.names().live());
  }

  @Test
  void secondCall_findsItDoneAndChangesNothing() {
    Restorer.Restored first = shop.restore();
    shop.database.sql("DELETE FROM stocks WHERE id = 1");

    Restorer.Restored second = shop.restore();

    assertThat(second.earlier()).isTrue();
    assertThat(second.newOid()).isEqualTo(first.newOid());
    assertThat(shop.rows()).isEqualTo(1000);
  }

  /**
   * What the promotion was granted is spent, what it did is known and gone, and the lease holds.
   */
  @Test
  void ledger_isCarriedOver() {
    shop.restore();

    assertThat(
            shop.database.list(
                "SELECT promotion || ' ' || (closed_at IS NOT NULL) || ' ' || nonces::text"
                    + " FROM lockkeeper.\"grant\""))
        .containsExactly("%1$s true {\"nonce of %1$s\"}".formatted(shop.promotion));
    assertThat(
            shop.database.list(
                "SELECT section || ' ' || unit || ' ' || state || ' ' || outcome"
                    + " FROM lockkeeper.unit"))
        .containsExactly("10_stocks 1 reverted gone: " + shop.backup.id() + " was restored");
    assertThat(shop.database.value("SELECT promotion || held FROM lockkeeper.lease"))
        .isEqualTo(shop.promotion + "true");
    assertThat(shop.database.number("SELECT count(*) FROM lockkeeper.checkpoint")).isEqualTo(4);
    assertThat(shop.database.value("SELECT state || nonce FROM lockkeeper.succession"))
        .isEqualTo("swapped" + Shop.NONCE);
  }

  @Test
  void epoch_growsThroughTheSwapSoThatAStaleAttemptCanWriteNothing() {
    long before = shop.database.number("SELECT epoch FROM lockkeeper.lease");

    shop.restore();

    assertThat(shop.database.number("SELECT epoch FROM lockkeeper.lease"))
        .isGreaterThan(before + 1);
  }

  @Test
  void spentGrant_letsNothingForwardInAfterwards() {
    shop.restore();

    assertThatThrownBy(() -> shop.engine.apply("CREATE INDEX CONCURRENTLY idx_two ON stocks (id);"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining(
            "it was for the database before " + shop.promotion + " swapped in another");
    assertThatThrownBy(() -> shop.engine.hold(Engine.CHANGE, Instant.now().plusSeconds(60)))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("LK-GRANT-REFUSED");
  }

  @Test
  void otherPromotion_findsTheRestoredDatabaseHeldUntilItIsLetGo() {
    shop.restore();

    assertThatThrownBy(() -> Engine.granted(shop.database, "other-1"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("it is held by " + shop.promotion);
    shop.engine.release(true);
    Engine other = Engine.granted(shop.database, "third-1");
    assertThat(other.apply(Shop.SECTION).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void unitThatIsGone_isNotTakenBackOnceMore() {
    shop.restore();
    shop.database.sql("CREATE INDEX idx_sector ON stocks (sector)");

    StepResult result = shop.engine.revert();

    assertThat(result.sentence()).isEqualTo("nothing of it had been applied");
    assertThat(shop.database.holds("to_regclass('idx_sector') IS NOT NULL")).isTrue();
  }

  /** Taken back after the backup, so that the backup has it again. */
  @Test
  void unitThatIsThereAgain_isKnownAsApplied() throws IOException {
    Engine other = releasedOther("earlier-1", "CREATE INDEX CONCURRENTLY idx_id ON stocks (id);");
    Manifest later =
        new Backups(shop.target, shop.database.name(), new Running())
            .take(other.work("backup", 1), true);
    other.revert();
    other.release(true);

    new Restorer(shop.target, new Running())
        .restore(
            shop.engine.work("restore", 1),
            new Restorer.Wanted(shop.promotion, Shop.NONCE, Optional.of("earlier")));

    assertThat(shop.database.holds("to_regclass('idx_id') IS NOT NULL")).isTrue();
    assertThat(
            shop.database.list(
                "SELECT state || ' ' || outcome FROM lockkeeper.unit"
                    + " WHERE promotion = 'earlier-1'"))
        .containsExactly("finished there again: " + later.id() + " was restored");
  }

  private Engine releasedOther(String promotion, String section) {
    shop.engine.release(false);
    Engine other = Engine.granted(shop.database, promotion);
    other.apply(section);
    return other;
  }

  @Test
  void whatHangsOnTheDatabaseItself_isThatOfTheOldOne() {
    String name = shop.database.name();
    Server.asSuperuser(
        "ALTER DATABASE %1$s SET work_mem = '5MB'; ALTER DATABASE %1$s SET search_path = public, x;"
                .formatted(name)
            + "ALTER ROLE engine IN DATABASE %1$s SET lock_timeout = '3s';".formatted(name)
            + "GRANT CONNECT ON DATABASE %1$s TO reader; REVOKE TEMP ON DATABASE %1$s FROM PUBLIC;"
                .formatted(name)
            + "ALTER DATABASE %1$s CONNECTION LIMIT 77; COMMENT ON DATABASE %1$s IS 'the shop''s'"
                .formatted(name));
    String settings =
        "SELECT pg_get_userbyid(datdba) || encoding || datcollate || datconnlimit || "
            + "shobj_description(oid, 'pg_database') || ARRAY(SELECT unnest(datacl)::text ORDER BY 1)"
            + " || ARRAY(SELECT setrole || unnest(setconfig) FROM pg_db_role_setting WHERE"
            + " setdatabase = d.oid ORDER BY 1)::text FROM pg_database d WHERE datname = '"
            + name
            + "'";
    List<String> before = Server.list(settings);

    shop.restore();

    assertThat(Server.list(settings)).isEqualTo(before);
    assertThat(before.get(0)).contains("work_mem=5MB", "reader=c", "77", "the shop's");
  }

  @Test
  void readOnlyDatabase_isRestoredAllTheSame() {
    Server.asSuperuser(
        "ALTER DATABASE " + shop.database.name() + " SET default_transaction_read_only = on");

    shop.restore();

    assertThat(shop.rows()).isEqualTo(1001);
  }

  /** A pool that opens its connections again at once sees the old one, then the new one, no mix. */
  @Test
  void applicationThatComesBackAgainAndAgain_seesTheOldOneThenTheNewOne() {
    AtomicBoolean enough = new AtomicBoolean();
    Background<List<Long>> application =
        Background.run(
            () -> {
              List<Long> seen = new ArrayList<>();
              while (!enough.get()) {
                try (Connection session = shop.database.session("application");
                    ResultSet row = session.createStatement().executeQuery(Shop.ROWS)) {
                  row.next();
                  if (seen.isEmpty() || seen.get(seen.size() - 1) != row.getLong(1)) {
                    seen.add(row.getLong(1));
                  }
                } catch (SQLException | AssertionError e) {
                  // Ended, or kept out.
                }
              }
              return seen;
            });
    Eventually.until(
        "it is there",
        () ->
            !shop.database
                .list("SELECT 1 FROM pg_stat_activity WHERE application_name = 'application'")
                .isEmpty());

    shop.restore();

    String seen =
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'application' AND datid = "
            + shop.oid(shop.database.name());
    Eventually.until("it is there again", () -> !shop.database.list(seen).isEmpty());
    enough.set(true);
    assertThat(application.result()).startsWith(1011L).endsWith(1001L).hasSize(2);
  }

  @Test
  void sessionThatWeMayNotEnd_isNamedAndTheOldOneServes() throws SQLException {
    try (Connection superuser = shop.database.session("postgres", "a dba's")) {
      assertThatThrownBy(() -> shop.restore())
          .isInstanceOf(LockkeeperException.class)
          .hasMessageContaining("of postgres (a dba's), which engine may not end")
          .hasMessageContaining(SERVING);
      assertThat(superuser.isValid(5)).isTrue();
    }

    assertThat(shop.rows()).isEqualTo(1011);
    shop.restore();
    assertThat(shop.rows()).isEqualTo(1001);
  }

  @Test
  void damagedByte_isRefusedBeforeAnythingIsMade() throws IOException {
    Path file = directory.resolve(shop.backup.file());
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);

    assertThat(found(shop::restore)).contains("is not the one that was written");
  }

  @Test
  void fileThatIsGone_isRefused() throws IOException {
    Files.delete(directory.resolve(shop.backup.file()));

    assertThat(found(shop::restore)).contains("is gone");
  }

  @Test
  void backupThatWasNotVerified_isRefused() throws IOException {
    write(Optional.empty(), shop.backup.rows());

    assertThat(found(shop::restore)).contains("not verified");
  }

  @Test
  void backupOfAnotherDatabase_isRefused() throws IOException {
    try (Database other = Server.fresh();
        Target elsewhere =
            new Target(
                "dev",
                other.settings(Optional.of(new BackupSettings(Kind.PG_DUMP, directory, ""))))) {
      assertThatThrownBy(
              () ->
                  new Restorer(elsewhere, new Running())
                      .restore(
                          shop.engine.work("restore", 1),
                          new Restorer.Wanted(shop.promotion, "other", Optional.empty())))
          .isInstanceOf(LockkeeperException.class)
          .hasMessageContaining("there is no backup of " + shop.promotion + " for this database");
    }
  }

  @Test
  void rowsThatDiffer_areToldAndTheDatabaseBesideIsDropped() throws IOException {
    write(shop.backup.verifiedAt(), Map.of("public.stocks", 1002L));

    assertThat(found(shop::restore))
        .contains("is not whole: public.stocks has 1002 rows and the copy 1001");
  }

  /** A baseline that the backup does not have: somebody took the backup of something else. */
  @Test
  void schemaThatDiffers_isToldAndTheDatabaseBesideIsDropped() {
    shop.database.sql("CREATE TABLE late (id int)");
    shop.baseline();

    assertThat(found(shop::restore))
        .contains("the schema of " + shop.backup.id() + " is not that of the baseline")
        .contains("- relation public.late");
  }

  private void write(Optional<Instant> verified, Map<String, Long> rows) throws IOException {
    Manifest changed = changed(verified, rows);
    write(changed);
    shop.known(changed);
  }

  private void write(Manifest changed) throws IOException {
    Files.write(directory.resolve(changed.id() + ".manifest.json"), Json.canonical(changed));
  }

  private Manifest changed(Optional<Instant> verified, Map<String, Long> rows) {
    Manifest m = shop.backup;
    return new Manifest(
            m.id(),
            m.promotion(),
            m.environment(),
            m.target(),
            m.identity(),
            m.how(),
            m.file(),
            m.size(),
            m.sha256(),
            m.lsn(),
            m.takenAt(),
            m.seconds(),
            rows,
            verified)
        .sealed();
  }

  @Test
  void manifestThatTheLedgerDoesNotKnow_isRefused() throws IOException {
    write(changed(shop.backup.verifiedAt(), Map.of("public.stocks", 7L)));

    assertThat(found(shop::restore)).contains("the ledger does not know the manifest");
  }

  @Test
  void databaseOfThatNameThatSomebodyElseMade_isNotTouched() {
    Server.asSuperuser("CREATE DATABASE " + shop.names().beside());

    assertThat(found(shop::restore))
        .contains("there is a database " + shop.names().beside() + " already");
    Server.drop(shop.names().beside());
    Server.asSuperuser("CREATE DATABASE " + shop.names().before());
    assertThat(found(shop::restore))
        .contains("DROP DATABASE " + QualifiedName.quote(shop.names().before()));
  }

  @Test
  void secondStatement_doesNotRestoreOverTheFirst() {
    shop.restore();

    assertThatThrownBy(() -> shop.restore(Moments.UNHEARD, "another", 1))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("there is a database " + shop.names().before() + " already");
    assertThat(shop.rows()).isEqualTo(1001);
  }

  /** By hand, and cut off between the two renames of the documents. */
  @Test
  void databaseThatAPersonLeftUnderTheOldOnesName_servesAgain() {
    shop.target.forgetSessions();
    shop.database.target().forgetSessions();
    Server.asSuperuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + shop.database.name()
            + "'");
    Eventually.until(
        "it is renamed",
        () -> {
          try {
            Server.asSuperuser(NameSwap.rename(shop.names().live(), shop.names().before()));
            return true;
          } catch (AssertionError e) {
            return false;
          }
        });

    shop.restore();

    assertThat(shop.rows()).isEqualTo(1001);
    assertThat(shop.list(shop.names().before(), Shop.ROWS)).containsExactly("1011");
  }

  @Test
  void everyMoment_isMetInOrder() {
    List<Moment> met = new ArrayList<>();

    shop.restore(met::add);

    assertThat(met).containsExactly(Moment.values());
  }
}
