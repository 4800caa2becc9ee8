package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFailuresTest {
  @AutoClose private static final Database DATABASE = Server.fresh();

  private SQLException thrown(String sql) {
    try (Connection connection = DATABASE.session("app")) {
      Rows.execute(connection, sql);
    } catch (SQLException e) {
      return e;
    }
    throw new AssertionError("it did not fail: " + sql);
  }

  private LockkeeperException told(SQLException e) {
    return SqlFailures.of("reading the ledger", DATABASE.target(), e);
  }

  @Test
  void lockTimeout_isOneAndIsTold() throws SQLException {
    DATABASE.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (n int)");
    try (Connection holder = DATABASE.session("holder")) {
      holder.setAutoCommit(false);
      Rows.execute(holder, "LOCK TABLE t");

      SQLException timeout = thrown("SET lock_timeout = '50ms'; SELECT * FROM t");

      assertThat(SqlFailures.isLockTimeout(timeout)).isTrue();
      assertThat(SqlFailures.isConnection(timeout)).isFalse();
      assertThat(SqlFailures.text(timeout))
          .isEqualTo("canceling statement due to lock timeout (SQLState 55P03)");
    }
  }

  @Test
  void deadlock_isToldWithoutTheRowsOfBoth() throws SQLException {
    DATABASE.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)");
    try (Connection one = DATABASE.session("one");
        Connection two = DATABASE.session("two")) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      Rows.execute(one, "UPDATE t SET n = n WHERE n = 1");
      Rows.execute(two, "UPDATE t SET n = n WHERE n = 2");
      Background<Optional<SQLException>> first =
          Background.run(() -> failure(one, "UPDATE t SET n = n WHERE n = 2"));
      Optional<SQLException> second = failure(two, "UPDATE t SET n = n WHERE n = 1");

      SQLException deadlock = second.or(first::result).orElseThrow();

      assertThat(SqlFailures.text(deadlock)).isEqualTo("deadlock detected (SQLState 40P01)");
      assertThat(told(deadlock).text())
          .isEqualTo(
              "LK-SQL-FAILED: reading the ledger of magnus (dev): deadlock detected (SQLState"
                  + " 40P01). the statement had no effect. Mend the cause, then retry the step.");
    }
  }

  /** The one that fails ends its transaction, so that the other one comes through. */
  private static Optional<SQLException> failure(Connection connection, String sql)
      throws SQLException {
    try {
      Rows.execute(connection, sql);
      return Optional.empty();
    } catch (SQLException e) {
      connection.rollback();
      return Optional.of(e);
    }
  }

  @Test
  void rowValuesInTheDetail_areLeftOut() {
    DATABASE.sql(
        "DROP TABLE IF EXISTS t; CREATE TABLE t (n text UNIQUE); INSERT INTO t VALUES ('a secret')");

    SQLException duplicate = thrown("INSERT INTO t VALUES ('a secret')");

    assertThat(duplicate.getMessage()).contains("a secret");
    assertThat(told(duplicate).text()).contains("t_n_key").doesNotContain("a secret");
  }

  @Test
  void serverThatIsDown_isTriedAgain() {
    Target down = new Target("dev", settings("jdbc:postgresql://127.0.0.1:1/magnus", "engine"));

    LockkeeperException told = refused(down);

    assertThat(told.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    assertThat(told.code().retried()).isTrue();
    assertThat(told.text())
        .contains("it is not known what the target is doing")
        .contains("it is tried again by itself");
  }

  @Test
  void databaseThatDoesNotExist_isTheWrongTarget() {
    String url = DATABASE.url().replace(DATABASE.name(), "elsewhere");

    assertThat(refused(new Target("dev", settings(url, "engine"))).text())
        .isEqualTo(
            "LK-WRONG-TARGET: reading the ledger of magnus (dev): database \"elsewhere\" does not"
                + " exist (SQLState 3D000). the server has no such database. Check the url in the"
                + " worker's file.");
  }

  @Test
  void roleThatIsNotLetIn_isToldToCheckItsCredentials() {
    assertThat(refused(new Target("dev", settings(DATABASE.url(), "nobody"))).text())
        .isEqualTo(
            "LK-TARGET-CREDENTIALS: reading the ledger of magnus (dev): role \"nobody\" does not"
                + " exist (SQLState 28000). the target does not let user nobody in. Check user and"
                + " command:/bin/hostname in the worker's file.");
  }

  private static TargetSettings settings(String url, String user) {
    SecretRef password = SecretRef.parse("command:/bin/hostname");
    return new TargetSettings("magnus", url, user, password, Optional.empty());
  }

  private static LockkeeperException refused(Target target) {
    try (Connection connection = target.dedicated("test")) {
      throw new AssertionError("it let us in: " + connection);
    } catch (SQLException e) {
      return SqlFailures.of("reading the ledger", target, e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "08006, true",
    "08001, true",
    "57P01, true",
    "57P02, true",
    "57P03, true",
    "53300, true",
    "42P01, false",
    "55P03, false",
    "57014, false",
    "40P01, false",
    "23505, false",
  })
  void onlyALostConnection_isOne(String state, boolean connection) {
    assertThat(SqlFailures.isConnection(new SQLException("x", state))).isEqualTo(connection);
  }

  @Test
  void failureWithoutState_countsAsLost() {
    SQLException odd = new SQLException("an odd one\nwith a second line");

    assertThat(SqlFailures.isConnection(odd)).isTrue();
    assertThat(SqlFailures.text(odd)).isEqualTo("an odd one");
  }

  @ParameterizedTest
  @CsvSource({"SELECT * FROM nowhere, true", "SELECT * FROM no.where, true", "SELECT 1/0, false"})
  void onlyAMissingThing_isMissing(String sql, boolean missing) {
    assertThat(SqlFailures.isMissing(thrown(sql))).isEqualTo(missing);
  }
}
