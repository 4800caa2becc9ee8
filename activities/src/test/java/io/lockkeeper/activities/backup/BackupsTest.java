package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.activity.Progress.Counted;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import java.util.SortedMap;
import java.util.TreeMap;
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
    try {
      String identity = new TargetLedger(database.target()).identity().text();
      return database.list(
          "SELECT datname FROM pg_database WHERE starts_with(datname, 'lk_scratch_"
              + Sha256.hex(identity).substring(0, 12)
              + "')");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String today() {
    return "dev_backup_" + Instant.now().atZone(ZoneOffset.UTC).toLocalDate();
  }

  private Backups.Latest latest(String line) {
    return backups().latest(work("other-1"), rule(line));
  }

  /** By the words of the format. */
  private static BackupRule rule(String line) {
    Findings findings = new Findings();
    SortedMap<String, byte[]> files = new TreeMap<>();
    String change = "change: one-index\nwhy: one\nbackup: " + line + "\nthrough: [dev]\n";
    files.put("change.yaml", change.getBytes(UTF_8));
    files.put("sql/10_one.sql", "CREATE INDEX one ON stocks (id);".getBytes(UTF_8));
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError(findings.all()))
        .change()
        .through()
        .get(0)
        .backup();
  }

  private void assertRefused(String... whys) {
    Backups.Latest latest = latest("latest");
    assertThat(latest.accepted()).isEmpty();
    assertThat(latest.refused()).containsExactly(whys);
    assertThat(scratches()).isEmpty();
  }

  /** As an earlier version, or a hand, would leave it. */
  private void overwrite(Manifest manifest) throws IOException {
    Files.write(directory.resolve(manifest.id() + ".manifest.json"), ManifestFile.bytes(manifest));
  }

  /** As if it had been written down so when it was taken. */
  private void rewrite(Manifest manifest) throws IOException, SQLException {
    try (Fence fence = Fence.open(target, work("rewriting"), new Running())) {
      BackupLedger.add(fence, manifest.promotion(), manifest.id(), manifest.digest().orElseThrow());
    }
    overwrite(manifest);
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

    assertRefused(
        manifest.id() + ": the file of " + manifest.id() + " is not the one that was written");
    assertThat(backups().newestWhole(any -> true).accepted()).isEmpty();
  }

  /** A dump that was cut off before its digest was taken: its list of contents still reads well. */
  @Test
  void cutOffDump_isFoundByReadingAllOfIt() throws IOException, SQLException {
    database.sql("INSERT INTO stocks SELECT n, md5(n::text) FROM generate_series(501, 5000) n");
    Manifest manifest = backups().take(work(Engine.PROMOTION), false);
    Path file = directory.resolve(manifest.file());
    byte[] content = Files.readAllBytes(file);
    byte[] half = Arrays.copyOf(content, content.length - 1_000);
    Files.write(file, half);
    rewrite(changed(manifest, Sha256.hex(half), half.length, manifest.rows()));

    assertThat(latest("latest").refused())
        .singleElement()
        .asString()
        .startsWith(manifest.id() + ": reads " + manifest.id() + " with pg_restore of magnus (dev)")
        .contains("pg_restore: error: could not read from input file: end of file");
  }

  @Test
  void dumpThatLostRows_isFoundByTheCounts() throws IOException, SQLException {
    Manifest m = backups().take(work(Engine.PROMOTION), false);
    rewrite(
        changed(
            m,
            m.sha256().orElseThrow(),
            m.size(),
            Map.of("public.positions", 7L, "public.stocks", 501L)));

    assertRefused(m.id() + ": public.stocks has 501 rows and the copy 500");
  }

  private static Manifest changed(Manifest m, String sha256, long size, Map<String, Long> rows) {
    return changed(m, sha256, size, rows, m.takenAt());
  }

  private static Manifest changed(
      Manifest m, String sha256, long size, Map<String, Long> rows, Instant takenAt) {
    return new Manifest(
            m.id(),
            m.promotion(),
            m.environment(),
            m.target(),
            m.identity(),
            m.how(),
            m.file(),
            size,
            Optional.of(sha256),
            m.lsn(),
            takenAt,
            m.seconds(),
            rows,
            m.verifiedAt())
        .sealed();
  }

  private static Manifest takenAt(Manifest m, Instant at) {
    return changed(m, m.sha256().orElseThrow(), m.size(), m.rows(), at);
  }

  /** Hashes prove that manifest and file belong together, and nothing about who made them. */
  @Test
  void manifestThatTheLedgerDoesNotKnow_isNotReliedOn() throws IOException {
    Manifest manifest = backups().take(work(Engine.PROMOTION), true);
    overwrite(takenAt(manifest, manifest.takenAt().plusSeconds(1)));

    assertRefused(manifest.id() + ": the ledger of this database does not know its manifest");
    assertThat(backups().newest()).isEmpty();
    assertThat(backups().newestAge()).isEmpty();
  }

  @Test
  void manifestOfAnEarlierVersion_isNotReliedOn() throws IOException {
    Manifest m = backups().take(work(Engine.PROMOTION), false);
    String old =
        Json.text(m).replaceAll(",\"(database_size|digest|files)\":(\"[^\"]*\"|[0-9]+|\\{})", "");
    Files.writeString(directory.resolve(m.id() + ".manifest.json"), old);

    assertThat(Json.read(old, Manifest.class).rows()).isEqualTo(m.rows());
    assertThat(latest("latest").accepted()).isEmpty();
    assertThat(backups().newest()).isEmpty();
  }

  @Test
  void ownBackupThatIsDamaged_isPassedOverAndAnotherOneTaken() throws IOException {
    Manifest first = backups().take(work(Engine.PROMOTION), false);
    Files.write(directory.resolve(first.file()), new byte[] {1, 2, 3});

    Backups.Found second = backups().take(work(Engine.PROMOTION), rule("verified"), "nine-indexes");

    assertThat(second.manifest().id()).isEqualTo(today() + "_2");
    assertThat(second.manifest().verifiedAt()).isPresent();
    assertThat(second.refused())
        .containsExactly(
            first.id()
                + ": "
                + first.file()
                + " has 3 bytes, and "
                + first.size()
                + " were written");
  }

  @Test
  @Tag("T2")
  void latest_isTheOneOfTheOtherChange_andIsRestoredAgain() {
    Manifest own = backups().take(work("menuca-06-backup-1"), true);
    backups().take(work("somebody-else-1"), false);

    Backups.Latest latest = latest("{from: menuca-06-backup, max_age: 1h}");

    Manifest accepted = latest.accepted().orElseThrow();
    assertThat(latest.refused()).isEmpty();
    assertThat(accepted.id()).isEqualTo(own.id());
    assertThat(accepted.promotion()).isEqualTo("menuca-06-backup-1");
    assertThat(accepted.verifiedAt().orElseThrow()).isAfter(own.verifiedAt().orElseThrow());
    assertThat(accepted.compared()).contains(2);
    assertThat(backups().latest(work("third-1"), rule("{from: menuca-06-backup}")).accepted())
        .isPresent();
    assertThat(latest("{from: never-promoted}").accepted()).isEmpty();
  }

  @Test
  @Tag("T2")
  void latestThatIsTooOld_isRefusedWithItsAge() throws IOException, SQLException {
    assertThat(latest("latest")).isEqualTo(new Backups.Latest(Optional.empty(), List.of()));
    Manifest manifest = backups().takeFirst();
    rewrite(takenAt(manifest, Instant.now().minus(Duration.ofMinutes(1501))));

    assertRefused(manifest.id() + ": it is 25h1m old, at most 24h was asked for");
    assertThat(latest("{max_age: 2d}").accepted()).isPresent();
  }

  @Test
  void latestFromTheFuture_isRefused() throws IOException, SQLException {
    Manifest manifest = backups().takeFirst();
    rewrite(takenAt(manifest, Instant.now().plus(Duration.ofMinutes(90).plusSeconds(5))));

    assertRefused(manifest.id() + ": it was taken 1h30m after now, by the target's clock");
  }

  /** A newer one that is spoilt does not hide an older one that is whole and young enough. */
  @Test
  void latest_isTheNewestThatHolds() throws IOException {
    Manifest older = backups().takeFirst();
    Manifest newer = backups().takeFirst();
    Files.delete(directory.resolve(newer.file()));

    Backups.Latest latest = latest("latest");

    assertThat(latest.accepted().orElseThrow().id()).isEqualTo(older.id());
    assertThat(latest.refused())
        .containsExactly(newer.id() + ": " + newer.file() + " is not there");
  }

  @Test
  void nameOfTheChange_isTheBackups() {
    String day = today().substring("dev_backup_".length());

    Manifest manifest =
        backups()
            .take(
                work(Engine.PROMOTION),
                rule("{how: taken, name: '{change}.{target}-{date}'}"),
                "nine-indexes")
            .manifest();

    assertThat(manifest.id()).isEqualTo("nine-indexes.magnus-" + day);
    assertThat(manifest.file()).isEqualTo(manifest.id() + ".dump");
  }

  @Test
  void ownBackupThatTookTooLong_isNotFoundAgain() {
    Manifest slow = backups().take(work(Engine.PROMOTION), false);

    Backups.Found again =
        backups().take(work(Engine.PROMOTION), rule("{how: taken, within: 1ms}"), "nine-indexes");

    assertThat(again.manifest().id()).isNotEqualTo(slow.id());
    assertThat(again.refused()).containsExactly(slow.id() + ": it took longer than it may");
  }

  @Test
  void parallelDump_isAFolderWhoseFilesHaveAHashEach() throws IOException, SQLException {
    try (Target parallel =
        new Target(
            "dev",
            database.settings(
                Optional.of(
                    new BackupSettings(
                        Kind.PG_DUMP, directory, "nightly", 2, Optional.empty()))))) {
      Backups backups = new Backups(parallel, "dev", new Running());

      Manifest manifest = backups.take(work(Engine.PROMOTION), true);

      Path folder = directory.resolve(manifest.id() + ".dir");
      assertThat(manifest.file()).isEqualTo(manifest.id() + ".dir");
      assertThat(manifest.files()).isEqualTo(BackupStore.hashes(folder)).containsKey("toc.dat");
      assertThat(manifest.size()).isEqualTo(BackupStore.size(folder));
      assertThat(manifest.sha256()).contains(BackupStore.sha256(BackupStore.hashes(folder)));
      assertThat(manifest.verifiedAt()).isPresent();
      assertThat(files()).containsExactly(manifest.file(), manifest.id() + ".manifest.json");

      Files.writeString(folder.resolve("9999.dat"), "one more file");
      assertThat(backups.latest(work("other-1"), rule("latest")).accepted()).isEmpty();
    }
  }

  /** As CVE-2025-8714 has it: what psql would obey, in names and in text. */
  @Test
  void namesThatATerminalOrPsqlWouldObey_doNoHarm() throws IOException {
    Path trap = directory.resolve("trap");
    String meta = "x\n\\! touch " + trap + "\n\\connect postgres\n-- ";
    database.sql(
        "CREATE TABLE \""
            + meta
            + "\" (\""
            + meta
            + "col\" int, body text);"
            + "INSERT INTO \""
            + meta
            + "\" VALUES (1, E'\\\\.\n\\\\! touch "
            + trap
            + "');"
            + "COMMENT ON TABLE stocks IS E'a\n\\\\! touch "
            + trap
            + "';"
            + "CREATE SCHEMA \""
            + meta
            + "\"");

    Manifest manifest = backups().take(work(Engine.PROMOTION), true);

    assertThat(trap).doesNotExist();
    assertThat(manifest.rows()).hasSize(3).containsValue(1L);
    assertThat(manifest.verifiedAt()).isPresent();
    assertThat(latest("latest").accepted()).isPresent();
    assertThat(trap).doesNotExist();
  }

  @Test
  void namesInWhatIsTold_holdNothingThatATerminalObeys() {
    assertThat(RowCounts.missing(Map.of("a\n\u001b[2J", 1L), Map.of()))
        .isEqualTo("a??[2J has 1 rows and the copy none such table");
  }

  @Test
  void dumpOfAWorkerThatDied_isEndedAndWhatItLeftIsRemoved() throws IOException, SQLException {
    Path mark = directory.resolve(today() + ".part");
    Files.writeString(mark, "999999999@" + java.net.InetAddress.getLocalHost().getHostName());
    Files.writeString(directory.resolve(today() + ".999999999.part"), "half a dump");
    try (Connection lost = database.session("lk/backup")) {

      Manifest manifest = backups().take(work(Engine.PROMOTION), false);

      assertThat(lost.isValid(5)).isFalse();
      assertThat(manifest.id()).isEqualTo(today());
      assertThat(files()).containsExactly(today() + ".dump", today() + ".manifest.json");
    }
  }

  @Test
  void progress_tellsTheShareOfTheExpectedSizeAndWhatIsLeft() throws IOException {
    Running running = new Running();
    Path part = directory.resolve("one.part");
    Files.write(part, new byte[250]);

    new DumpCourse(running, part, 1_000).at(part);

    assertThat(running.progress().percent()).contains(25.0);
    assertThat(running.progress().phase()).contains("dumping");
    assertThat(running.progress().counted()).contains(new Counted("bytes", 250, 1_000));
    assertThat(DumpCourse.left(250, 1_000, 10)).contains(30.0);
    assertThat(DumpCourse.left(0, 1_000, 10)).isEmpty();
    assertThat(DumpCourse.left(1_000, 1_000, 10)).isEmpty();
  }

  @Test
  void progressOfARestore_countsTables() throws IOException {
    Running running = new Running();
    Path output = directory.resolve("output");
    RestoreCourse course = new RestoreCourse(running, 4);
    Files.writeString(
        output, "pg_restore: finished item 3358 TABLE DATA stocks\npg_restore: finished item 33");
    course.at(output);
    assertThat(running.progress().counted()).contains(new Counted("tables", 1, 4));
    Files.writeString(
        output, "59 TABLE DATA positions\npg_restore: x\n", StandardOpenOption.APPEND);
    course.at(output);

    assertThat(running.progress().counted()).contains(new Counted("tables", 2, 4));
    assertThat(running.progress().percent()).contains(50.0);
  }

  @Test
  void expectedSize_growsWithTheDatabaseSinceTheLastBackup() {
    Manifest last = backups().takeFirst();

    assertThat(DumpCourse.expected(Optional.of(last), last.databaseSize() * 3))
        .isEqualTo(last.size() * 3);
    assertThat(DumpCourse.expected(Optional.empty(), 1_000)).isEqualTo(250);
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
  void age_isMeasuredFromTheNewestBackupOfThisDatabaseAlone() throws IOException, SQLException {
    assertThat(backups().newestAge()).isEmpty();
    Manifest own = backups().takeFirst();
    assertThat(own.promotion()).isEmpty();
    assertThat(backups().newestAge().orElseThrow()).isLessThan(Duration.ofMinutes(1));

    rewrite(takenAt(own, own.takenAt().minus(Duration.ofHours(25))));
    assertThat(backups().newestAge().orElseThrow()).isGreaterThan(Duration.ofHours(25));

    try (Database other = Server.fresh();
        Target elsewhere = new Target("dev", other.settings(Optional.of(settings(Kind.PG_DUMP))))) {
      assertThat(new Backups(elsewhere, "dev", new Running()).newestAge()).isEmpty();
    }
  }

  @Test
  void manifestThatIsNone_isToldAndKeepsNobodyFromTakingAnother() throws IOException {
    Files.writeString(directory.resolve("odd.manifest.json"), "no json");

    assertThat(backups().newest()).isEmpty();
    assertRefused("odd.manifest.json: it is not a manifest");
    assertThat(backups().take(work(Engine.PROMOTION), true).verifiedAt()).isPresent();
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
