package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RestoreRightsTest {
  @AutoClose private final Database database = Server.fresh();

  private static List<String> missing(Target target) throws SQLException {
    return RestoreRights.missing(target).stream().map(RestoreRights.Missing::text).toList();
  }

  private Target as(String user) {
    TargetSettings engine = database.settings(Optional.empty());
    return new Target(
        "dev",
        new TargetSettings(engine.name(), engine.url(), user, engine.password(), Optional.empty()));
  }

  @Test
  void roleThatOwnsObservesAndMakesDatabases_lacksNothing() throws SQLException {
    assertThat(missing(database.target())).isEmpty();
  }

  @Test
  void roleThatMayNothing_isToldWhatASuperuserRuns() throws SQLException {
    database.sql("CREATE TABLE stocks (id int)");

    try (Target stranger = as("stranger")) {
      assertThat(missing(stranger))
          .containsExactly(
              "it may not make databases: ALTER ROLE stranger CREATEDB",
              "it does not own the database: ALTER DATABASE "
                  + database.name()
                  + " OWNER TO stranger",
              "it may not end the sessions of others: GRANT pg_signal_backend TO stranger",
              "it does not see the sessions of others: GRANT pg_read_all_stats TO stranger",
              "it cannot give things to their owner engine: GRANT engine TO stranger");
    }
  }

  @Test
  void tableOfAnotherOwner_needsThatOwnersMembership() throws SQLException {
    database.asSuperuser("CREATE SCHEMA theirs AUTHORIZATION reader");

    assertThat(missing(database.target()))
        .containsExactly("it cannot give things to their owner reader: GRANT reader TO engine");
  }

  @Test
  void preparedTransaction_isInTheWayOfARename() throws SQLException {
    String name = "left of " + database.name();
    try (Connection session = database.session("app");
        Statement statement = session.createStatement()) {
      statement.execute("CREATE TABLE stocks (id int)");
      session.setAutoCommit(false);
      statement.execute("INSERT INTO stocks VALUES (1)");
      statement.execute("PREPARE TRANSACTION '" + name + "'");
    }

    assertThat(missing(database.target())).isEmpty();
    assertThat(
            RestoreRights.hindrances(database.target()).stream()
                .map(RestoreRights.Missing::text)
                .toList())
        .containsExactly(
            "a prepared transaction is open there, and a database with one keeps its name:"
                + " ROLLBACK PREPARED '"
                + name
                + "'");
    database.sql("ROLLBACK PREPARED '" + name + "'");
  }
}
