package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.StatementReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurveyorTest {
  private static final List<QualifiedName> ORDERS =
      List.of(new QualifiedName(Optional.empty(), "orders"));

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void orders() {
    database.sql(
        "CREATE TABLE orders (id bigint, status text, placed timestamptz, note text);"
            + "INSERT INTO orders SELECT n, 'status ' || n % 5, now() - n * interval '1 s',"
            + " md5(n::text) FROM generate_series(1, 50000) n; ANALYZE orders");
  }

  private static CreateIndex index(String sql) {
    return (CreateIndex) StatementReader.read(Script.split(sql).get(0));
  }

  private Survey look(String... indexes) throws SQLException {
    return new Surveyor(database.target(), Duration.ZERO)
        .look(ORDERS, List.of(indexes).stream().map(SurveyorTest::index).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(id)",
        "(status)",
        "(placed DESC, id)",
        "(status, placed)",
        "(lower(note))",
        "(note, status)",
        "(id) INCLUDE (note)",
      })
  void forecastOfAnIndex_isWithinAFactorOfTwo(String rest) throws SQLException {
    String create = "CREATE INDEX idx_it ON orders " + rest;
    long forecast = look(create).indexes().get(0).forecast().orElseThrow();

    database.sql(create);

    assertThat(forecast)
        .isBetween(
            database.number("SELECT pg_relation_size('idx_it') / 2"),
            database.number("SELECT pg_relation_size('idx_it') * 2"));
  }

  @Test
  void indexThatNobodyCanForecast_saysSo() throws SQLException {
    database.sql("CREATE TABLE fresh (id int)");

    Survey survey =
        look(
            "CREATE INDEX idx_a ON fresh (id)",
            "CREATE INDEX idx_b ON missing (id)",
            "CREATE INDEX idx_c ON orders USING brin (id)");

    assertThat(survey.indexes())
        .containsExactly(
            new Survey.Index("public.idx_a", "fresh", false, Optional.empty()),
            new Survey.Index("idx_b", "missing", false, Optional.empty()),
            new Survey.Index("public.idx_c", "orders", false, Optional.empty()));
    assertThat(survey.forecast()).isZero();
  }

  @Test
  void tables_areToldWithRowsAndSize() throws SQLException {
    Survey survey = look();

    assertThat(survey.tables()).hasSize(1);
    assertThat(survey.tables().get(0).name()).isEqualTo("orders");
    assertThat(survey.tables().get(0).rows()).isEqualTo(50_000);
    assertThat(survey.tables().get(0).size())
        .isEqualTo(database.number("SELECT pg_total_relation_size('orders')"));
  }

  @Test
  void leftoverOfAFailedBuild_andAnObjectOfThePlannedName_areTold() throws SQLException {
    database.sql("INSERT INTO orders VALUES (1)");
    assertThat(database.list("SELECT 1 FROM pg_index WHERE NOT indisvalid")).isEmpty();
    failToBuild("CREATE UNIQUE INDEX CONCURRENTLY idx_orders_id ON orders (id)");

    Survey survey = look("CREATE INDEX CONCURRENTLY idx_orders_id ON orders (id)");

    assertThat(survey.invalid())
        .extracting(Survey.Invalid::name, Survey.Invalid::table)
        .containsExactly(tuple("public.idx_orders_id", "orders"));
    assertThat(survey.indexes().get(0).there()).isTrue();
    assertThat(survey.forecast()).as("it is there").isZero();
  }

  @Test
  void transactionsOfOthers_areTold_andOursAreNot() throws SQLException {
    try (Connection other = database.session("report");
        Connection ours = database.target().dedicated(Target.OURS + "work");
        Statement theirs = other.createStatement();
        Statement mine = ours.createStatement()) {
      other.setAutoCommit(false);
      ours.setAutoCommit(false);
      theirs.execute("SELECT 1");
      mine.execute("SELECT 1");

      Survey survey = look();

      assertThat(survey.transactions())
          .extracting(Survey.Transaction::application, Survey.Transaction::state)
          .containsExactly(tuple("report", "idle in transaction"));
    }
  }

  @Test
  void freeDisk_isThatOfTheServersDirectory() throws SQLException {
    database.asSuperuser("GRANT pg_read_all_settings TO " + database.value("SELECT current_user"));

    Survey survey = look();

    assertThat(survey.diskFree()).isPresent();
    assertThat(survey.diskFree().get()).isPositive();
    assertThat(survey.noDisk()).isEmpty();
  }

  private void failToBuild(String sql) throws SQLException {
    try (Connection session = database.session("somebody");
        Statement statement = session.createStatement()) {
      statement.execute(sql);
      throw new AssertionError("the build did not fail");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("23505");
    }
  }
}
