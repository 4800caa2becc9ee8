package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger of the first version opens, and what it knows is gone on with. */
class LedgerUpgradeTest {
  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void ledgerOfTheFirstVersion() throws IOException {
    try (InputStream script = LedgerSchema.class.getResourceAsStream("ledger-1.sql")) {
      database.sql(
          "CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.version (version integer PRIMARY KEY,"
              + " installed_at timestamptz NOT NULL DEFAULT now());"
              + new String(script.readAllBytes(), UTF_8)
              + "; INSERT INTO lockkeeper.version (version) VALUES (1)");
    }
    database.sql(
        """
        CREATE TABLE stocks (id bigint PRIMARY KEY, sector text);
        CREATE INDEX idx_sector ON stocks (sector);
        INSERT INTO lockkeeper.unit (promotion, pass, section, unit, change, title, digest,
          transactional, state, object_schema, object_name, object_table, definition, inverse,
          started_at, finished_at, pid, attempt, epoch)
        VALUES ('nine-indexes-1', 'deploy', '10_stocks', 1, 'c', 'create index idx_sector', 'd',
          false, 'finished', 'public', 'idx_sector', 'public.stocks',
          'CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector)',
          '{"DROP INDEX CONCURRENTLY \\"public\\".\\"idx_sector\\""}', now(), now(), 1, 1, 1);
        """);
  }

  @Test
  void unitThatWasDone_isNotDoneAgain() {
    Engine engine = Engine.granted(database);

    StepResult applied =
        engine.apply("CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);\nVACUUM stocks;");

    assertThat(Engine.outcomes(applied)).containsExactly("done before", "run");
    assertThat(database.list("SELECT version FROM lockkeeper.version ORDER BY 1"))
        .containsExactly("1", "2", "3", "4");
  }

  @Test
  void unitThatWasDone_isTakenBack() {
    Engine engine = Engine.granted(database);

    StepResult reverted = engine.revert();

    assertThat(reverted.verdict()).isEqualTo(Verdict.PASS);
    assertThat(Engine.outcomes(reverted)).containsExactly("taken back");
    assertThat(database.holds("to_regclass('idx_sector') IS NULL")).isTrue();
  }

  @Test
  void ledgerThatIsUpToDate_isLeftAsItIs() {
    Engine engine = Engine.granted(database);
    String before = database.value("SELECT max(installed_at) FROM lockkeeper.version");

    engine.apply("VACUUM stocks;");

    assertThat(database.value("SELECT max(installed_at) FROM lockkeeper.version"))
        .isEqualTo(before);
  }
}
