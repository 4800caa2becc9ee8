package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final Touched STOCKS =
      new Touched(List.of(QualifiedName.of("stocks"), QualifiedName.of("later")), List.of());

  @AutoClose private final Database database = Server.fresh();
  private final Drift drift = new Drift(database.target());

  @BeforeEach
  void stocks() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text); CREATE TABLE other (id int);"
            + "CREATE INDEX idx_sector ON stocks (sector)");
  }

  @Test
  void indexThatSomebodyDropsOrAlters_isDrift() throws SQLException {
    byte[] seen = drift.look(STOCKS);
    assertThat(drift.since(seen)).isEmpty();

    database.sql("DROP INDEX idx_sector");

    assertThat(drift.since(seen))
        .containsExactly(
            "- index public.idx_sector CREATE INDEX idx_sector ON public.stocks USING btree"
                + " (sector) valid true/true/true clustered false replica false owner engine"
                + " comment -");
    database.sql("CREATE INDEX idx_sector ON stocks (sector DESC)");
    assertThat(drift.since(seen))
        .containsExactly(
            "~ index public.idx_sector: was \"btree (sector)\", is \"btree (sector DESC)\"");
    database.sql("DROP INDEX idx_sector; CREATE INDEX idx_sector ON stocks (sector)");
    assertThat(drift.since(seen)).isEmpty();
  }

  @Test
  void changeOfWhatIsNotTouched_isNoDrift() throws SQLException {
    byte[] seen = drift.look(STOCKS);

    database.sql(
        "ALTER TABLE other ADD COLUMN more int; CREATE TABLE fresh (id int);"
            + "INSERT INTO stocks VALUES (1, 'x')");

    assertThat(drift.since(seen)).isEmpty();
  }

  @Test
  void tableThatTheChangeWouldMake_isDriftWhereSomebodyElseMadeIt() throws SQLException {
    byte[] seen = drift.look(STOCKS);

    database.sql("CREATE TABLE later (id int)");

    assertThat(drift.since(seen)).anyMatch(line -> line.startsWith("+ relation public.later "));
  }

  @Test
  void lookThatSomebodysLockHoldsUp_endsWithItsPatience() throws SQLException {
    database.sql("CREATE VIEW sectors AS SELECT sector FROM stocks");
    byte[] seen = drift.look(STOCKS);
    Drift patient = new Drift(database.target(), Duration.ofMillis(200));
    try (Connection holder = database.session("holder")) {
      holder.setAutoCommit(false);
      holder.createStatement().execute("LOCK TABLE stocks");

      assertThatThrownBy(() -> patient.since(seen))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(SqlFailures.isCancelled(e)).isTrue());
      holder.rollback();
    }
    assertThat(patient.since(seen)).isEmpty();
  }

  @Test
  void sinceTheTargetWasLetGo_isToldByTheLedgerAlone() throws SQLException {
    assertThat(drift.sinceApplied(Engine.PROMOTION)).isEmpty();
    Engine engine = Engine.granted(database);
    new TargetLedger(database.target())
        .release(engine.work("release", 1), new Running(), false, Optional.of(drift.look(STOCKS)));
    assertThat(drift.sinceApplied(Engine.PROMOTION)).isEmpty();

    database.sql("ALTER TABLE stocks ADD COLUMN by_hand int");

    assertThat(drift.sinceApplied(Engine.PROMOTION))
        .hasSize(1)
        .allMatch(line -> line.startsWith("+ column public.stocks.by_hand type integer "));
  }
}
