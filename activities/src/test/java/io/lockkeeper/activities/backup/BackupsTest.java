package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the machine's own pg_dump, where there is one. */
class BackupsTest {
  private static final int SERVER = 15;

  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  private Target target = database.target();

  @BeforeEach
  void shop() {
    assumeThat(ClientTool.majorVersion("pg_dump")).hasValueSatisfying(v -> assumeThat(v >= SERVER));
    database.sql(
        "CREATE TABLE stocks (id int PRIMARY KEY, sector text);"
            + "CREATE TABLE positions (id int);"
            + "INSERT INTO stocks SELECT n, 'a sector' FROM generate_series(1, 500) n;"
            + "INSERT INTO positions SELECT n FROM generate_series(1, 7) n");
    target = new Target("dev", database.settings(Optional.of(settings(Kind.PG_DUMP))));
  }

  @AfterEach
  void close() {
    target.close();
  }

  private BackupSettings settings(Kind kind) {
    return new BackupSettings(kind, directory, "nightly");
  }

  private Backups backups() {
    return new Backups(target, "dev", new Running());
  }

  private static Work work(String promotion) {
    return new Work(promotion, "backup", System.nanoTime(), 1, Map.of());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<String> scratches() {
    return database.list("SELECT datname FROM pg_database WHERE datname LIKE 'lk_scratch%'");
  }

  private static String today() {
    return "dev_backup_" + Instant.now().atZone(ZoneOffset.UTC).toLocalDate();
  }

  private void write(Manifest manifest) throws IOException {
    Files.write(directory.resolve(manifest.id() + ".manifest.json"), Json.canonical(manifest));
  }

  private void assertFound(String found) {
    assertThatThrownBy(() -> backups().take(work(Engine.PROMOTION), true))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageStartingWith("LK-BACKUP-FAILED: ")
        .hasMessageContaining(found);
    assertThat(scratches()).isEmpty();
    assertThat(backups().newest().orElseThrow().verifiedAt()).isEmpty();
  }

  @Test
  @Tag("M7")
  @Tag("M16")
  void verifiedBackup_isRestoredBesideAndComparedByItsRows() throws IOException, SQLException {
    Instant before = Instant.now();

    Manifest manifest = backups().take(work(Engine.PROMOTION), true);

    Path file = directory.resolve(manifest.file());
    assertThat(manifest.id()).isEqualTo(today());
    assertThat(manifest.how()).isEqualTo("pg_dump");
    assertThat(manifest.size()).isEqualTo(Files.size(file)).isPositive();
    assertThat(manifest.sha256()).contains(Sha256.hex(Files.readAllBytes(file)));
    assertThat(manifest.rows()).isEqualTo(Map.of("public.positions", 7L, "public.stocks", 500L));
    assertThat(manifest.totalRows()).isEqualTo(507);
    assertThat(manifest.identity()).isEqualTo(new TargetLedger(target).identity());
    assertThat(manifest.takenAt()).isAfterOrEqualTo(before);
    assertThat(manifest.verifiedAt().orElseThrow()).isAfter(manifest.takenAt());
    assertThat(files()).containsExactly(manifest.id() + ".dump", manifest.id() + ".manifest.json");
    assertThat(scratches()).isEmpty();
  }

  @Test
  void backupThatIsOnlyTaken_isNotCalledVerified() {
    Manifest manifest = backups().take(work(Engine.PROMOTION), false);

    assertThat(manifest.verifiedAt()).isEmpty();
    assertThat(scratches()).isEmpty();
  }

  @Test
  void secondAttempt_findsTheBackupOfTheFirst() throws IOException {
    Manifest first = backups().take(work(Engine.PROMOTION), false);
    database.sql("DELETE FROM stocks");

    Manifest second = backups().take(work(Engine.PROMOTION), true);

    assertThat(second.sha256()).isEqualTo(first.sha256());
    assertThat(second.verifiedAt()).isPresent();
    assertThat(files()).hasSize(2);
  }

  @Test
  void otherPromotionOfTheDay_takesOneOfItsOwn() {
    backups().take(work("one-1"), false);

    assertThat(backups().take(work("two-1"), false).id()).isEqualTo(today() + "_2");
  }

  @Test
  void backupThatWasCutOff_doesNotCount() throws IOException {
    Files.writeString(directory.resolve(today() + ".4711.part"), "half");
    Files.writeString(directory.resolve(today() + ".dump"), "whole, and its manifest is missing");

    assertThat(backups().newest()).isEmpty();
    assertThat(backups().take(work(Engine.PROMOTION), true).verifiedAt()).isPresent();
  }

  /** Rows come and go while it is dumped: dump and counts share one snapshot. */
  @Test
  void writersBesideTheBackup_doNotMakeItDiffer() {
    AtomicBoolean enough = new AtomicBoolean();
    Background<Integer> writer =
        Background.run(
            () -> {
              int written = 0;
              while (!enough.get()) {
                database.sql("INSERT INTO positions VALUES (" + written++ + ")");
              }
              return written;
            });
    Eventually.until("it writes", () -> database.number("SELECT count(*) FROM positions") > 10);

    Manifest manifest = backups().take(work(Engine.PROMOTION), true);

    enough.set(true);
    assertThat(writer.result()).isPositive();
    assertThat(manifest.verifiedAt()).isPresent();
  }

  @Test
  void damagedByte_isFoundByTheDigest() throws IOException {
    Manifest manifest = backups().take(work(Engine.PROMOTION), false);
    Path file = directory.resolve(manifest.file());
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);

    assertFound("the file of " + manifest.id() + " is not the one that was written");
  }

