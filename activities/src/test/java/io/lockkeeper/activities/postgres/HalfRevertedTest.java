package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A unit that cannot be taken back: what goes on, what waits, what is told, and what ends it. */
class HalfRevertedTest {
  private static final String COLUMN = "ALTER TABLE stocks ADD COLUMN region text;\n";
  private static final String FILLED = "CREATE INDEX CONCURRENTLY idx_region ON stocks (region);\n";
  private static final String OTHER =
      "CREATE INDEX CONCURRENTLY idx_user ON positions (user_id);\n";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void tables() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text);"
            + "CREATE TABLE positions (id bigint PRIMARY KEY, user_id bigint);"
            + "INSERT INTO stocks SELECT n, 'sector ' || n % 7 FROM generate_series(1, 50) n");
    engine = Engine.granted(database);
  }

  /** Somebody puts an index of his own in place of the one that the section made. */
  private void stranger() {
    database.sql("DROP INDEX idx_region; CREATE UNIQUE INDEX idx_region ON stocks (id, region)");
  }

  private List<String> columns() {
    return database.list(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'stocks'::regclass AND attnum > 0"
            + " AND NOT attisdropped ORDER BY attnum");
  }

  private List<String> indexes() {
    return database.list("SELECT relname FROM pg_class WHERE relname LIKE 'idx%' ORDER BY 1");
  }

  @Test
  void restGoesOnWhereItTouchesOtherTables_andWaitsWhereItDoesNot() {
    engine.applyLosingData(COLUMN + OTHER + FILLED);
    stranger();

    StepResult result = engine.revert();

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(Engine.outcomes(result))
        .containsExactly("not taken back", "taken back", "not taken back");
    assertThat(result.sentence())
        .startsWith("LK-INDEX-IN-THE-WAY: taking section 10_stocks of magnus (dev) back would drop")
        .endsWith(
            ". Of its 3 units 1 are taken back; left: 3 \"create index idx_region\","
                + " 1 \"alter table stocks\"");
    assertThat(indexes()).containsExactly("idx_region");
    assertThat(columns()).contains("region");
  }

  @Test
  void onceTheCauseIsMended_aRetryEndsIt() {
    engine.applyLosingData(COLUMN + OTHER + FILLED);
    stranger();
    engine.revert();
    database.sql("DROP INDEX idx_region");

    StepResult result = engine.revert();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(Engine.outcomes(result)).containsExactly("taken back", "taken back");
    assertThat(columns()).containsExactly("id", "sector");
    assertThat(database.list("SELECT DISTINCT state FROM lockkeeper.unit"))
        .containsExactly("reverted");
  }

  @Test
  void anEarlierSection_waitsForALaterOneOnItsTable() {
    engine.applyLosingData(COLUMN);
    engine.apply("20_index", FILLED);
    stranger();
    assertThat(engine.revert("20_index").verdict()).isEqualTo(Verdict.FAIL);

    StepResult result = engine.revert();

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.sentence())
        .contains(
            "was not taken back: unit 1 \"create index idx_region\" of section 20_index came after"
                + " it on the same table and still stands");
    assertThat(columns()).contains("region");

    database.sql("DROP INDEX idx_region");
    assertThat(engine.revert("20_index").verdict()).isEqualTo(Verdict.PASS);
    assertThat(engine.revert().verdict()).isEqualTo(Verdict.PASS);
    assertThat(columns()).doesNotContain("region");
  }

  @Test
  void whileAnotherPromotionHoldsTheTarget_nothingIsTakenBack() {
    engine.apply(OTHER);
    engine.release(false);
    Engine.granted(database, "another-1");

    assertThatThrownBy(engine::revert).hasMessageContaining("it is held by another-1");
    assertThat(indexes()).containsExactly("idx_user");
  }
}
