package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.standalone.EmbeddedServer;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a worker's machine, by its file. */
@Tag("slow")
class DoctorCommandTest {
  @TempDir(factory = InMemory.class)
  private static Path folder;

  private static EmbeddedServer server;
  private static Path file;

  @BeforeAll
  static void targets() throws IOException {
    Files.createDirectories(folder.resolve("logs"));
    server =
        EmbeddedServer.start(
            folder.resolve("postgres"), folder.resolve("logs/postgres.log"), "secret", Map.of());
    server.role("lk_exec", "a password", List.of("CREATEDB"));
    server.role("lk_rich", "a password", List.of("SUPERUSER"));
    server.database("shop", "lk_exec");
    Files.writeString(folder.resolve("password"), "a password");
    file = folder.resolve("environments.yaml");
    Files.writeString(file, environment("staging", "lk_exec") + environment("dev", "lk_rich"));
    Files.writeString(file, "environments:\n" + Files.readString(file));
  }

  private static String environment(String name, String user) {
    return """
      %s:
        sandbox: true
        trusted_keys: ["ed25519:AAAA"]
        targets:
          shop:
            url: %s
            user: %s
            password: file:%s
            backup: { kind: template, directory: %s }
    """
        .formatted(
            name, server.url("shop"), user, folder.resolve("password"), folder.resolve("backups"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Ran doctor(String... words) {
    List<String> all = new ArrayList<>(List.of("doctor", "--environments", file.toString()));
    all.addAll(List.of(words));
    return Cli.run(Map.of(), all.toArray(new String[0]));
  }

  @Test
  void whatARoleLacks_isAFindingWithTheStatementThatMendsItAndEndsWith3() {
    Ran ran = doctor("--environment", "staging");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isEqualTo(Exit.REFUSED);
    assertThat(ran.out())
        .contains("ok       shop (staging), reach: PostgreSQL ")
        .contains("ok       shop (staging), ledger: it may keep its ledger\n")
        .contains("finding  shop (staging), figures: it sees no figures of other sessions")
        .contains(": GRANT pg_monitor TO lk_exec\n")
        .contains(
            "finding  shop (staging), restore: it may not end the sessions of others: GRANT"
                + " pg_signal_backend TO lk_exec\n")
        .doesNotContain("(dev)")
        .doesNotContain("a password")
        .endsWith(" findings\n");
  }

  @Test
  void targetOnWhichNothingIsMissing_endsWith0() {
    Ran ran = doctor("--environment", "dev");

    assertThat(ran.out()).doesNotContain("finding ").endsWith("no findings\n");
    assertThat(ran.code()).isEqualTo(Exit.REACHED);
  }

  @Test
  void json_isOneObjectWithEveryLook() {
    Ran ran = doctor("--json", "-e", "staging");

    assertThat(ran.code()).isEqualTo(Exit.REFUSED);
    JsonNode all = Json.read(ran.out(), JsonNode.class);
    List<JsonNode> open = new ArrayList<>();
    all.path("looks")
        .forEach(
            look -> {
              if (!look.path("ok").asBoolean()) {
                open.add(look);
              }
            });
    assertThat(open).hasSize(all.path("findings").asInt()).isNotEmpty();
    assertThat(open)
        .allSatisfy(
            look -> {
              assertThat(look.path("environment").asText()).isEqualTo("staging");
              assertThat(look.path("target").asText()).isEqualTo("shop");
              assertThat(look.path("sentence").asText()).contains(": ");
            });
  }

  @Test
  void environmentThatTheFileDoesNotHave_isWrongUsage() {
    Ran ran = doctor("--environment", "production");

    assertThat(ran.code()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("--environment: the file has only [staging, dev]");
  }
}
