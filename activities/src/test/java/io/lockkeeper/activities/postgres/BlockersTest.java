package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activity.Blocker;
import io.lockkeeper.section.LockMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockersTest {
  @AutoClose private final Database database = Server.fresh();

  private Connection open(String application, String sql) throws SQLException {
    Connection session = database.session(application);
    session.setAutoCommit(false);
    Rows.execute(session, sql);
    return session;
  }

  private static int pid(Connection session) throws SQLException {
    return Rows.one(session, "SELECT pg_backend_pid()", row -> row.getInt(1));
  }

  private List<Blocker> before(int pid) {
    try {
      return database.target().read(connection -> Blockers.before(connection, pid));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Tag("T26")
  void tree_namesWhoIsWaitedForAndWhomHeWaitsFor() throws SQLException {
    database.sql("CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'a')");
    try (Connection report = open("report", "SELECT name FROM t WHERE name = 'a secret'");
        Connection admin = database.session("admin");
        Connection reader = database.session("reader")) {
      int report1 = pid(report);
      int admin1 = pid(admin);
      int reader1 = pid(reader);
      Rows.one(report, "SELECT count(*) FROM t WHERE name = 'a secret'", row -> row.getInt(1));
      Background<Boolean> alter = execute(admin, "ALTER TABLE t ADD COLUMN note text");
      Eventually.until("the first waits", () -> !before(admin1).isEmpty());
      Background<Boolean> read = execute(reader, "TABLE t");
      Eventually.until("the second waits", () -> !before(reader1).isEmpty());

      Blocker first = before(reader1).get(0);

      assertThat(first.pid()).isEqualTo(admin1);
      assertThat(first.user()).isEqualTo("engine");
      assertThat(first.application()).isEqualTo("admin");
      assertThat(first.state()).isEqualTo("active");
      assertThat(first.query()).isEqualTo(Optional.of("ALTER TABLE t ADD COLUMN note text"));
      Blocker second = first.waitsFor().get(0);
      assertThat(second.pid()).isEqualTo(report1);
      assertThat(second.state()).isEqualTo("idle in transaction");
      assertThat(second.query()).isEqualTo(Optional.of("SELECT count(*) FROM t WHERE name = ?"));
      assertThat(second.waitsFor()).isEmpty();
      assertThat(first.text())
          .matches(
              "pid \\d+ \"admin\" of engine active for \\d+ s, which waits for \\(pid "
                  + report1
                  + " \"report\" of engine idle in transaction for \\d+ s(, its.*)?\\)");
      assertThat(Blockers.all(database.target())).extracting(Blocker::pid).contains(admin1);
      report.rollback();
      alter.result();
      read.result();
    }
  }

  @Test
  void preparedTransaction_isNamedByItsIdentifier() throws SQLException {
    database.sql("CREATE TABLE t (id int)");
    String name = "order-7-" + database.name();
    Connection client = open("client", "INSERT INTO t VALUES (1)");
    Rows.execute(client, "PREPARE TRANSACTION '" + name + "'");
    client.close();
    long table = database.number("SELECT 't'::regclass::oid");

    List<Blocker> blockers =
        database.target().read(c -> Blockers.of(c, table, LockMode.ACCESS_EXCLUSIVE, 0));

    assertThat(Blocker.text(blockers))
        .matches("prepared transaction \"" + name + "\" of engine for \\d+ s");
    database.sql("ROLLBACK PREPARED '" + name + "'");
  }

  @Test
  void who_waitsForNobody_hasNobodyBefore() throws SQLException {
    try (Connection session = database.session("app")) {
      assertThat(before(pid(session))).isEmpty();
    }
  }

  /** The server itself is asked which modes exclude each other. */
  @ParameterizedTest
  @EnumSource(LockMode.class)
  void conflictingModes_areThoseThatTheServerRefuses(LockMode mode) throws SQLException {
    database.sql("CREATE TABLE t (id int)");
    for (LockMode held : LockMode.values()) {
      try (Connection holder = open("holder", "LOCK TABLE t IN " + held.sql() + " MODE");
          Connection asker = database.session("asker")) {
        asker.setAutoCommit(false);
        String name =
            Rows.one(
                holder,
                "SELECT mode FROM pg_locks WHERE relation = 't'::regclass AND granted"
                    + " AND pid = pg_backend_pid()",
                row -> row.getString(1));

        assertThat(Blockers.conflicting(mode).contains(name))
            .as("%s beside %s", mode, held)
            .isEqualTo(refuses(asker, "LOCK TABLE t IN " + mode.sql() + " MODE NOWAIT"));
      }
    }
  }

  private static boolean refuses(Connection asker, String sql) throws SQLException {
    try {
      Rows.execute(asker, sql);
      return false;
    } catch (SQLException e) {
      if (SqlFailures.isLockTimeout(e)) {
        return true;
      }
      throw e;
    }
  }

  private static Background<Boolean> execute(Connection session, String sql) {
    return Background.run(
        () -> {
          Rows.execute(session, sql);
          return true;
        });
  }
}
