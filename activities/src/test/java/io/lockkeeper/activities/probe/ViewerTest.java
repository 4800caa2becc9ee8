package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Probe;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries as the application's role, on a table whose rows a policy shares out among users. */
class ViewerTest {
  @AutoClose private static final Database DATABASE = Server.fresh();

  private final EnvironmentSettings environment =
      Worker.settings(DATABASE, Optional.empty(), Map.of(), Map.of(), Set.of());
  private final HttpRequests requests = new HttpRequests(environment);
  private final ProbeRunner runner = new ProbeRunner(DATABASE.target(), requests);

  /** Roles belong to the server, which other tests use at the same time. */
  @BeforeAll
  static void notes() {
    DATABASE.asSuperuser(
        """
        CREATE ROLE viewer_app NOLOGIN;
        CREATE ROLE viewer_bypass NOLOGIN BYPASSRLS;
        CREATE ROLE viewer_super NOLOGIN SUPERUSER;
        CREATE ROLE viewer_foreign NOLOGIN;
        GRANT viewer_app, viewer_bypass, viewer_super TO engine;
        """);
    DATABASE.sql(
        """
        CREATE TABLE notes (id int PRIMARY KEY, owner_id text NOT NULL);
        INSERT INTO notes SELECT i, 'user ' || i % 10 FROM generate_series(1, 1000) i;
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON notes FOR SELECT TO viewer_app
          USING (owner_id = current_setting('app.user_id', true));
        GRANT SELECT ON notes TO viewer_app;
        ANALYZE notes;
        """);
  }

  private static Bundle bundle(String lines) {
    return Changes.of(
        Changes.PLAIN + lines, "sql/10.sql", "CREATE INDEX CONCURRENTLY i ON notes (owner_id);");
  }

  private static Probe probe(String written) {
    return bundle("probes:\n  it: " + written + "\n").change().probes().get(0);
  }

  private Measured measure(String written) throws SQLException, UnmeasuredException {
    Probe probe = probe(written);
    return runner.measure(probe, runner.bind(probe));
  }

  private CheckRunner.Found make(String written, CheckRunner.Before before) {
    Check check = bundle("checks:\n  it: " + written + "\n").change().checks().get(0);
    return new CheckRunner(environment, DATABASE.target(), requests).make(check, before);
  }

  @Test
  @Tag("C27")
  void roleOfTheApplication_seesWhatItsPolicyLetsItSee_andTheOwnerSeesAll()
      throws SQLException, UnmeasuredException {
    Measured owner = measure("{ sql: SELECT * FROM notes, runs: 2 }");
    Measured member =
        measure(
            "{ sql: SELECT * FROM notes, runs: 2, as: viewer_app, set: { app.user_id: { sql:"
                + " SELECT max(owner_id) FROM notes } } }");
    Measured outsider =
        measure(
            "{ sql: SELECT * FROM notes, runs: 2, as: viewer_app, set: { app.user_id: nobody } }");

    assertThat(owner.rows()).isEqualTo(1000);
    assertThat(member.rows()).isEqualTo(100);
    assertThat(outsider.rows()).isZero();
  }

  @Test
  void roleAndSettings_endWithTheTransaction() throws SQLException, UnmeasuredException {
    for (int i = 0; i < 4; i++) {
      measure("{ sql: SELECT 1, runs: 2, as: viewer_app, set: { app.user_id: someone } }");
    }

    assertThat(measure("SELECT * FROM notes").rows()).isEqualTo(1000);
    assertThat(
            make(
                    "{ sql: \"SELECT current_user || coalesce(current_setting('app.user_id', true),"
                        + " '')\", expect: value = engine }",
                    CheckRunner.Before.NOTHING)
                .verdict())
        .isEqualTo(Verdict.PASS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "viewer_super | role viewer_super is a superuser, so row-level security does not bind it and"
            + " what it sees proves nothing; name the role of the application",
        "viewer_bypass | role viewer_bypass has BYPASSRLS, so row-level security does not bind it and"
            + " what it sees proves nothing; name the role of the application",
        "viewer_foreign | engine may not act as viewer_foreign: GRANT viewer_foreign TO engine",
        "viewer_nobody | there is no role viewer_nobody",
      })
  void roleThatProvesNothing_isRefused(String role, String expected) throws SQLException {
    assertThatThrownBy(() -> measure("{ sql: SELECT * FROM notes, as: " + role + " }"))
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith(expected);
    assertThat(Viewer.refused(DATABASE.target(), role).orElseThrow()).startsWith(expected);
    assertThat(make("{ sql: SELECT 1, as: " + role + " }", CheckRunner.Before.NOTHING).sentence())
        .startsWith("the query failed: " + expected);
  }

  @Test
  void roleThatIsBound_isNotRefused() throws SQLException {
    assertThat(Viewer.refused(DATABASE.target(), "viewer_app")).isEmpty();
  }

  @Test
  void check_isMadeAsItsRole_withTheSettingsOfBefore() {
    String written =
        "{ sql: SELECT count(*) FROM notes, as: viewer_app, expect: value = 100, set:"
            + " { app.user_id: { sql: SELECT min(owner_id) FROM notes } } }";
    CheckRunner.Before before =
        new CheckRunner.Before(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Map.of("app.user_id", "nobody")),
            List.of());

    assertThat(make(written, CheckRunner.Before.NOTHING).sentence())
        .isEqualTo("value 100, limit = 100");
    assertThat(make(written, before).sentence()).isEqualTo("value 0, limit = 100");
  }
}
