package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.settings.TargetSettings.BackupCommands;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Option B from a folder, by somebody else's tool, and of a backup that was taken elsewhere. */
class RestoreKindsTest {
  private static final String TOOL =
      """
      #!/bin/sh
      # take | restore DATABASE ID
      set -eu
      own=$(dirname "$0")
      case $1 in
        take) pg_dump -Fc -f "$own/1F.dump"; echo "id=1F size=$(stat -c %s "$own/1F.dump")" ;;
        restore) echo "$2" > "$own/into"; pg_restore -d "$2" "$own/$3.dump" ;;
      esac
      """;

  @TempDir private Path directory = Path.of("");
  @TempDir private Path own = Path.of("");
  private Shop shop = null;

  @BeforeEach
  void tools() {
    assumeThat(ClientTool.majorVersion("pg_restore")).hasValueSatisfying(v -> assumeThat(v >= 15));
  }

  @AfterEach
  void close() {
    if (shop != null) {
      shop.close();
    }
  }

  private Shop folder() {
    return new Shop(new BackupSettings(Kind.PG_DUMP, directory, "", 2, Optional.empty()));
  }

  private Shop byCommand(List<String> restore) throws IOException {
    Path tool = own.resolve("tool");
    Files.writeString(tool, TOOL);
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    List<String> take = List.of(tool.toString(), "take");
    return new Shop(
        new BackupSettings(
            Kind.COMMAND,
            directory,
            "",
            1,
            Optional.of(new BackupCommands(take, List.of("true"), restore, List.of()))));
  }

  private void assertNothingRestored(String why) {
    assertThatThrownBy(() -> shop.restore())
        .isInstanceOf(LockkeeperException.class)
        .hasMessageStartingWith("LK-RESTORE-FAILED: ")
        .hasMessageContaining(why);
    assertThat(shop.databases()).containsExactly(shop.names().live());
    assertThat(shop.rows()).isEqualTo(1011);
  }

  private static List<Path> inside(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void folderOfADumpInParallel_isRestored() {
    shop = folder();

    Restorer.Restored restored = shop.restore();

    assertThat(directory.resolve(shop.backup.file())).isDirectory();
    assertThat(shop.rows()).isEqualTo(1001);
    assertThat(restored.rows()).isEqualTo(1001);
    assertThat(restored.fingerprint()).isTrue();
    assertThat(shop.list(shop.names().before(), Shop.ROWS)).containsExactly("1011");
  }

  @Test
  void folderWithOneDamagedFile_isRefusedBeforeAnythingIsMade() throws IOException {
    shop = folder();
    Path file = inside(directory.resolve(shop.backup.file())).get(0);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);

    assertNothingRestored("is not the one that was written");
  }

  @Test
  void folderThatLacksAFile_isRefused() throws IOException {
    shop = folder();
    Files.delete(inside(directory.resolve(shop.backup.file())).get(0));

    assertNothingRestored(" were written");
  }

  @Test
  void folderThatIsGone_isRefused() throws IOException {
    shop = folder();
    BackupStore.delete(directory.resolve(shop.backup.file()));

    assertNothingRestored("is gone");
  }

  @Test
  void backupOfACommand_isRestoredByItsCommandBesideAndSwappedIn() throws IOException {
    String tool = own.resolve("tool").toString();
    shop = byCommand(List.of(tool, "restore", "$database", "$id"));

    Restorer.Restored restored = shop.restore();

    assertThat(restored.how()).isEqualTo("command");
    assertThat(Files.readString(own.resolve("into")).strip()).isEqualTo(shop.names().beside());
    assertThat(shop.rows()).isEqualTo(1001);
    assertThat(restored.fingerprint()).isTrue();
    assertThat(shop.databases()).containsExactly(shop.names().live(), shop.names().before());
  }

  @Test
  void commandThatFails_leavesNothingBeside() throws IOException {
    shop = byCommand(List.of("pg_restore", "--dbname=$database", "/nowhere/$id"));

    assertNothingRestored("with pg_restore of magnus (dev): pg_restore: error: could not open");
  }

  @Test
  void commandThatRestoresNothing_isNotBelieved() throws IOException {
    shop = byCommand(List.of("true"));

    assertNothingRestored("public.stocks has 1001 rows and the copy none such table");
  }

  @Test
  void commandThatIsNotInTheWorkersFile_isRefused() throws IOException {
    shop = byCommand(List.of());

    assertThatThrownBy(() -> shop.restore())
        .hasMessageContaining("the worker's file has no command to restore it with");
    assertThat(shop.databases()).containsExactly(shop.names().live());
  }

  /** {@code backup: latest}: nobody took one for this promotion, but one was verified for it. */
  @Test
  void backupThatWasTakenElsewhere_isRestoredForWhomItWasVerified() {
    shop = new Shop(Kind.PG_DUMP, directory);
    shop.engine.release(true);
    Engine other = Engine.granted(shop.database, "later-1");
    Backups backups = new Backups(shop.target, "dev", new Running());
    Restorer restorer = new Restorer(shop.target, new Running());
    Restorer.Wanted wanted = new Restorer.Wanted("later-1", "other", Optional.empty());
    assertThatThrownBy(() -> restorer.restore(other.work("restore", 1), wanted))
        .hasMessageContaining("there is no backup of later-1 for this database");
    String latest =
        backups
            .latest(other.work("backup", 1), BackupRule.of(How.LATEST))
            .accepted()
            .orElseThrow()
            .id();

    Restorer.Restored restored = restorer.restore(other.work("restore", 2), wanted);

    shop.database.target().forgetSessions();
    assertThat(latest).isEqualTo(shop.backup.id());
    assertThat(restored.backup()).isEqualTo(latest);
    assertThat(shop.rows()).isEqualTo(1001);
    Server.drop(restored.keptAs());
  }
}
