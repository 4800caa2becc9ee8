package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import io.lockkeeper.temporal.TemporalConnection;
import io.lockkeeper.worker.WorkerProcess;
import io.lockkeeper.worker.configuration.EnvironmentsFile;
import io.lockkeeper.worker.control.ControlPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What is wrong is told in one message, with the code that says so, and leaves nothing half-done:
 * no change, no promotion, no file, no process.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.NAME)
class BadInputTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String INDEX = "CREATE INDEX CONCURRENTLY idx_bad ON nfl_games (away);\n";

  /** Of the processes that start and end while other tests run. */
  @TempDir private static Path folder;

  @TempDir private Path bundle;
  private static Up up;
  private static String ana;
  private static Child noTemporal;
  private static Child deafTemporal;
  private static Child portTaken;
  private static Child folderInUse;
  private static Child folderUnderFile;
  private static Child folderInProc;
  private static ServerSocket listener;

  @BeforeAll
  static void startWhatMustNotStart() throws IOException {
    up = Up.shared();
    ana = up.token("ana", "release-manager");
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Files.writeString(folder.resolve("file"), "");
    deafTemporal =
        start(
            "deaf",
            Map.of("TEMPORAL_ADDRESS", "127.0.0.1:1", "LOCKKEEPER_TOKEN", "t"),
            "worker",
            "--engine",
            "--api",
            up.url());
    noTemporal =
        start(
            "none",
            Map.of("PATH", folder.toString(), "XDG_CACHE_HOME", folder.resolve("cache").toString()),
            "up",
            "--port",
            "0",
            "--ui-port",
            "0",
            "--data",
            folder.resolve("no-temporal").toString());
    portTaken =
        start(
            "port",
            Map.of(),
            "up",
            "--port",
            Integer.toString(listener.getLocalPort()),
            "--data",
            folder.resolve("port-taken").toString());
    folderInUse = startOver("in-use", up.folder());
    folderUnderFile = startOver("under-file", folder.resolve("file/data"));
    folderInProc = startOver("proc", Path.of("/proc/lockkeeper"));
  }

  @AfterAll
  static void end() throws IOException {
    for (Child child :
        List.of(noTemporal, deafTemporal, portTaken, folderInUse, folderUnderFile, folderInProc)) {
      child.close();
    }
    listener.close();
  }

  @Test
  void anUnknownKey_isFoundWithItsPlaceAndWhatWasMeant() throws IOException {
    write("change: bad-key\nwhy: x\nrisk: low\nprobs: { a: SELECT 1 }\nthrough: [dev]\n", INDEX);

    Ran lint = Cli.run(Map.of(), "lint", bundle.toString());

    assertThat(lint.code()).isEqualTo(Exit.REFUSED);
    assertThat(lint.out())
        .isEqualTo(
            "change.yaml:4:1: error unknown-key: unknown key \"probs\" of a change (did you mean"
                + " \"probes\"?)\n");
    assertNothingStarts("probs");
  }

  @Test
  void brokenSql_isFoundWithItsPlace() throws IOException {
    write("change: bad-sql\nwhy: x\nrisk: low\nthrough: [dev]\n", "CREATE INDEX ON (;\n");

    Ran lint = Cli.run(Map.of(), "lint", bundle.toString());

    assertThat(lint.code()).isEqualTo(Exit.REFUSED);
    assertThat(lint.out()).contains("sql/10_one.sql:1:").contains("error ");
    assertNothingStarts("sql/10_one.sql:1:");
  }

  @Test
  void aSectionWithoutItsFile_isFound() throws IOException {
    write(
        "change: no-file\nwhy: x\nrisk: low\nsections: [sql/20_two.sql]\nthrough: [dev]\n", INDEX);

    Ran lint = Cli.run(Map.of(), "lint", bundle.toString());

    assertThat(lint.code()).isEqualTo(Exit.REFUSED);
    assertThat(lint.out()).contains("error missing-file").contains("sql/20_two.sql");
    assertNothingStarts("sql/20_two.sql");
  }

  @Test
  void aBundleThatIsNotThere_isOneMessage() {
    Ran ran = run("push", "/nowhere/bundle");

    assertThat(ran.code()).isEqualTo(Exit.REFUSED);
    assertThat(ran.err())
        .isEqualTo(
            "LK-NOT-FOUND: reading the bundle /nowhere/bundle: there is no such folder or file."
                + " nothing was done. Name a folder with a change.yaml in it.\n");
  }

  @Test
  void anUnknownEnvironment_isNamedAmongThoseThatAreThere() throws IOException {
    write("change: to-mars\nwhy: x\nrisk: low\nthrough: [mars]\n", INDEX);
    int before = promotions();

    Ran ran = run("promote", bundle.toString(), "--reason", "r");

    assertOneMessage(ran, "flight-refused");
    assertThat(ran.err())
        .startsWith("refused: no worker has announced the environment \"mars\"; announced are ")
        .contains("Start its worker, or choose other environments");
    assertThat(promotions()).isEqualTo(before);
  }

  @Test
  void aTargetThatIsDownOrLetsNobodyIn_isToldWithItsReasonAndNothingStarts() throws IOException {
    Files.writeString(folder.resolve("wrong"), "wrong");
    Sql dev = up.target("dev");
    String file =
        """
        environments:
          down:
            sandbox: true
            targets: { main: { url: "jdbc:postgresql://127.0.0.1:1/main", user: lk, password: "file:%1$s" } }
            trusted_keys: ["%2$s"]
          locked:
            sandbox: true
            targets: { main: { url: "%3$s", user: %4$s, password: "file:%1$s" } }
            trusted_keys: ["%2$s"]
        """
            .formatted(
                folder.resolve("wrong"),
                up.client().get("/key").json().path("public_key").asText(),
                dev.url(),
                Up.STRANGER);
    String worker =
        up.client()
            .post("/tokens", Map.of("person", "w", "roles", List.of("worker"), "service", true))
            .json()
            .path("token")
            .asText();
    int before = promotions();
    try (TemporalConnection temporal =
            TemporalConnection.of(
                up.connections().path("temporal").path("address").asText(), PATIENCE, PATIENCE);
        WorkerProcess process =
            WorkerProcess.start(
                temporal,
                new ControlPlane(URI.create(up.url()), worker, folder.resolve("blobs")),
                "bad-input",
                false,
                EnvironmentsFile.read("environments.yaml", file))) {
      assertThat(process).isNotNull();
      up.client().awaitEnvironments(List.of("down", "locked"));

      write("change: to-down\nwhy: x\nrisk: low\nthrough: [down]\n", INDEX);
      Ran down = run("promote", bundle.toString(), "--reason", "r");
      write("change: to-locked\nwhy: x\nrisk: low\nthrough: [locked]\n", INDEX);
      Ran locked = run("promote", bundle.toString(), "--reason", "r");

      assertOneMessage(down, "target-unreachable");
      assertThat(down.err())
          .startsWith("refused: the target main of down cannot be reached by its worker: ")
          .contains("Connection to 127.0.0.1:1 refused")
          .contains("Nothing was started. Bring it back and start again");
      assertOneMessage(locked, "target-unreachable");
      assertThat(locked.err()).contains("password authentication failed for user");
    }
    assertThat(promotions()).isEqualTo(before);
  }

  @Test
  void noTemporalAtAll_is69AndMakesNothing() {
    assertThat(noTemporal.await()).isEqualTo(Exit.UNREACHABLE);
    assertThat(noTemporal.output())
        .isEqualTo(
            "LK-TEMPORAL-UNREACHABLE: looking for Temporal: TEMPORAL_ADDRESS is not set, temporal is"
                + " not on the PATH, and go is not there to build it. nothing was started. Install"
                + " Go or temporal, set TEMPORAL_ADDRESS, or try --ephemeral, which forgets"
                + " everything at the end.\n");
    assertThat(folder.resolve("no-temporal")).doesNotExist();
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void aTemporalThatDoesNotAnswer_is69() {
    assertThat(deafTemporal.await()).isEqualTo(Exit.UNREACHABLE);
    assertThat(deafTemporal.output())
        .endsWith(
            "LK-TEMPORAL-UNREACHABLE: connecting to Temporal at 127.0.0.1:1: no answer within 20 s."
                + " nothing was started. Start Temporal there, or set TEMPORAL_ADDRESS to where it"
                + " runs.\n");
  }

  @Test
  void aPortThatIsTaken_isNamedAndNothingIsMade() {
    assertThat(portTaken.await()).isEqualTo(Exit.REFUSED);
    assertThat(portTaken.output())
        .startsWith("LK-PORT-TAKEN: listening on 127.0.0.1:" + listener.getLocalPort() + ": ")
        .endsWith(". nothing was started. Choose another --port, or end what listens there.\n")
        .hasLineCount(1);
    assertThat(folder.resolve("port-taken")).doesNotExist();
  }

  @Test
  void aDataFolderInUse_isLeftAlone() {
    assertThat(folderInUse.await()).isEqualTo(Exit.REFUSED);
    assertThat(folderInUse.output())
        .isEqualTo(
            "LK-DATA-FOLDER: using the data folder "
                + up.folder()
                + ": another lockkeeper uses it. nothing was started. End that one, or choose"
                + " another --data.\n");
  }

  /** Root may write everywhere: a folder below a file, and one in /proc, cannot be made by it. */
  @Test
  void aDataFolderThatCannotBeWritten_isOneMessage() {
    assertThat(folderUnderFile.await()).isEqualTo(Exit.REFUSED);
    assertThat(folderUnderFile.output())
        .startsWith("LK-DATA-FOLDER: using the data folder " + folder.resolve("file/data") + ": it")
        .contains("nothing was started. Choose another --data, or let this user write there.")
        .hasLineCount(1);
    assertThat(folderInProc.await()).isEqualTo(Exit.REFUSED);
    assertThat(folderInProc.output())
        .startsWith("LK-DATA-FOLDER: using the data folder /proc/lockkeeper: it cannot be written")
        .hasLineCount(1);
  }

  /** Neither pushed nor promoted; the one message names what is wrong. */
  private void assertNothingStarts(String named) {
    int changes = up.client().get("/changes").json().path("items").size();
    int promotions = promotions();

    Ran push = run("push", bundle.toString());
    Ran promote = run("promote", bundle.toString(), "--reason", "r");

    for (Ran ran : List.of(push, promote)) {
      assertThat(ran.code()).isEqualTo(Exit.REFUSED);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains(named).doesNotContain("\tat ").doesNotContain("Exception");
    }
    assertThat(up.client().get("/changes").json().path("items").size()).isEqualTo(changes);
    assertThat(promotions()).isEqualTo(promotions);
  }

  private static void assertOneMessage(Ran ran, String code) {
    assertThat(ran.code()).isEqualTo(Exit.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .startsWith("refused: ")
        .endsWith(" [" + code + "]\n")
        .doesNotContain("Exception")
        .hasLineCount(1);
  }

  private static int promotions() {
    return up.client().get("/promotions").json().path("items").size();
  }

  private void write(String change, String sql) throws IOException {
    Files.createDirectories(bundle.resolve("sql"));
    Files.writeString(bundle.resolve("change.yaml"), change);
    Files.writeString(bundle.resolve("sql/10_one.sql"), sql);
  }

  private static Child startOver(String name, Path data) {
    return start(name, Map.of(), "up", "--port", "0", "--ui-port", "0", "--data", data.toString());
  }

  private static Child start(String name, Map<String, String> variables, String... words) {
    return Child.start(folder.resolve(name + ".out"), variables, List.of(words));
  }

  private static Ran run(String... words) {
    return Cli.run(up.url(), ana, words);
  }
}
