package io.lockkeeper.activities.statements;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.MemoryBlobs;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.StatementChanges;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StatementWatchTest {
  private static final String BY_SECTOR =
      "SELECT count(*) FROM stocks WHERE sector = ? AND id <> ?";
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: nine-indexes
          why: An index for the screener
          risk: low
          probes:
            newest: { sql: "SELECT max(id) FROM stocks WHERE id > :least", with: { least: 5 }, runs: 3 }
          checks:
            enough: { sql: SELECT count(*) FROM stocks, expect: value > 0 }
          through:
            - dev
          """,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");

  @AutoClose private final Database database = Server.fresh();
  private final MemoryBlobs blobs = new MemoryBlobs();
  private final StatementWatch watch = new StatementWatch(database.target(), blobs);

  private void installed() {
    database.asSuperuser("CREATE EXTENSION pg_stat_statements");
    database.sql(
        "CREATE TABLE stocks (id int, sector text);"
            + "INSERT INTO stocks SELECT n, 's' || n FROM generate_series(1, 60000) n;"
            + "CREATE INDEX by_sector ON stocks (sector); ANALYZE stocks;"
            + "GRANT ALL ON stocks TO stranger");
  }

  /** What the application does, which is another role than ours. */
  private void application(int calls) {
    try (Connection session = database.session("stranger", "app");
        PreparedStatement query = session.prepareStatement(BY_SECTOR)) {
      for (int call = 0; call < calls; call++) {
        query.setString(1, "s" + call);
        query.setInt(2, call);
        query.executeQuery().close();
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void application(String... statements) {
    try (Connection session = database.session("stranger", "app");
        Statement statement = session.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private String mark() throws SQLException {
    return watch.mark().map(BlobRef::sha256).orElseThrow();
  }

  private StatementChanges since(String baseline, String start) {
    return watch.since(
        BUNDLE.change(), "dev", Optional.of(baseline), Optional.of(start), "texts.json");
  }

  private List<String> texts(StatementChanges changes) {
    if (changes.texts().isEmpty()) {
      return List.of();
    }
    JsonNode texts = Json.read(blobs.text(changes.texts().get()), JsonNode.class);
    return changes.more().stream().map(change -> texts.path(change.id()).asText()).toList();
  }

  @Test
  void queryThatHasLostItsIndex_takesMoreTime() throws SQLException {
    installed();
    application(50);
    String baseline = mark();
    database.sql("DROP INDEX by_sector");
    String start = mark();
    application(30);

    StatementChanges changes = since(baseline, start);

    assertThat(changes.untold()).isEmpty();
    assertThat(texts(changes))
        .contains("SELECT count(*) FROM stocks WHERE sector = $1 AND id <> $2");
    StatementChange slower = changes.more().get(0);
    assertThat(slower.before().orElseThrow().calls()).isEqualTo(50);
    assertThat(slower.now().calls()).isEqualTo(30);
    assertThat(slower.now().rows()).isEqualTo(30);
    assertThat(slower.now().mean()).isGreaterThan(5 * slower.before().get().mean());
    assertThat(changes.texts().orElseThrow().name()).isEqualTo("texts.json");
    assertThat(Json.text(changes)).doesNotContain("SELECT");
  }

  @Test
  void ourOwnStatements_areNotTold() throws SQLException {
    installed();
    String baseline = mark();
    // By our role; by a probe that is run as the application's role, whoever ran it first.
    try (Connection ours = database.session("app");
        Statement statement = ours.createStatement()) {
      statement.executeQuery("SELECT count(*), 1 FROM stocks s").close();
    }
    application(
        "/* lockkeeper probe */ SELECT min(id) FROM stocks",
        "select max(id)  from stocks where id > 77",
        "SELECT count(*) FROM stocks",
        "SELECT sum(id) FROM stocks");

    assertThat(texts(since(baseline, baseline))).containsExactly("SELECT sum(id) FROM stocks");
  }

  @Test
  void commandsWhoseWordsMayBeSecrets_areNotTold() throws SQLException {
    installed();
    String baseline = mark();
    application(
        "ALTER ROLE stranger PASSWORD 'open sesame'",
        "SELECT id FROM stocks /* for ana@example.org */ WHERE sector = 'open sesame'",
        "EXPLAIN SELECT id FROM stocks WHERE sector = 'open sesame'");

    StatementChanges changes = since(baseline, baseline);

    assertThat(texts(changes)).containsExactly("SELECT id FROM stocks WHERE sector = $1");
  }

  @Test
  void resetInBetween_isSaid_andTheStageGoesOnBeingCounted() throws SQLException {
    installed();
    application(50);
    String baseline = mark();
    application(30);
    String start = mark();
    database.asSuperuser("SELECT pg_stat_statements_reset()");
    database.sql("DROP INDEX by_sector");
    application(20);

    StatementChanges changes = since(baseline, start);

    StatementChange slower = changes.more().get(0);
    assertThat(texts(changes).get(0)).startsWith("SELECT count(*) FROM stocks WHERE sector");
    assertThat(slower.before().orElseThrow().calls()).isEqualTo(50);
    assertThat(slower.now().calls()).isEqualTo(20);
    assertThat(changes.notes())
        .singleElement()
        .asString()
        .startsWith("the statistics were reset at 20")
        .endsWith(": what was counted of this stage before that is lost");
  }

  @Test
  void withoutTheExtension_itIsSaid_andIsNoFault() throws SQLException {
    assertThat(watch.mark()).isEmpty();
    assertThat(since("0".repeat(64), "0".repeat(64)))
        .isEqualTo(
            StatementChanges.untold(
                "the extension pg_stat_statements is not installed in this database"));
  }

  @Test
  void extensionInASchemaOfItsOwn_isFound() throws SQLException {
    database.asSuperuser(
        "CREATE SCHEMA \"my stats\"; CREATE EXTENSION pg_stat_statements SCHEMA \"my stats\";"
            + "GRANT USAGE ON SCHEMA \"my stats\" TO engine; CREATE TABLE t ();"
            + "GRANT ALL ON t TO stranger");
    String baseline = mark();
    application("SELECT FROM t");

    assertThat(texts(since(baseline, baseline))).containsExactly("SELECT FROM t");
  }

  @Test
  void roleThatIsNotShownOthersStatements_isToldWhatItLacks() throws SQLException {
    database.asSuperuser("CREATE EXTENSION pg_stat_statements");
    TargetSettings blind =
        new TargetSettings(
            "magnus",
            database.url(),
            "stranger",
            database.settings(Optional.empty()).password(),
            Optional.empty());
    try (Target target = new Target("dev", blind)) {
      StatementWatch watched = new StatementWatch(target, blobs);

      assertThat(watched.mark()).isEmpty();
      assertThat(
              watched
                  .since(BUNDLE.change(), "dev", Optional.empty(), Optional.empty(), "x")
                  .untold())
          .isEqualTo(
              "the role lacks pg_read_all_stats (GRANT pg_monitor TO it), so the server does not"
                  + " tell it of others' statements");
    }
  }

  @Test
  void whatWasNotLookedAtBefore_orIsOutOfReach_isSaid() throws SQLException {
    installed();
    String baseline = mark();

    assertThat(
            watch
                .since(BUNDLE.change(), "dev", Optional.empty(), Optional.of(baseline), "x")
                .untold())
        .isEqualTo("it was not looked at before the change");
    blobs.away(true);
    assertThat(since(baseline, baseline).untold()).contains("reading the blob");
  }
}
