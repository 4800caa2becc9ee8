package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.BackupRule.How;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The way for sandboxes, which needs no client tools. Copies are named by environment and day. */
@ResourceLock("copies of dev")
@Order(1)
class TemplateBackupTest {
  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  private Target target = database.target();

  @BeforeEach
  void shop() {
    database.sql("CREATE TABLE stocks (id int); INSERT INTO stocks SELECT generate_series(1, 500)");
    BackupSettings settings = new BackupSettings(Kind.TEMPLATE, directory, "");
    target = new Target("dev", database.settings(Optional.of(settings)));
  }

  @AfterEach
  void dropCopies() {
    target.close();
    for (String copy :
        database.list("SELECT datname FROM pg_database WHERE datname LIKE 'lk\\_dev\\_backup%'")) {
      database.asSuperuser("DROP DATABASE " + copy + " WITH (FORCE)");
    }
  }

  private Manifest take() {
    Work work = new Work(Engine.PROMOTION, "backup", System.nanoTime(), 1, Map.of());
    return new Backups(target, "dev", new Running()).take(work, true);
  }

  @Test
  void copy_hasTheRowsOfItsSource() {
    Manifest manifest = take();

    assertThat(manifest.how()).isEqualTo("template");
    assertThat(manifest.rows()).isEqualTo(Map.of("public.stocks", 500L));
    assertThat(manifest.verifiedAt()).isPresent();
    assertThat(manifest.sha256()).isEmpty();
    assertThat(database.list("SELECT 1 FROM pg_database WHERE datname = '" + manifest.file() + "'"))
        .hasSize(1);
  }

  @Test
  void sessionThatIsThere_isEndedAndMayComeBack() throws SQLException {
    try (Connection application = database.session("application")) {
      take();

      assertThat(application.isValid(5)).isFalse();
    }
    database.sql("INSERT INTO stocks VALUES (501)");
  }

  /** A pool that opens its connections again at once. */
  @Test
  void applicationThatComesBackAgainAndAgain_isKeptOutForTheCopy() {
    AtomicBoolean enough = new AtomicBoolean();
    Background<Integer> application =
        Background.run(
            () -> {
              int sessions = 0;
              while (!enough.get()) {
                try (Connection session = database.session("application")) {
                  sessions += session.isValid(5) ? 1 : 0;
                } catch (SQLException | AssertionError e) {
                  // Kept out.
                }
              }
              return sessions;
            });
    Eventually.until(
        "it is there",
        () ->
            !database
                .list("SELECT 1 FROM pg_stat_activity WHERE application_name = 'application'")
                .isEmpty());

    Manifest manifest = take();

    enough.set(true);
    assertThat(application.result()).isPositive();
    assertThat(manifest.verifiedAt()).isPresent();
  }

  @Test
  void copyThatLostRows_isFoundByTheCounts() throws SQLException {
    Work work = new Work(Engine.PROMOTION, "backup", 1, 1, Map.of());
    Manifest taken = new Backups(target, "dev", new Running()).take(work, false);
    try (Connection copy = target.dedicated("vandal", taken.file())) {
      copy.createStatement().execute("DELETE FROM stocks WHERE id = 1");
    }

    Backups.Latest latest =
        new Backups(target, "dev", new Running())
            .latest(new Work("other-1", "backup", 2, 1, Map.of()), BackupRule.of(How.LATEST));
    assertThat(latest.accepted()).isEmpty();
    assertThat(latest.refused())
        .containsExactly(taken.id() + ": public.stocks has 500 rows and the copy 499");
    assertThat(take().id()).isEqualTo(taken.id() + "_2");
  }

  @Test
  void databaseOfTheCopysName_isNotTheCopy() {
    Work work = new Work(Engine.PROMOTION, "backup", 1, 1, Map.of());
    Manifest taken = new Backups(target, "dev", new Running()).take(work, false);
    database.asSuperuser("DROP DATABASE " + taken.file());
    database.asSuperuser(
        "CREATE DATABASE " + taken.file() + " OWNER engine TEMPLATE " + database.name());

    assertThat(new Backups(target, "dev", new Running()).newestWhole(any -> true).refused())
        .containsExactly(
            taken.id() + ": the database " + taken.file() + " is not the copy that was made");
  }
}
