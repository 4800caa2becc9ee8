package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Each exit code of the contract, once. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.NAME)
@Order(2)
class ExitCodesTest {
  private static final String NOBODY = "http://127.0.0.1:1";

  @TempDir(factory = InMemory.class)
  private Path folder;

  private static Up up;
  private static String ana;
  private static String id;

  @BeforeAll
  static void waitAtAGate() {
    up = Up.shared();
    ana = up.token("ana", "release-manager");
    id =
        up.promote(
            up.push(
                Change.of(
                    """
                    change: exit-codes
                    why: to see how commands end
                    risk: low
                    through:
                      - dev: { rehearse: false, sign_off: [dba] }
                    """,
                    "sql/10_one.sql",
                    "CREATE INDEX CONCURRENTLY idx_exit ON nfl_games (away);")),
            Map.of());
    up.until(id, "AWAITING_SIGN_OFF");
  }

  @AfterAll
  static void abort() {
    if (up == null) {
      return;
    }
    Ran ran = Cli.run(up.url(), ana, "abort", id, "--reason", "the test is over");
    assertThat(ran.code()).isEqualTo(0);
    assertThat(ran.out()).startsWith("abort accepted; " + id + " is ABORTED: aborted by ana");
    assertThat(Cli.run(up.url(), ana, "status", id).out()).contains("✕").doesNotContain("◉");
  }

  @Test
  void reached_is0() {
    assertThat(run("status", id).code()).isEqualTo(0);
    assertThat(run("list").out()).contains(id);
    Ran verified = run("journal", id, "--verify");
    assertThat(verified.code()).isEqualTo(0);
    assertThat(verified.out()).contains("the journal of " + id + " verifies: ");
  }

  @Test
  void aJournalThatDoesNotVerify_is2AndNamesTheEntry() throws IOException {
    JsonNode database = up.connections().path("control_database");
    Sql control =
        new Sql(
            database.path("url").asText(),
            "postgres",
            Files.readString(up.folder().resolve("secrets/postgres")).strip());
    String entry = " WHERE promotion_id = '" + id + "' AND place = 3";
    String before = control.one("SELECT content FROM journal" + entry);
    try {
      control.execute(
          "UPDATE journal SET content = regexp_replace(content, '20[0-9]{2}-', '1999-')" + entry);

      Ran ran = run("journal", id, "--verify");

      assertThat(ran.code()).isEqualTo(2);
      assertThat(ran.err())
          .isEqualTo(
              "the journal of "
                  + id
                  + " does not verify: place 3 was changed: its hash does not fit\n");
      JsonNode audit = up.client().get("/audit/verify").json();
      assertThat(audit.path("intact").asBoolean()).isFalse();
      assertThat(audit.path("faults").toString()).contains(id).contains("place 3");
    } finally {
      control.execute("UPDATE journal SET content = $lk$" + before + "$lk$" + entry);
    }
    assertThat(run("journal", id, "--verify").code()).isEqualTo(0);
  }

  @Test
  void notFoundAndRefused_are3() {
    Ran lost = run("status", "nobody-1");
    assertThat(lost.code()).isEqualTo(3);
    assertThat(lost.err()).isEqualTo("refused: no promotion \"nobody-1\" [not-found]\n");
    Ran refused = run("retry", id, "--reason", "r");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err()).isEqualTo("refused: nothing has failed [not-allowed]\n");
    Ran json = run("--json", "retry", id, "--reason", "r");
    assertThat(json.code()).isEqualTo(3);
    assertThat(json.out()).startsWith("{").contains("\"code\":\"not-allowed\"");
  }

  @Test
  void stillRunningWhenTheTimeIsUp_is4() {
    Ran ran = run("status", id, "--watch", "--timeout", "200ms");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.err()).contains(id + " is still AWAITING_SIGN_OFF after 200ms");
  }

  @Test
  void wrongUsage_is64() {
    assertThat(run("promote").code()).isEqualTo(64);
    assertThat(run("status", id, "--wathc").code()).isEqualTo(64);
    assertThat(run("status", id, "--timeout", "soon").code()).isEqualTo(64);
    assertThat(run("token").code()).isEqualTo(64);
    assertThat(run().code()).isEqualTo(64);
    try (Child child = Child.start(folder.resolve("out"), Map.of(), List.of("staus", id))) {
      assertThat(child.await()).isEqualTo(64);
      assertThat(child.output()).contains("(did you mean \"status\"?)").doesNotContain("\tat ");
    }
  }

  @Test
  void noServer_is69() {
    Ran ran = Cli.run(NOBODY, ana, "status", id);
    assertThat(ran.code()).isEqualTo(69);
    assertThat(ran.err())
        .isEqualTo(
            "LK-SERVER-UNREACHABLE: calling the server at http://127.0.0.1:1: ConnectException. it"
                + " is not known whether anything was done. Start it by lockkeeper up, or set"
                + " LOCKKEEPER_SERVER to where it runs.\n");
    Map<String, String> variables = Map.of("LOCKKEEPER_SERVER", NOBODY, "LOCKKEEPER_TOKEN", "t");
    try (Child child = Child.start(folder.resolve("out"), variables, List.of("list"))) {
      assertThat(child.await()).isEqualTo(69);
      assertThat(child.output()).startsWith("LK-SERVER-UNREACHABLE").doesNotContain("\tat ");
    }
  }

  private static Ran run(String... words) {
    return Cli.run(up.url(), ana, words);
  }
}
