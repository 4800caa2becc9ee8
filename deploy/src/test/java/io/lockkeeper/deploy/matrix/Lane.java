package io.lockkeeper.deploy.matrix;

import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.fixture.FaultProxy;
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
 * An environment with a target, a proxy before it and a worker process of its own, so that cells
 * can die beside each other.
 */
final class Lane implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Parts parts;
  private final String name;
  private final FaultProxy proxy;
  private final Path environments;
  private int workers;
  private Child worker;

  private Lane(Parts parts, String name, FaultProxy proxy, Path environments) {
    this.parts = parts;
    this.name = name;
    this.proxy = proxy;
    this.environments = environments;
    this.worker = nextWorker();
  }

  /** Starts its worker; {@link #ready} waits until it serves, and makes the gates. */
  static Lane open(Parts parts, String name) {
    parts.postgres().database("main_" + name, "lk_exec");
    FaultProxy proxy = FaultProxy.start(parts.postgres().port());
    Path file = parts.folder().resolve(name + ".yaml");
    try {
      Files.writeString(
          file,
          """
          environments:
            %s:
              sandbox: true
              targets:
                main: { url: "jdbc:postgresql://127.0.0.1:%d/main_%s", user: lk_exec, password: "file:%s" }
              trusted_keys: ["%s"]
          """
              .formatted(
                  name, proxy.port(), name, parts.folder().resolve("password"), parts.publicKey()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Lane(parts, name, proxy, file);
  }

  void ready() {
    worker.ready("ready");
    parts.client().awaitEnvironments(List.of(name));
    database().execute(Gates.SCHEMA);
    // The ledger is made by the first promotion.
    String first =
        start(
            Change.of(
                firstChange(),
                "sql/10_first.sql",
                "CREATE TABLE first (id int);",
                "sql/10_first.down.sql",
                "DROP TABLE first;"));
    parts.promotions().until(first, PATIENCE, "COMPLETE");
    database().execute(Gates.ON_THE_LEDGER);
  }

  String name() {
    return name;
  }

  Parts parts() {
    return parts;
  }

  FaultProxy proxy() {
    return proxy;
  }

  /** The target as the superuser sees it, not through the proxy. */
  Sql database() {
    return new Sql(parts.postgres().url("main_" + name), "postgres", "postgres");
  }

  /** Who works now. */
  Child worker() {
    return worker;
  }

  /** Another one begins beside it, or after it; it is the lane's from now on. */
  void replaceWorker() {
    worker = nextWorker();
  }

  /** As whoever keeps services does: one that gave up, on a busy machine, is started again. */
  void keepWorker() {
    if (!worker.isAlive()) {
      replaceWorker();
    }
  }

  String start(byte[] bundle) {
    return parts.promote(bundle, Map.of());
  }

  /** The backend that holds the lock of the target, but for one. */
  int working(int except) {
    List<String> pids =
        database()
            .list(
                """
                SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 19531 AND granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND pid <> %d
                """
                    .formatted(except));
    return pids.isEmpty() ? 0 : Integer.parseInt(pids.get(0));
  }

  /** Of a backend, from pg_stat_activity; empty once it is gone. */
  String activity(String column, int pid) {
    return database()
        .list("SELECT coalesce(" + column + "::text, '') FROM pg_stat_activity WHERE pid = " + pid)
        .stream()
        .findFirst()
        .orElse("");
  }

  void awaitGone(int pid) {
    Await.until("backend " + pid + " is gone", () -> activity("state", pid), String::isEmpty);
  }

  @Override
  public void close() {
    worker.kill();
    proxy.close();
  }

  private Child nextWorker() {
    return parts.startWorker(name + "-" + ++workers, environments);
  }

  private String firstChange() {
    return "change: matrix-first\nwhy: the ledger\nrisk: low\nthrough: [ "
        + name
        + ": { rehearse: false } ]\n";
  }
}
