package io.lockkeeper.worker.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.settings.TargetSettings.BackupCommands;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.finding.FindingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackupSettingsReaderTest {
  private static String file(String backup) {
    return """
        environments:
          staging:
            targets:
              shop:
                url: jdbc:postgresql://127.0.0.1:5432/shop
                user: lk_exec
                password: env:SHOP_PW
                backup: %s
        """
        .formatted(backup);
  }

  private static Optional<BackupSettings> read(String backup) {
    return EnvironmentsFile.read("environments.yaml", file(backup))
        .get(0)
        .targets()
        .get(0)
        .backup();
  }

  @Test
  void dump_isOneTableAfterTheOtherUnlessToldOtherwise() {
    assertThat(read("{ kind: pg_dump, directory: /backups, schedule: nightly }"))
        .contains(new BackupSettings(Kind.PG_DUMP, Path.of("/backups"), "nightly"));
    assertThat(read("{ kind: pg_dump, directory: /backups, jobs: 4 }").orElseThrow().jobs())
        .isEqualTo(4);
    assertThat(read("{ kind: none }")).isEmpty();
  }

  @Test
  void commands_areListsOfArguments() {
    assertThat(
            read(
                "{ kind: command, directory: /backups, take: [tool, take, $database, $id],"
                    + " verify: [tool, verify, $id], find: [tool, find] }"))
        .contains(
            new BackupSettings(
                Kind.COMMAND,
                Path.of("/backups"),
                "",
                1,
                Optional.of(
                    new BackupCommands(
                        List.of("tool", "take", "$database", "$id"),
                        List.of("tool", "verify", "$id"),
                        List.of(),
                        List.of("tool", "find")))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ kind: command, directory: /b } | the key \"take\" is missing",
        "{ kind: command, directory: /b, take: tool take } | write it as a list, such as"
            + " [pgbackrest-lk, take, $database]",
        "{ kind: command, directory: /b, take: [] } | name the program first",
        "{ kind: command, directory: /b, take: [tool, $secret] } | $secret is not one of $database,"
            + " $id, $environment, $target, $user",
        "{ kind: command, directory: /b, take: [tool], jobs: 2 } | it is for kind pg_dump",
        "{ kind: pg_dump, directory: /b, take: [tool] } | it is for kind command",
        "{ kind: pg_dump, directory: /b, jobs: 0 } | write how many tables at once, 1 to 64",
        "{ kind: pg_dump } | the key \"directory\" is missing",
        "{ kind: template, directory: /b } | kind template is for sandboxes: use pg_dump",
        "{ kind: tar, directory: /b } | \"tar\" is not one of pg_dump, template, command, none",
      })
  void mistake_isFound(String backup, String found) {
    assertThatThrownBy(() -> read(backup))
        .isInstanceOf(FindingsException.class)
        .hasMessageContaining(found);
  }
}
