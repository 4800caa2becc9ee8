package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetLedger.Connected;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.BackupName;
import io.lockkeeper.change.BackupRule;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes a backup under a name of its own, or writes down one that somebody else took. */
record BackupTaking(BackupPlace place) {

  /** Writes a manifest down. */
  interface Keeping {
    void of(Manifest manifest) throws IOException, SQLException;
  }

  /**
   * Takes one.
   *
   * @param promotion for which; empty for none
   * @param name pattern of its name
   * @param change its name, for the backup's
   */
  Manifest taken(
      Connection connection,
      BackupGate gate,
      String promotion,
      String name,
      String change,
      Keeping keeping)
      throws IOException, SQLException {
    Connected connected = new TargetLedger(place.target()).connected();
    refuseOldTools(connected);
    Optional<Manifest> last = place.newestFirst(gate, any -> true).stream().findFirst();
    try (BackupStore.Reserved reserved =
        place.store().reserve(name(name, gate.now(), promotion, change))) {
      Way way = place.ways(promotion.isEmpty() ? Backups.REGULAR : ClientTool.NAME).now();
      Manifest taken =
          way.take(
                  connection,
                  new Way.Wanted(
                      reserved.id(),
                      promotion,
                      place.environment(),
                      gate.identity(),
                      connected.database(),
                      connected.databaseSize(),
                      gate.now(),
                      DumpCourse.expected(
                          last.filter(m -> m.how().equals(way.how())), connected.databaseSize())))
              .sealed();
      keeping.of(taken);
      return taken;
    }
  }

  private String name(String pattern, Instant now, String promotion, String change) {
    Map<String, String> values = new HashMap<>();
    values.put("date", now.atZone(ZoneOffset.UTC).toLocalDate().toString());
    values.put("time", DateTimeFormatter.ofPattern("HHmmss").format(now.atZone(ZoneOffset.UTC)));
    values.put("environment", place.environment());
    values.put("target", place.target().settings().name());
    values.put("change", change);
    values.put("promotion", promotion);
    return BackupName.fill(pattern, values);
  }

  private void refuseOldTools(Connected connected) {
    if (place.settings().kind() != Kind.PG_DUMP) {
      return;
    }
    int server = (int) connected.number();
    Optional<Integer> version = ClientTool.majorVersion("pg_dump");
    if (version.filter(v -> v >= server).isEmpty()) {
      throw BackupFailures.problem(
          place.target(),
          "pg_dump "
              + version.map(String::valueOf).orElse("is not installed")
              + " cannot back up a server of version "
              + server,
          null);
    }
  }

  /** A worker that died leaves its pg_dump behind, with locks that others wait for. */
  static void endLostTools(Connection connection) throws SQLException {
    Statements.list(
        connection,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND usename = current_user AND application_name = '"
            + ClientTool.NAME
            + "'");
  }

  /**
   * What the worker's command finds is written down, as far as nobody has it yet.
   *
   * @param refused is told where the command fails
   */
  void adopt(Fence fence, BackupGate gate, BackupRule rule, List<String> refused)
      throws IOException, SQLException {
    Optional<CommandWay> way = place.ways().command();
    if (way.isEmpty() || rule.from().isPresent()) {
      return;
    }
    String database = new TargetLedger(place.target()).connected().database();
    try (BackupStore.Reserved reserved =
        place.store().reserve(name(BackupName.USUAL, gate.now(), "", ""))) {
      Optional<Manifest> found =
          way.get()
              .find(
                  new Way.Wanted(
                      reserved.id(),
                      "",
                      place.environment(),
                      gate.identity(),
                      database,
                      0,
                      gate.now(),
                      0));
      boolean known =
          place.newestFirst(gate, any -> true).stream()
              .anyMatch(m -> found.filter(f -> f.file().equals(m.file())).isPresent());
      if (found.isPresent() && !known) {
        place.keep(fence, found.get().sealed());
      }
    } catch (ToolFailedException e) {
      refused.add(e.doing() + ": " + e.words());
    }
  }
}
