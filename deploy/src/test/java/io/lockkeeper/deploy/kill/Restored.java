package io.lockkeeper.deploy.kill;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An environment with backups and a worker of its own, whose promotion was rolled back by option B:
 * its database from before stands beside.
 */
final class Restored implements AutoCloseable {
  static final String INDEX = "SELECT to_regclass('idx_swapped') IS NOT NULL";

  private static final String ENVIRONMENT = "restoring";
  private static final String DATABASE = "main_restoring";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Parts parts;
  private final Path environments;
  private final String id;
  private final String before;
  private int workers;
  private Child worker;

  private Restored(Parts parts) {
    this.parts = parts;
    this.environments = write(parts);
    parts.postgres().database(DATABASE, "lk_exec");
    this.worker = nextWorker();
    worker.ready("ready");
    parts.client().awaitEnvironments(List.of(ENVIRONMENT));
    target().execute("CREATE TABLE items AS SELECT 1 AS id; ALTER TABLE items OWNER TO lk_exec");
    this.id = rolledBack();
    this.before =
        target()
            .one("SELECT datname FROM pg_database WHERE datname LIKE '" + DATABASE + "_before_%'");
  }

  static Restored in(Parts parts) {
    return new Restored(parts);
  }

  String id() {
    return id;
  }

  /** The database that serves, as a superuser sees it. */
  Sql target() {
    return new Sql(parts.postgres().url(DATABASE), "postgres", "postgres");
  }

  /** The one from before. */
  Sql before() {
    return new Sql(parts.postgres().url(before), "postgres", "postgres");
  }

  /** Names of both, and of whatever else was made of them. */
  List<String> databases() {
    return parts
        .target()
        .list("SELECT datname FROM pg_database WHERE datname LIKE '" + DATABASE + "%' ORDER BY 1");
  }

  /** Asks for the swap back; status of the answer. */
  int swapBack() {
    return parts
        .as("boris", "dba")
        .post(
            "/promotions/" + id + "/rollback",
            Map.of(
                "reason",
                "it was the wrong one",
                "option",
                "B",
                "back",
                true,
                "environment",
                ENVIRONMENT))
        .status();
  }

  /** Whether its worker has renamed the live one and waits to rename the other. */
  boolean isInTheMiddle() {
    return !parts
        .target()
        .list(
            "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = 'ALTER DATABASE \""
                + before
                + "\" RENAME TO \""
                + DATABASE
                + "\"'")
        .isEmpty();
  }

  void killWorker() {
    worker.kill();
  }

  void startWorker() {
    worker = nextWorker();
  }

  @Override
  public void close() {
    worker.close();
  }

  private Child nextWorker() {
    return parts.startWorker(ENVIRONMENT + "-" + ++workers, environments);
  }

  private String rolledBack() {
    String promotion =
        parts.promote(
            Change.of(
                """
                change: swapped
                why: its backup is brought back, and sent away again
                risk: low
                through: [ restoring: { rehearse: false, backup: verified, soak: 1h } ]
                """,
                "sql/10_swapped.sql",
                "CREATE INDEX CONCURRENTLY idx_swapped ON items (id);"),
            Map.of());
    parts.until(promotion, "SOAKING");
    Parts.good(
        parts
            .as("boris", "dba")
            .post(
                "/promotions/" + promotion + "/rollback",
                Map.of("reason", "a test", "option", "B")));
    JsonNode ended =
        Await.until(
            promotion + " is rolled back",
            PATIENCE,
            () -> parts.promotion(promotion),
            state -> state.path("status").asText().equals("ROLLED_BACK"),
            () -> String.join("\n", parts.promotions().sentences(promotion)));
    return ended.path("id").asText();
  }

  private static Path write(Parts parts) {
    Path file = parts.folder().resolve(ENVIRONMENT + ".yaml");
    try {
      Files.writeString(
          file,
          """
          environments:
            restoring:
              sandbox: true
              targets:
                main:
                  url: "%s"
                  user: lk_exec
                  password: "file:%s"
                  backup: { kind: template, directory: %s }
              trusted_keys: ["%s"]
          """
              .formatted(
                  parts.postgres().url(DATABASE),
                  parts.folder().resolve("password"),
                  Files.createDirectories(parts.folder().resolve("backups")),
                  parts.publicKey()));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
