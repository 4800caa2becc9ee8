package io.lockkeeper.deploy.benchmark;

import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.fixture.RealTemporal;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.standalone.EmbeddedServer;
import io.lockkeeper.deploy.standalone.Ports;
import io.lockkeeper.deploy.standalone.TemporalServer;
import io.lockkeeper.worker.control.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code up} starts, in parts, so that each can be weighed: PostgreSQL with the control plane
 * and many targets in it, Temporal, {@code api}, and one {@code worker} with engine and environment
 * in 512 MB of heap.
 */
final class SoakStack implements AutoCloseable {
  static final String ENVIRONMENT = "dev";
  private static final String ADMIN = "an-administrator-of-this-benchmark";
  private static final String PASSWORD = "exec";

  private final Path folder;
  private final EmbeddedServer postgres;
  private final int targets;
  private final int port = Ports.free();
  private @Nullable TemporalServer temporal;
  private String address = "";
  private @Nullable Child api;
  private @Nullable Child worker;
  private String token = "";

  private SoakStack(Path folder, EmbeddedServer postgres, int targets) {
    this.folder = folder;
    this.postgres = postgres;
    this.targets = targets;
  }

  /**
   * Starts everything over an empty folder.
   *
   * @param given address of a Temporal that runs already; else one is started over a file
   */
  static SoakStack start(Path folder, int targets, Optional<String> given) {
    write(folder.resolve("password"), PASSWORD);
    write(folder.resolve("control-password"), "control");
    write(folder.resolve("api/admin-token"), ADMIN);
    write(folder.resolve("api/secrets/.keep"), "");
    write(folder.resolve("temporal/.keep"), "");
    EmbeddedServer postgres =
        EmbeddedServer.start(
            folder.resolve("postgres"),
            folder.resolve("postgres.log"),
            "postgres",
            Map.of(
                "shared_preload_libraries", "pg_stat_statements",
                "pg_stat_statements.track_planning", "on",
                "max_connections", "400",
                "log_statement", "none"));
    SoakStack stack = new SoakStack(folder, postgres, targets);
    try {
      stack.startTemporal(given);
      stack.makeTargets();
      stack.startApi();
      stack.startWorker();
      return stack;
    } catch (RuntimeException | Error e) {
      stack.close();
      throw e;
    }
  }

  static String target(int number) {
    return "t" + number;
  }

  /** Where the server's own statistics of all its databases are. */
  Sql counts() {
    return new Sql(postgres.url("postgres"), "postgres", "postgres");
  }

  /** A target as the superuser sees it. */
  Sql superuser(int target) {
    return new Sql(postgres.url("target_" + target), "postgres", "postgres");
  }

  String temporal() {
    return address;
  }

