package io.lockkeeper.deploy.promotion;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.RealTemporal;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/**
 * Two of the five sections of the dashboard example, in dev alone: the second may take two seconds,
 * and an old snapshot makes it take longer. Then the backup is brought back.
 */
final class DashboardOverTime {
  private static final String INDEXES =
      "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'idx\\_metrics\\_%' ORDER BY 1";
  private static final String ROWS = "SELECT count(*) FROM metrics";
  private static final String CHANGE =
      """
      change: dashboard-over-time
      why: The second of its indexes takes longer than it may
      risk: medium
      sections: { 10_covering: { within: 3m, pace: 5m }, 20_keyset: { within: 2s } }
      checks:
        pool_fits: { sql: checks/pool_fits.sql, expect: value >= 0, when: before }
        rows_kept: { kept: metrics, when: [after, rolled_back] }
      precheck: [pool_fits]
      backup: { how: verified, name: "over_time_{date}_{time}", within: 5m }
      rollback:
        A: { within: 15m }
        B: { within: 15m, roles: [dba] }
      through:
        - dev: { rehearse: false }
      """;

  private final Up up;
  private final Sql dev;

  DashboardOverTime(Up up) {
    this.up = up;
    this.dev = up.target("dev");
  }

  /**
   * What became of it.
   *
   * @param paused how it stood still
   * @param indexes of the change that were there then
   * @param rowsBeside in the database from before, which is dropped since
   */
  record Restored(
      String id,
      JsonNode paused,
      List<String> indexes,
      List<String> invalid,
      List<String> indexesAfter,
      long rowsBefore,
      long rowsAfter,
      long rowsBeside) {}

  /** The same sections, whose pool is larger. */
  static byte[] withAPoolOf(int sessions) {
    return bundle("dashboard-pool", text("checks/pool_fits.sql").replace("100", "" + sessions));
  }

  private static byte[] bundle(String name, String pool) {
    return Change.of(
        CHANGE.replace("dashboard-over-time", name),
        "sql/10_covering.sql",
        text("sql/10_covering.sql"),
        "sql/20_keyset.sql",
        text("sql/20_keyset.sql"),
        "checks/pool_fits.sql",
        pool);
  }

  private static String text(String file) {
    try {
      return Files.readString(
          RealTemporal.home().resolve("deploy/examples/dashboard").resolve(file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the whole change has gone through dev. */
  Restored restored() {
    dev.list(INDEXES).forEach(index -> dev.execute("DROP INDEX " + index));
    long rows = Long.parseLong(dev.one(ROWS));
    String id =
        up.promote(up.push(bundle("dashboard-over-time", text("checks/pool_fits.sql"))), Map.of());
    up.until(id, "PARKED");
    JsonNode paused = overTime(id);
    List<String> indexes = dev.list(INDEXES);
    List<String> invalid = dev.list("SELECT 1 FROM pg_index WHERE NOT indisvalid");
    dev.execute(
        "INSERT INTO metrics SELECT max(id) + 1, 'cpu', 1, 'host-1', '{}', now() FROM metrics");
    act(id, "boris", "dba", "rollback", Map.of("reason", "it is too late", "option", "B"));
    up.until(id, "ROLLED_BACK");
    String kept = new Journal(up.journal(id)).evidence("dev", "restore").path("kept_as").asText();
    Sql beside = new Sql(dev.url().replaceFirst("/[^/]+$", "/" + kept), dev.user(), dev.password());
    Restored restored =
        new Restored(
            id,
            paused,
            indexes,
            invalid,
            dev.list(INDEXES),
            rows,
            Long.parseLong(dev.one(ROWS)),
            Long.parseLong(beside.one(ROWS)));
    dev.execute("DROP DATABASE \"" + kept + "\"");
    announced();
    return restored;
  }

  /** A snapshot holds the build up, and not the removal of what it leaves. */
  private JsonNode overTime(String id) {
    try (Connection reader = dev.connect();
        Statement reads = reader.createStatement()) {
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      reads.execute("SELECT 1");
      act(id, "dora", "operations-lead", "resume", Map.of("reason", "no need to wait"));
      return up.until(id, "PAUSED");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void act(
      String id, String person, String role, String act, Map<String, String> statement) {
    Parts.good(up.as(person, role).post("/promotions/" + id + "/" + act, statement));
  }

  /** The next promotion is signed for the database that serves now. */
  private void announced() {
    String live = dev.one("SELECT oid FROM pg_database WHERE datname = current_database()");
    Await.until(
        "the worker has announced the restored database",
        () -> up.client().get("/environments").text(),
        environments -> environments.contains(live));
  }
}
