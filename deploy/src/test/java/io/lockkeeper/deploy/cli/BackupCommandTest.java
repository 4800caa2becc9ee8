package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.standalone.EmbeddedServer;
import io.lockkeeper.worker.configuration.EnvironmentsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class BackupCommandTest {
  @TempDir(factory = InMemory.class)
  private static Path folder;

  private static EmbeddedServer server;
  private static Path file;

  @BeforeAll
  static void shop() throws IOException, InterruptedException {
    assumeThat(new ProcessBuilder("pg_dump", "--version").start().waitFor()).isZero();
    Files.createDirectories(folder.resolve("logs"));
    server =
        EmbeddedServer.start(
            folder.resolve("postgres"), folder.resolve("logs/postgres.log"), "secret", Map.of());
    server.role("lk_exec", "a password", List.of("CREATEDB"));
    server.database("shop", "lk_exec");
    Files.writeString(folder.resolve("password"), "a password");
    file = folder.resolve("environments.yaml");
    Files.writeString(
        file,
        """
        environments:
          staging:
            targets:
              shop:
                url: %s
                user: lk_exec
                password: file:%s
                backup: { kind: pg_dump, directory: %s, schedule: nightly }
        """
            .formatted(server.url("shop"), folder.resolve("password"), folder.resolve("backups")));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Ran backup(String... words) {
    String[] all = new String[words.length + 3];
    all[0] = "backup";
    all[1] = "--environments";
    all[2] = file.toString();
    System.arraycopy(words, 0, all, 3, words.length);
    return Cli.run(Map.of(), all);
  }

  @Test
  void backupOfASchedule_isTheLatestThatAPromotionFinds() {
    Ran ran = backup("--environment", "staging", "--verify", "--name", "nightly-{target}-{date}");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(ran.out()).matches("nightly-shop-[0-9-]+\n");
    try (Target target =
        new Target(
            "staging",
            EnvironmentsFile.read("environments.yaml", Texts.read(file)).get(0).target("shop"))) {
      assertThat(
              new Backups(target, "staging", new Running())
                  .latest(new Work("other-1", "backup", 1, 1, Map.of()), BackupRule.of(How.LATEST))
                  .accepted()
                  .orElseThrow()
                  .id())
          .isEqualTo(ran.out().strip());
    }
  }

  @Test
  void whatIsWrong_isToldAndLeavesNothing() {
    Ran environment = backup("--environment", "dev");
    Ran name = backup("--environment", "staging", "--name", "../up");

    assertThat(environment.code()).isEqualTo(Exit.REFUSED);
    assertThat(environment.err()).contains("the file has only [staging]");
    assertThat(name.code()).isEqualTo(Exit.USAGE);
    assertThat(name.err()).contains("--name: \"../up\" is not a plain name");
    assertThat(folder.resolve("backups/../up.dump")).doesNotExist();
  }
}