  /** Bytes of what Temporal keeps everything in: a file, or the tables of a PostgreSQL server. */
  long storeBytes() {
    Path store = temporal == null ? givenStore().resolve("base") : folder.resolve("temporal");
    try (Stream<Path> files = Files.walk(store)) {
      return files
          .filter(file -> temporal == null || file.getFileName().toString().contains(".db"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Seconds of the processor that Temporal has used. */
  double temporalCpu() {
    long pid =
        temporal == null
            ? Long.parseLong(System.getenv("TEMPORAL_PID"))
            : pid(folder.resolve("temporal/temporal.pid"));
    return ProcessWeight.of(pid).cpu();
  }

  /** Seconds of the processor that the server of its store has used; a file has none. */
  double storeCpu() {
    return temporal == null
        ? ProcessWeight.cpuWithChildren(pid(givenStore().resolve("postmaster.pid")))
        : 0;
  }

  /** As {@code deploy/benchmarks/temporal-on-postgresql} tells it. */
  private static Path givenStore() {
    return Path.of(System.getenv("TEMPORAL_STORE"));
  }

  private static long pid(Path file) {
    try {
      return Long.parseLong(Files.readAllLines(file).get(0).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Child worker() {
    return Optional.ofNullable(worker).orElseThrow();
  }

  ServerClient client() {
    return new ServerClient(url(), ADMIN);
  }

  /** Of the worker's log, by how often; at most ten. */
  List<String> warnings() {
    try (Stream<String> lines = Files.lines(folder.resolve("worker.log"))) {
      Map<String, Long> counted =
          lines
              .filter(
                  line ->
                      line.contains("WARN") || line.contains("ERROR") || line.contains("Exception"))
              .map(line -> line.replaceAll("[0-9]+", "N"))
              .map(line -> line.substring(0, Math.min(160, line.length())))
              .collect(Collectors.groupingBy(line -> line, Collectors.counting()));
      return counted.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .limit(10)
          .map(entry -> entry.getValue() + " x " + entry.getKey())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Blobs as a worker reads them. */
  ControlPlane blobs() {
    return new ControlPlane(URI.create(url()), token, folder.resolve("blobs"));
  }

  @Override
  public void close() {
    if (worker != null) {
      worker.close();
    }
    if (api != null) {
      api.close();
    }
    if (temporal != null) {
      temporal.close();
    }
    postgres.close();
  }

  private void startTemporal(Optional<String> given) {
    if (given.isPresent()) {
      address = given.get();
      return;
    }
    TemporalServer started =
        TemporalServer.start(
            RealTemporal.binary(),
            folder.resolve("temporal"),
            folder.resolve("temporal.log"),
            Ports.free());
    temporal = started;
    address = started.address();
  }

  private void makeTargets() {
    postgres.role("lk_control", "control", List.of());
    postgres.database("lockkeeper", "lk_control");
    postgres.role("lk_exec", PASSWORD, List.of("CREATEDB"));
    postgres.sql("postgres", "GRANT pg_monitor, pg_signal_backend TO lk_exec");
    postgres.sql("postgres", "CREATE EXTENSION pg_stat_statements");
    for (int target = 0; target < targets; target++) {
      postgres.database("target_" + target, "lk_exec");
    }
  }

  private void startApi() {
    api =
        Child.lasting(
                folder.resolve("api.log"),
                Map.of("TEMPORAL_ADDRESS", address),
                List.of(
                    "api",
                    "--database-url",
                    postgres.url("lockkeeper"),
                    "--database-password",
                    "file:" + folder.resolve("control-password"),
                    "--data",
                    folder.resolve("api").toString(),
                    "--port",
                    Integer.toString(port),
                    "--admin-port",
                    Integer.toString(Ports.free())))
            .ready("ready http");
  }

  private void startWorker() {
    token =
        client()
            .post(
                "/tokens",
                Map.of("person", "worker-1", "roles", List.of("worker"), "service", true))
            .json()
            .path("token")
            .asText();
    StringBuilder file =
        new StringBuilder("environments:\n  dev:\n    sandbox: true\n    targets:\n");
    for (int target = 0; target < targets; target++) {
      file.append(
          "      %s: { url: \"%s\", user: lk_exec, password: \"file:%s\" }\n"
              .formatted(
                  target(target), postgres.url("target_" + target), folder.resolve("password")));
    }
    file.append("    trusted_keys: [\"")
        .append(client().get("/key").json().path("public_key").asText())
        .append("\"]\n");
    write(folder.resolve("environments.yaml"), file.toString());
    worker =
        Child.lasting(
                folder.resolve("worker.log"),
                Map.of("TEMPORAL_ADDRESS", address, "LOCKKEEPER_TOKEN", token),
                List.of(
                    "worker",
                    "--engine",
                    "--environments",
                    folder.resolve("environments.yaml").toString(),
                    "--api",
                    url(),
                    "--cache",
                    folder.resolve("cache").toString()))
            .ready("ready engine");
    client().awaitEnvironments(List.of(ENVIRONMENT));
  }

  private String url() {
    return "http://127.0.0.1:" + port;
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
