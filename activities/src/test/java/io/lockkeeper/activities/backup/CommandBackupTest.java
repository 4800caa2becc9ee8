package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
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
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a tool of somebody else's: a script around pg_dump that keeps its dumps where it likes. */
@Order(1)
class CommandBackupTest {
  private static final String TOOL =
      """
      #!/bin/sh
      # take DATABASE | verify DATABASE ID | restore DATABASE ID | find DATABASE
      set -eu
      own=$(dirname "$0")
      for one in "$@"; do echo "[$one]"; done >> "$own/arguments"
      tell() {
        size=$(stat -c %s "$own/$1.dump")
        system=$(psql -Atc 'SELECT system_identifier FROM pg_control_system()')
        echo "id=$1 size=$size system=$system taken=$(date -u -r "$own/$1.dump" +%FT%TZ)"
      }
      case $1 in
        take)
          echo "some words for people"
          id=$(ls "$own" | grep -c dump$ || true)F
          pg_dump -Fc -f "$own/$id.dump"
          tell "$id" ;;
        verify)
          pg_restore -f /dev/null "$own/$3.dump"
          tell "$3"
          if [ -e "$own/counts" ]; then cat "$own/counts"; fi ;;
        restore)
          pg_restore --no-owner -d "$2" "$own/$3.dump" ;;
        find)
          for dump in "$own"/*.dump; do tell "$(basename "$dump" .dump)"; done ;;
      esac
      """;

  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  @TempDir private Path own = Path.of("");
  private Target target = database.target();

  @BeforeEach
  void shop() throws IOException {
    assumeThat(ClientTool.majorVersion("pg_dump")).hasValueSatisfying(v -> assumeThat(v >= 15));
    assumeThat(ClientTool.majorVersion("psql")).isPresent();
    database.sql("CREATE TABLE stocks (id int); INSERT INTO stocks SELECT generate_series(1, 500)");
    Path tool = own.resolve("tool");
    Files.writeString(tool, TOOL);
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    target =
        target(
            List.of(tool.toString(), "take", "$database", "a b; touch $id", "--for=$environment"),
            List.of(tool.toString(), "verify", "$database", "$id"),
            List.of(tool.toString(), "find", "$database"));
  }

  private Target target(List<String> take, List<String> verify, List<String> find) {
    List<String> restore = List.of(own.resolve("tool").toString(), "restore", "$database", "$id");
    BackupSettings settings =
        new BackupSettings(
            Kind.COMMAND,
            directory,
            "nightly",
            1,
            Optional.of(new BackupCommands(take, verify, restore, find)));
    return new Target("dev", database.settings(Optional.of(settings)));
  }

  @AfterEach
  void close() {
    target.close();
  }

  private Backups backups() {
    return new Backups(target, "dev", new Running());
  }

  private Manifest take(boolean verified) {
    return backups().take(work(Engine.PROMOTION), verified);
  }

  private Backups.Latest latest() {
    return backups().latest(work("other-1"), BackupRule.of(How.LATEST));
  }

  private static Work work(String promotion) {
    return new Work(promotion, "backup", System.nanoTime(), 1, Map.of());
  }

  private void counts(String lines) throws IOException {
    Files.writeString(own.resolve("counts"), lines);
  }

  @Test
  void idAndSize_areWhatTheCommandTells() throws IOException {
    counts("table=public.stocks rows=500\n");

    Manifest manifest = take(true);

    assertThat(manifest.how()).isEqualTo("command");
    assertThat(manifest.file()).isEqualTo("0F");
    assertThat(manifest.size()).isEqualTo(Files.size(own.resolve("0F.dump")));
    assertThat(manifest.rows()).isEqualTo(Map.of("public.stocks", 500L));
    assertThat(manifest.verifiedAt()).isPresent();
    assertThat(manifest.compared()).contains(1);
  }

  @Test
  void verifyThatCountsNothing_isNotCalledACompareOfRows() {
    assertThat(take(true).compared()).contains(0);
  }

  /** What stands in a variable is one argument, and no shell sees it. */
  @Test
  void argument_staysOneArgument() throws IOException {
    Manifest manifest = take(false);

    assertThat(Files.readAllLines(own.resolve("arguments")))
        .containsExactly(
            "[take]",
            "[" + database.name() + "]",
            "[a b; touch " + manifest.id() + "]",
            "[--for=dev]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "table=public.stocks rows=499 | public.stocks has 500 rows and the copy 499",
        "table=public.others rows=1 | public.stocks has 500 rows and the copy none such table",
        "id=1F | it verified 1F and not 0F",
        "id=0F size=7 | it has 7 bytes, and ",
        "id=0F system=1 | it is of the system 1",
      })
  void whatIsVerified_isHeldAgainstWhatWasTaken(String told, String why) throws IOException {
    take(false);
    counts(told + "\n");

    assertThat(latest().accepted()).isEmpty();
    assertThat(latest().refused()).singleElement().asString().contains(why);
  }

  @Test
  void verifyThatFails_isARefusal() throws IOException {
    take(false);
    Files.write(own.resolve("0F.dump"), new byte[] {1});

    assertThat(latest().refused())
        .singleElement()
        .asString()
        .contains("with tool of magnus (dev): pg_restore: error: ");
  }

  @Test
  void takeThatTellsNoId_isNoBackup() throws IOException {
    try (Target silent = target(List.of("true"), List.of(), List.of())) {
      assertThatThrownBy(() -> new Backups(silent, "dev", new Running()).take(work("x-1"), false))
          .isInstanceOf(LockkeeperException.class)
          .hasMessageStartingWith(
              "LK-BACKUP-FAILED: takes a backup of "
                  + database.name()
                  + ": it printed no line id=ID size=BYTES. ");
    }
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"--all", "../up", "$(reboot)", "a;b"})
  void idThatIsNoPlainName_isRefused(String id) {
    try (Target odd = target(List.of("echo", "id=" + id), List.of(), List.of())) {
      assertThatThrownBy(() -> new Backups(odd, "dev", new Running()).take(work("x-1"), false))
          .hasMessageContaining("the id that it printed is not a plain name");
    }
  }

  /** A regular backup of the tool's own, of which nothing is in the directory yet. */
  @Test
  void latestThatTheToolFinds_isVerifiedAndWrittenDownOnce() throws IOException {
    Files.copy(dumped(), own.resolve("20261121-020000F.dump"));

    Backups.Latest first = latest();
    Backups.Latest second = latest();

    assertThat(first.refused()).isEmpty();
    assertThat(first.accepted().orElseThrow().file()).isEqualTo("20261121-020000F");
    assertThat(first.accepted().orElseThrow().promotion()).isEmpty();
    assertThat(second.accepted().orElseThrow().id()).isEqualTo(first.accepted().get().id());
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void latestThatTheToolFindsNowhere_isToldInItsWords() {
    assertThat(latest().accepted()).isEmpty();
    assertThat(latest().refused()).singleElement().asString().contains("looks for backups of");
  }

  private Path dumped() throws IOException {
    take(false);
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    return Files.move(own.resolve("0F.dump"), own.resolve("kept"));
  }

  @Test
  void linesForPeople_arePassedOver() {
    CommandAnswer answer =
        CommandAnswer.parse(
            "INFO: id=no\nid=first size=1\n  id=b/2 size=20 \nid = x\ntable=\"a b\" rows=1\n"
                + "table=t rows=many\n");

    assertThat(answer.backup())
        .isEqualTo(
            new CommandAnswer.Told("b/2", Optional.of(20L), Optional.empty(), Optional.empty()));
    assertThat(answer.rows()).isEqualTo(Map.of("t", -1L));
  }
}
