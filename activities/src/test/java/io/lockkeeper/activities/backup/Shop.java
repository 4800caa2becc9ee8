package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.DeclaredWayBack;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A shop in the middle of a promotion: 1,001 stocks on which a view depends, a verified backup of
 * them, then a section that was applied and rows that were written since.
 */
final class Shop implements AutoCloseable {
  static final String NONCE = "the statement's nonce";
  static final String SECTION = "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);";
  static final String ROWS = "SELECT count(*) FROM stocks";

  final Database database = Server.fresh();

  /** Of its own, so that shops beside each other share no name on the server. */
  final String promotion = database.name().replace('_', '-') + "-1";

  final Target target;
  final Engine engine;
  final Manifest backup;

  Shop(Kind kind, Path directory) {
    this(new BackupSettings(kind, directory, ""));
  }

  Shop(BackupSettings settings) {
    database.sql(
        "CREATE TABLE stocks (id int PRIMARY KEY, sector text);"
            + "CREATE VIEW sectors AS SELECT sector, count(*) FROM stocks GROUP BY sector;"
            + "CREATE SEQUENCE tickets;"
            + "GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON stocks TO reader;"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7 FROM generate_series(1, 1001) n;"
            + "SELECT setval('tickets', 41)");
    target = new Target("dev", database.settings(Optional.of(settings)));
    engine = Engine.granted(database, promotion);
    baseline();
    backup = backup(settings);
    database.target().forgetSessions();
    engine.apply(SECTION);
    database.sql("INSERT INTO stocks SELECT n, 'later' FROM generate_series(2001, 2010) n");
  }

  /** Called verified without being restored once more: that is tested where it is done. */
  private Manifest backup(BackupSettings settings) {
    Backups backups = new Backups(target, database.name(), new Running());
    try {
      Manifest taken = backups.take(engine.work("backup", 1), settings.kind() == Kind.TEMPLATE);
      Manifest verified = taken.verified(taken.takenAt().plusSeconds(1));
      new BackupStore(settings.directory()).write(verified);
      known(verified);
      return verified;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ledger knows its manifest, as of one that was written in the regular way. */
  void known(Manifest manifest) {
    try (Fence fence = Fence.open(target, engine.work("backup", 1), what -> {})) {
      BackupLedger.add(fence, manifest.promotion(), manifest.id(), manifest.digest().orElseThrow());
    } catch (SQLException e) {
      throw new AssertionError("the ledger was not told of " + manifest.id(), e);
    }
  }

  /** As of now; replaces an earlier one. */
  void baseline() {
    TargetLedger ledger = new TargetLedger(target);
    try {
      ledger.writeBaseline(
          engine.work("baseline", 1),
          Engine.CHANGE,
          new Running(),
          "{}".getBytes(UTF_8),
          ledger.fingerprint(),
          DeclaredWayBack.NOTHING);
    } catch (SQLException e) {
      throw new AssertionError("no baseline", e);
    }
  }

  Restorer.Restored restore() {
    return restore(Moments.UNHEARD);
  }

  Restorer.Restored restore(Moments moments) {
    return restore(moments, NONCE, 1);
  }

  Restorer.Restored restore(Moments moments, String nonce, int attempt) {
    Restorer.Restored restored =
        new Restorer(target, new Running(), moments)
            .restore(
                engine.work("restore", attempt),
                new Restorer.Wanted(promotion, nonce, Optional.empty()));
    database.target().forgetSessions();
    return restored;
  }

  String swapBack(Moments moments) {
    String restored =
        new Restorer(target, new Running(), moments)
            .swapBack(engine.work("swap-back", 1), promotion)
            .keptAs();
    database.target().forgetSessions();
    return restored;
  }

  DatabaseNames names() {
    return DatabaseNames.of(database.name(), promotion);
  }

  /** Those of ours that are there. */
  List<String> databases() {
    return Server.list(
        "SELECT datname FROM pg_database WHERE datname LIKE '" + database.name() + "%' ORDER BY 1");
  }

  long oid(String name) {
    return Long.parseLong(
        Server.list("SELECT oid FROM pg_database WHERE datname = '" + name + "'").get(0));
  }

  /** In another of its databases. */
  List<String> list(String name, String sql) {
    return Server.list(name, sql);
  }

  long rows() {
    return database.number(ROWS);
  }

  @Override
  public void close() {
    target.close();
    names().all().forEach(Server::drop);
    if (backup.how().equals("template")) {
      Server.drop(backup.file());
    }
    database.close();
  }
}
