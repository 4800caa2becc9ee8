package io.lockkeeper.deploy.standalone;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.api.ApiProcess;
import io.lockkeeper.api.ApiSettings;
import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.policy.Policy.Person;
import io.lockkeeper.api.policy.PolicyFile;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.promotion.SearchAttributes;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.temporal.TemporalConnection;
import io.lockkeeper.worker.WorkerProcess;
import io.lockkeeper.worker.configuration.EnvironmentsFile;
import io.lockkeeper.worker.control.ControlPlane;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All processes of an installation in one: Temporal, PostgreSQL, API, workers, an example. */
public final class Standalone implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PERSON_WAITS = Duration.ofSeconds(10);
  private static final String CONTROL = "lockkeeper";
  private static final String CONTROL_ROLE = "lk_control";

  private final StandaloneOptions options;
  private final PrintStream out;
  private final DataFolder data;

  /** What was started, last first: the order in which it ends. */
  private final Deque<AutoCloseable> running = new ArrayDeque<>();

  private int port;
  private String temporalUi = "none";

  private Standalone(StandaloneOptions options, DataFolder data, PrintStream out) {
    this.options = options;
    this.data = data;
    this.out = out;
    running.push(data);
  }

  /**
   * As {@link #start(StandaloneOptions, PrintStream, Runnable)}, where nobody waits for the folder.
   */
  public static Standalone start(StandaloneOptions options, PrintStream out) {
    return start(options, out, () -> {});
  }

  /**
   * Starts everything, the example included.
   *
   * @param out told of what takes long
   * @param taken called once the data folder is ours: only then anything is written there
   * @throws LockkeeperException with one message where something is in the way; then nothing runs
   */
  public static Standalone start(StandaloneOptions options, PrintStream out, Runnable taken) {
    refuseTaken(options.port(), "--port");
    refuseTaken(options.uiPort(), "--ui-port");
    List<EnvironmentSettings> given = environments(options);
    Policy policy = policy(options);
    options.example().ifPresent(name -> Example.of(options.home(), name));
    refuseWithoutTemporal(options, out);
    Standalone standalone = new Standalone(options, DataFolder.open(options.data()), out);
    try {
      taken.run();
      standalone.start(given, policy);
      return standalone;
    } catch (RuntimeException e) {
      standalone.close();
      throw e;
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Of Temporal, or {@code none}. */
  public String temporalUi() {
    return temporalUi;
  }

  public String adminToken() {
    return data.secret("admin-token");
  }

  /** The line that says that everything is there. */
  public String ready() {
    return "ready " + url() + " temporal-ui " + temporalUi;
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      AutoCloseable last = running.pop();
      try {
        last.close();
      } catch (Exception e) {
        LOG.warn("ending {}", last.getClass().getSimpleName(), e);
      }
    }
  }

  private void start(List<EnvironmentSettings> given, Policy policy) {
    if (options.fresh()) {
      data.claim("demo");
      TemporalServer.endOrphan(data.folder("temporal"));
      empty(data.folder("temporal"));
      empty(data.folder("backups"));
      forgetLogs();
    }
    CompletableFuture<TemporalConnection> temporal = CompletableFuture.supplyAsync(this::temporal);
    EmbeddedServer server =
        started(
            EmbeddedServer.start(
                data.folder("postgres"),
                data.folder("logs").resolve("postgres.log"),
                data.secret("secrets/postgres"),
                Map.of()));
    if (options.fresh()) {
      wipe(server);
    }
    server.role(CONTROL_ROLE, data.secret("secrets/control"), List.of());
    server.database(CONTROL, CONTROL_ROLE);
    SigningKey key = key();
    Optional<Example> example = options.example().map(n -> Example.of(options.home(), n));
    EmbeddedTargets targets =
        new EmbeddedTargets(data, server, example.map(Example::name).orElse("main"));
    List<EnvironmentSettings> environments =
        given.isEmpty() ? embedded(server, targets, example, key) : trusting(given, key);
    TemporalConnection connection = joined(temporal);
    String workerToken = UUID.randomUUID().toString();
    ApiProcess api =
        started(
            ApiProcess.start(
                new ApiSettings(
                    server.url(CONTROL),
                    CONTROL_ROLE,
                    data.secret("secrets/control"),
                    "127.0.0.1",
                    options.port(),
                    0,
                    policy,
                    key,
                    Optional.of(data.secret("admin-token")),
                    Optional.of(workerToken)),
                connection));
    port = api.port();
    ControlPlane control = new ControlPlane(URI.create(url()), workerToken, data.folder("cache"));
    started(WorkerProcess.start(connection, control, "standalone", true, environments));
    describe(server, environments, connection, api);
    ServerClient client = new ServerClient(url(), adminToken());
    client.awaitEnvironments(environments.stream().map(EnvironmentSettings::name).toList());
    if (example.isPresent()) {
      firstBackups(environments);
      example.get().archives().forEach(client::push);
    }
  }

  private List<EnvironmentSettings> embedded(
      EmbeddedServer server, EmbeddedTargets targets, Optional<Example> example, SigningKey key) {
    targets.roles();
    example.ifPresentOrElse(
        e -> {
          out.println("loading the example " + e.name());
          e.load(server, targets, data, options.fixtureScale());
        },
        targets::databases);
    List<EnvironmentSettings> environments = new ArrayList<>();
    for (String environment : EmbeddedTargets.ENVIRONMENTS) {
      Optional<Example.Running> application =
          example.map(e -> e.start(server, targets, data, environment));
      application.ifPresent(a -> started(a.application()));
      environments.add(targets.settings(environment, application, Set.of(key.publicKey())));
    }
    return environments;
  }

  private static List<EnvironmentSettings> trusting(
      List<EnvironmentSettings> given, SigningKey key) {
    return given.stream()
        .map(e -> e.trustedKeys().isEmpty() ? e.trusting(Set.of(key.publicKey())) : e)
        .toList();
  }

  /** What a schedule would have made long ago. */
  private static void firstBackups(List<EnvironmentSettings> environments) {
    environments.parallelStream()
        .forEach(e -> e.targets().forEach(target -> firstBackup(e, target)));
  }

  private static void firstBackup(EnvironmentSettings environment, TargetSettings settings) {
    try (Target target = new Target(environment.name(), settings)) {
      Backups backups = new Backups(target, environment.name(), new Running());
      if (backups.newest().isEmpty()) {
        backups.takeFirst();
      }
    }
  }

  private static void refuseTaken(int port, String option) {
    if (port != 0) {
      Ports.refuseTaken(port, option);
    }
  }

  /** Before anything is made: who has none gets advice, and no half of an installation. */
  private static void refuseWithoutTemporal(StandaloneOptions options, PrintStream out) {
    if (!options.ephemeral()
        && System.getenv("TEMPORAL_ADDRESS") == null
        && TemporalBinary.find(options.home(), out).isEmpty()) {
      throw new LockkeeperException(
          FailureCode.TEMPORAL_UNREACHABLE,
          "looking for Temporal",
          "TEMPORAL_ADDRESS is not set, temporal is not on the PATH, and go is not there to build it",
          "nothing was started",
          "Install Go or temporal, set TEMPORAL_ADDRESS, or try --ephemeral, which forgets"
              + " everything at the end");
    }
  }

  private TemporalConnection temporal() {
    if (System.getenv("TEMPORAL_ADDRESS") != null) {
      return started(TemporalConnection.ofEnvironment(PATIENCE, PERSON_WAITS));
    }
    Optional<Path> binary = TemporalBinary.find(options.home(), out);
    if (binary.isPresent()) {
      int uiPort = options.uiPort() == 0 ? Ports.free() : options.uiPort();
      Path folder = data.folder("temporal");
      TemporalServer server =
          started(
              TemporalServer.start(
                  binary.get(), folder, data.folder("logs").resolve("temporal.log"), uiPort));
      temporalUi = "http://127.0.0.1:" + uiPort;
      return started(TemporalConnection.of(server.address(), PATIENCE, PERSON_WAITS));
    }
    out.println("no Temporal and no Go here: running on a server in this process, which forgets");
    return started(TemporalConnection.of(inProcess().getWorkflowClient()));
  }

  private TestWorkflowEnvironment inProcess() {
    TestEnvironmentOptions.Builder server =
        TestEnvironmentOptions.newBuilder()
            .setUseTimeskipping(false)
            .setWorkflowClientOptions(TemporalConnection.clientOptions());
    SearchAttributes.all()
        .forEach(
            key ->
                server.registerSearchAttribute(
                    key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
    return started(TestWorkflowEnvironment.newInstance(server.build()));
  }

  /** Where programs and people find the parts; for the owner only, because it holds passwords. */
  private void describe(
      EmbeddedServer server,
      List<EnvironmentSettings> environments,
      TemporalConnection temporal,
      ApiProcess api) {
    List<Map<String, Object>> targets = new ArrayList<>();
    for (EnvironmentSettings environment : environments) {
      environment
          .targets()
          .forEach(
              target -> {
                Map<String, Object> place = new LinkedHashMap<>();
                place.put("environment", environment.name());
                place.put("target", target.name());
                place.put("url", target.url());
                place.put("user", target.user());
                place.put("password", target.password().read());
                place.put("variables", environment.variables());
                targets.add(place);
              });
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("api", Map.of("url", url(), "admin", "http://127.0.0.1:" + api.adminPort()));
    all.put(
        "temporal",
        Map.of(
            "address",
            temporal.address(),
            "namespace",
            temporal.client().getOptions().getNamespace()));
    all.put("temporal_ui", temporalUi);
    all.put(
        "control_database",
        Map.of(
            "url",
            server.url(CONTROL),
            "user",
            CONTROL_ROLE,
            "password",
            data.secret("secrets/control")));
    all.put("targets", targets);
    all.put("server_log", data.path("logs/postgres.log").toString());
    data.writePrivate("connections.json", Json.text(all));
  }

  /** Nothing of an earlier run but the example's template, which takes long to make. */
  private void wipe(EmbeddedServer server) {
    server.databases().stream()
        .filter(database -> !database.contains("_fixture_"))
        .forEach(server::drop);
  }

  private static void empty(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("emptying " + folder, e);
    }
  }

  /** Those of the parts; ours is open already. */
  private void forgetLogs() {
    for (String log : List.of("postgres.log", "temporal.log")) {
      try {
        Files.deleteIfExists(data.folder("logs").resolve(log));
      } catch (IOException e) {
        throw new UncheckedIOException("emptying " + log, e);
      }
    }
  }

  private SigningKey key() {
    Path file = data.path("secrets/signing.key");
    if (!Files.exists(file)) {
      data.writePrivate("secrets/signing.key", SigningKey.generate());
    }
    return SigningKey.parse(data.secret("secrets/signing.key"));
  }

  private synchronized <T extends AutoCloseable> T started(T part) {
    running.push(part);
    return part;
  }

  private static TemporalConnection joined(CompletableFuture<TemporalConnection> temporal) {
    try {
      return temporal.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof LockkeeperException known) {
        throw known;
      }
      throw e;
    }
  }

  private static List<EnvironmentSettings> environments(StandaloneOptions options) {
    return options
        .environments()
        .map(file -> EnvironmentsFile.read(file.toString(), text(file)))
        .orElse(List.of());
  }

  private static Policy policy(StandaloneOptions options) {
    if (options.policy().isPresent()) {
      Path file = options.policy().get();
      return PolicyFile.read(file.toString(), text(file));
    }
    return options.environments().isPresent() ? Policy.NONE : embeddedPolicy();
  }

  /** The five people of the embedded default. */
  private static Policy embeddedPolicy() {
    return new Policy(
        List.of(
            new Person("ana", Set.of("release-manager"), ""),
            new Person("boris", Set.of("dba"), ""),
            new Person("chen", Set.of("development-lead"), ""),
            new Person("dora", Set.of("operations-lead"), ""),
            new Person("emil", Set.of("release-manager", "product-owner"), "")),
        Map.of());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "reading " + file,
          e.getClass().getSimpleName(),
          "nothing was started",
          "Name a file that is there and can be read",
          e);
    }
  }
}
