package io.lockkeeper.deploy.promotion;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Http;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.RealTemporal;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two of the ten sections of the Menu.ca example, in staging alone, under its rules word for word:
 * what goes wrong is shown on nine indexes instead of 48.
 */
final class MenucaCut {
  static final String FIRST = "01_restaurants";
  static final String SECOND = "03_courses";

  private static final String ENVIRONMENT = "staging";

  private final Up up;
  private final Sql target;
  private final String hash;

  MenucaCut(Up up) {
    this.up = up;
    this.target = up.target(ENVIRONMENT);
    this.hash = up.push(bundle());
  }

  /**
   * A promotion that stood still because a person wished so, and was then aborted within a unit.
   *
   * @param beforePause what it showed before
   * @param asked what the answer to the pause said
   * @param paused how it stood still
   * @param toAnswer from asking for the pause to the answer
   * @param toCut from asking for the abort to the end of the statement
   * @param aborted how it ended
   */
  record Aborted(
      String id,
      JsonNode beforePause,
      JsonNode asked,
      JsonNode paused,
      Duration toAnswer,
      Duration toCut,
      JsonNode aborted) {}

  private static byte[] bundle() {
    String example = text("change.yaml");
    String checks =
        between(example, "\nchecks:\n", "\nprecheck:")
            .lines()
            .filter(line -> !line.matches("  (valid|critical)_indexes: .*"))
            .collect(Collectors.joining("\n"));
    String rules =
        between(example, "\nprecheck:", "\nthrough:")
            .replace(
                "measures: { settings:",
                "measures: { roles: { app_user: { statement_timeout: 120s } }, settings:");
    String change =
        """
        change: menuca-07-cut
        why: Two of the ten sections of menuca-07-indexes
        risk: medium
        sections: { %s: { existing: adopt }, %s: { existing: adopt } }
        probes:
          menu_page: { http: $app/menu, runs: 10, warm_up: 2, noise: 20ms, core: false }
        checks:
        %s
        precheck:%s
        through:
          - staging: { rehearse: false, backup: taken, soak: 24h }
        """
            .formatted(FIRST, SECOND, checks, rules);
    List<String> files =
        List.of(
            "sql/" + FIRST + ".sql",
            "sql/" + SECOND + ".sql",
            "checks/pre_index.sql",
            "checks/impact.sql",
            "checks/invalid_indexes.sql",
            "checks/new_indexes.sql",
            "checks/constraints.sql",
            "checks/blocked.sql",
            "checks/active_connections.sql");
    return Change.of(
        change, files.stream().flatMap(file -> Stream.of(file, text(file))).toArray(String[]::new));
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from) + from.length();
    return text.substring(start, text.indexOf(to, start));
  }

  private static String text(String file) {
    Path folder = RealTemporal.home().resolve("deploy/examples/menuca");
    try {
      return Files.readString(folder.resolve(file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String start() {
    return up.promote(hash, Map.of("soak", "5m", "sample", "250ms"));
  }

  private JsonNode act(String id, String act, String reason) {
    return Parts.good(
        up.as("dora", "operations-lead")
            .post("/promotions/" + id + "/" + act, Map.of("reason", reason)));
  }

  private void waitsForSomebody(String id) {
    Await.until(
        "its build waits for an older transaction",
        () -> up.promotion(id).at("/progress/blocking_us"),
        list -> !list.isEmpty());
  }

  /** Whether a session of ours runs a statement that begins so. */
  private boolean builds() {
    return !target
        .list(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
                + " AND application_name LIKE 'lk/%' AND query ILIKE 'create index concurrently%'")
        .isEmpty();
  }

  /**
   * Pauses it in the middle of the first section's first build, lets it go on once it stands still,
   * and aborts it in the middle of the second section's first build.
   */
  Aborted pausedAndAborted() throws SQLException {
    try (Connection first = holding("restaurants");
        Connection second = holding("courses");
        Connection reader = target.connect();
        Statement reads = reader.createStatement()) {
      String id = start();
      waitsForSomebody(id);
      JsonNode before = up.promotion(id);

      Instant asks = Instant.now();
      JsonNode asked = act(id, "pause", "guests call");
      Duration toAnswer = Duration.between(asks, Instant.now());
      first.rollback();
      JsonNode paused = up.until(id, "PAUSED");
      act(id, "resume", "it was somebody else");
      waitsForSomebody(id);

      // A snapshot holds the build up as well, and not the removal of what it leaves.
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      reads.execute("SELECT 1");
      second.rollback();
      Await.until("the build waits for the snapshot", this::waitsForSnapshot, waits -> waits);

      Instant aborts = Instant.now();
      act(id, "abort", "it is to be looked into");
      Await.until("the build was cut off", this::builds, runs -> !runs);
      Duration toCut = Duration.between(aborts, Instant.now());
      JsonNode aborted = up.until(id, "ABORTED");
      return new Aborted(id, before, asked, paused, toAnswer, toCut, aborted);
    }
  }

  /** A transaction that has written into a table and thinks. */
  private Connection holding(String table) throws SQLException {
    Connection connection = target.connect();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("UPDATE menuca_v3." + table + " SET name = name WHERE id = 1");
    }
    return connection;
  }

  private boolean waitsForSnapshot() {
    return !target
        .list(
            "SELECT 1 FROM pg_stat_progress_create_index"
                + " WHERE datname = current_database() AND phase = 'waiting for old snapshots'")
        .isEmpty();
  }

  /** Lets a query of the application be cut off while it soaks. */
  String takenBackByATrigger() {
    String id = start();
    up.carry(id, "SOAKING");
    Await.until(
        "it is sampled: logs are read from there on",
        () -> up.promotion(id).at("/progress/what").asText(),
        what -> what.contains("figures at"));
    String app = app();
    Http.post(app + "/scenario/slow?ms=60000", new byte[0], Map.of());
    CompletableFuture<Integer> page =
        CompletableFuture.supplyAsync(() -> Http.get(app + "/dashboard", Map.of()).status());
    Await.until(
        "the page's query is cut off",
        () ->
            target.list(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE"
                    + " datname = current_database() AND usename = 'app_user'"
                    + " AND query LIKE 'SELECT pg_sleep%' AND state = 'active'"),
        cancelled -> !cancelled.isEmpty());
    Http.post(app + "/scenario/slow?ms=0", new byte[0], Map.of());
    if (page.join() != 500) {
      throw new AssertionError("the page did not fail");
    }
    up.carry(id, "ROLLED_BACK");
    return id;
  }

  private String app() {
    for (JsonNode place : up.connections().path("targets")) {
      if (place.path("environment").asText().equals(ENVIRONMENT)) {
        return place.path("variables").path("app").asText();
      }
    }
    throw new AssertionError("no application");
  }
}
