package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.step.Evidence.ObjectState;
import java.sql.SQLException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a promotion leaves behind that ends before its end. */
class StayingTest {
  private static final String SECTION =
      """
      CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);
      CREATE INDEX CONCURRENTLY "Idx Cap" ON stocks (market_cap);
      ALTER TABLE stocks ADD COLUMN listed boolean;
      """;

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void stocks() {
    database.sql("CREATE TABLE stocks (id bigint PRIMARY KEY, sector text, market_cap numeric)");
    engine = Engine.granted(database);
  }

  private Staying staying() throws SQLException {
    return Staying.of(database.target(), Engine.PROMOTION).orElseThrow();
  }

  @Test
  void whatWasApplied_isListed_withTheCatalogsWordOnIt() throws SQLException {
    engine.apply(SECTION);

    Staying staying = staying();

    assertThat(staying.indexes())
        .extracting(ObjectState::name)
        .containsExactly("public.idx_sector", "public.\"Idx Cap\"");
    assertThat(staying.indexes()).allMatch(index -> index.valid() && index.size() > 0);
    assertThat(staying.sentence())
        .startsWith("2 indexes stay, all valid; stays too: ")
        .contains("stocks");
  }

  @Test
  void indexThatIsNotValid_isNamed() throws SQLException {
    engine.apply(SECTION);
    database.asSuperuser(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_sector'::regclass");

    assertThat(staying().sentence()).startsWith("2 indexes stay, INVALID: public.idx_sector; ");
  }

  @Test
  void indexThatSomebodyDropped_isNotCountedAsStaying() throws SQLException {
    engine.apply(SECTION);
    database.sql("DROP INDEX idx_sector");

    assertThat(staying().sentence())
        .startsWith("1 index stays, all valid; begun and not there: public.idx_sector; ");
  }

  @Test
  void whatWasTakenBack_doesNotStay() throws SQLException {
    engine.apply(SECTION);
    engine.revert();

    assertThat(staying().isEmpty()).isTrue();
  }

  @Test
  void targetWithoutALedger_isNotAsked() throws SQLException {
    try (Database other = Server.fresh()) {
      assertThat(Staying.of(other.target(), Engine.PROMOTION)).isEmpty();
    }
  }
}