  /** A dump that was cut off before its digest was taken: its list of contents still reads well. */
  @Test
  void cutOffDump_isFoundByReadingAllOfIt() throws IOException {
    database.sql("INSERT INTO stocks SELECT n, md5(n::text) FROM generate_series(501, 5000) n");
    Manifest manifest = backups().take(work(Engine.PROMOTION), false);
    Path file = directory.resolve(manifest.file());
    byte[] content = Files.readAllBytes(file);
    byte[] half = Arrays.copyOf(content, content.length - 1_000);
    Files.write(file, half);
    write(withDigest(manifest, Sha256.hex(half)));

    assertFound("pg_restore");
  }

  @Test
  void dumpThatLostRows_isFoundByTheCounts() throws IOException {
    Manifest manifest = backups().take(work(Engine.PROMOTION), false);
    write(withRows(manifest, Map.of("public.positions", 7L, "public.stocks", 501L)));

    assertFound(
        "the backup "
            + manifest.id()
            + " is not whole: public.stocks has 501 rows and the copy 500");
  }

  private static Manifest withDigest(Manifest m, String sha256) {
    return new Manifest(
        m.id(),
        m.promotion(),
        m.environment(),
        m.target(),
        m.identity(),
        m.how(),
        m.file(),
        m.size(),
        Optional.of(sha256),
        m.lsn(),
        m.takenAt(),
        m.seconds(),
        m.rows(),
        m.verifiedAt());
  }

  private static Manifest withRows(Manifest m, Map<String, Long> rows) {
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
        m.verifiedAt());
  }

  @Test
  void tableThatTheRoleMayNotRead_failsWithTheToolsWordsAndLeavesNothing() throws IOException {
    database.asSuperuser("CREATE TABLE public.hidden (n int)");

    assertThatThrownBy(() -> backups().take(work(Engine.PROMOTION), false))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageStartingWith(
            "LK-BACKUP-FAILED: dumps " + database.name() + " with pg_dump of magnus (dev): ")
        .hasMessageContaining("permission denied for table hidden")
        .hasMessageEndingWith(
            "there is no new backup, and nothing was changed. Mend the cause, then retry the"
                + " step.");
    assertThat(files()).isEmpty();
    assertThat(backups().newest()).isEmpty();
  }

  @Test
  void stopWhileDumping_endsTheToolAndLeavesNothing() throws SQLException, IOException {
    try (Connection holder = database.session("holder");
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("LOCK TABLE stocks");
      Running running = new Running();
      Background<Manifest> dumping =
          Background.run(
              () -> new Backups(target, "dev", running).take(work(Engine.PROMOTION), false));
      String tools = "SELECT pid FROM pg_stat_activity WHERE application_name = 'lk/backup'";
      Eventually.until("pg_dump waits", () -> !database.list(tools).isEmpty());

      running.stop();

      assertThat(dumping.failure()).hasMessage("stopped");
      holder.rollback();
      Eventually.until("pg_dump is gone", () -> database.list(tools).isEmpty());
      assertThat(files()).isEmpty();
    }
  }

  @Test
  @Tag("M6")
  void age_isMeasuredFromTheNewestBackupOfThisDatabaseAlone() throws IOException {
    assertThat(backups().newestAge()).isEmpty();
    Manifest own = backups().takeFirst();
    assertThat(own.promotion()).isEmpty();
    assertThat(backups().newestAge().orElseThrow()).isLessThan(Duration.ofMinutes(1));

    Manifest old =
        new Manifest(
            own.id(),
            "",
            "dev",
            "magnus",
            own.identity(),
            own.how(),
            own.file(),
            own.size(),
            own.sha256(),
            own.lsn(),
            own.takenAt().minus(Duration.ofHours(25)),
            1,
            own.rows(),
            Optional.empty());
    write(old);
    assertThat(backups().newestAge().orElseThrow()).isGreaterThan(Duration.ofHours(25));

    try (Database other = Server.fresh();
        Target elsewhere = new Target("dev", other.settings(Optional.of(settings(Kind.PG_DUMP))))) {
      assertThat(new Backups(elsewhere, "dev", new Running()).newestAge()).isEmpty();
    }
  }

  @Test
  void manifestThatIsNone_isToldAndNotPassedOver() throws IOException {
    Files.writeString(directory.resolve("odd.manifest.json"), "no json");

    assertThatThrownBy(() -> backups().newest())
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("its backups cannot be listed");
  }

  @Test
  void targetWithoutWayOfBackup_isToldSo() {
    assertThatThrownBy(() -> new Backups(database.target(), "dev", new Running()))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the worker's file names no way of backup for it");
  }

  @Test
  void toolThatIsNotInstalled_hasNoVersion() {
    assertThat(ClientTool.majorVersion("pg_dump_that_nobody_has")).isEmpty();
    assertThat(ClientTool.majorVersion("true")).isEmpty();
  }
}
