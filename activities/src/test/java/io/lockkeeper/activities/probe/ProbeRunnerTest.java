package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.change.Probe;
import io.lockkeeper.change.Session;
import io.lockkeeper.step.Evidence.Blocks;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeRunnerTest {
  private static final Bound PLAIN = new Bound(Map.of(), Viewer.OURS);

  @AutoClose private static final Database DATABASE = Server.fresh();
  @AutoClose private final Application application = Application.start();

  private final ProbeRunner runner =
      new ProbeRunner(
          DATABASE.target(),
          new HttpRequests(
              Worker.settings(
                  DATABASE,
                  Optional.empty(),
                  application.variables(),
                  Map.of(),
                  application.allowed())));

  @BeforeAll
  static void tables() {
    DATABASE.sql(Changes.TABLES + Changes.ROWS + "CREATE SEQUENCE runs; ANALYZE;");
  }

  private static Probe probe(String sql, int warmUp, int runs, Map<String, Probe.Parameter> with) {
    return new Probe(
        "probe",
        new Probe.Sql(sql),
        with,
        Session.OURS,
        List.of(),
        10_000,
        Duration.ofMillis(1),
        runs,
        warmUp,
        true,
        List.of(),
        List.of());
  }

  private Measured measure(String sql) throws SQLException, UnmeasuredException {
    return runner.measure(probe(sql, 1, 3, Map.of()), PLAIN);
  }

  @Test
  @Tag("M9")
  void runs_areCountedWithoutTheWarmUp() throws SQLException, UnmeasuredException {
    String sql = "SELECT * FROM stocks WHERE sector = 'Technology'";

    Measured measured = runner.measure(probe(sql, 3, 7, Map.of()), PLAIN);

    assertThat(measured.seconds()).hasSize(7).allMatch(seconds -> seconds > 0);
    assertThat(measured.rows()).isEqualTo(50);
    assertThat(measured.p50()).isBetween(least(measured), measured.p95());
    assertThat(measured.plan().orElseThrow()).hasSize(16);
    assertThat(measured.planText()).isEqualTo("Seq Scan on stocks\n");
    assertThat(measured.tableRows()).isEqualTo(5_000);
    assertThat(measured.indexes()).isEmpty();
  }

  private static double least(Measured measured) {
    return measured.seconds().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  @Test
  @Tag("M9")
  void index_isNamedInThePlanOnceItIsUsed() throws SQLException, UnmeasuredException {
    String sql = "SELECT * FROM stocks WHERE sector = 'Technology'";
    Measured before = measure(sql);
    DATABASE.sql("CREATE INDEX idx_stocks_sector ON stocks (sector); ANALYZE stocks");

    Measured after = measure(sql);

    DATABASE.sql("DROP INDEX idx_stocks_sector");
    assertThat(after.indexes()).containsExactly("idx_stocks_sector");
    assertThat(after.planText()).contains("using idx_stocks_sector").contains(" on stocks");
    assertThat(after.plan()).isNotEqualTo(before.plan());
  }

  @Test
  void query_tellsHowManyBlocksItTouches() throws SQLException, UnmeasuredException {
    long pages = DATABASE.number("SELECT pg_relation_size('stocks') / 8192");

    Blocks whole = measure("SELECT * FROM stocks").blocks().orElseThrow();
    Blocks none = measure("SELECT 1").blocks().orElseThrow();

    assertThat(whole.all()).isEqualTo(pages).isPositive();
    assertThat(none).isEqualTo(new Blocks(0, 0));
  }

  /** They are evidence alone: what was measured stays measured. */
  @Test
  void queryThatCannotBeLookedAtSo_isMeasuredWithoutBlocks()
      throws SQLException, UnmeasuredException {
    DATABASE.sql(
        """
        CREATE OR REPLACE FUNCTION only_once() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
          IF current_query() LIKE '%ANALYZE, BUFFERS%' THEN
            RAISE EXCEPTION 'not again';
          END IF;
          RETURN 1;
        END $$""");

    Measured measured = measure("SELECT only_once()");

    assertThat(measured.blocks()).isEmpty();
    assertThat(measured.seconds()).hasSize(3);
    assertThat(measured.rows()).isEqualTo(1);
    assertThat(measured.planText()).isEqualTo("Result\n");
    assertThat(measure("SELECT 1").blocks()).isPresent();
  }

  @Test
  void planAlone_isThatOfTheMeasurement_andRunsNothing() throws SQLException, UnmeasuredException {
    String sql = "SELECT *, pg_sleep(1000) FROM stocks";
    String quick = "SELECT * FROM stocks WHERE sector = 'Technology'";

    assertThat(runner.plan(sql, PLAIN, ProbeScans.none()).line()).isEqualTo("Seq Scan on stocks");
    assertThat(runner.plan(quick, PLAIN, ProbeScans.none()).digest())
        .isEqualTo(measure(quick).plan().orElseThrow());
  }

  @Test
  void plan_holdsNoValues() throws SQLException, UnmeasuredException {
    Measured measured = measure("SELECT * FROM stocks WHERE sector = 'a secret'");

    assertThat(measured.planText()).doesNotContain("a secret");
  }

  @Test
  @Tag("M10")
  void parameterOfTheTarget_isReadOnceAndBoundByItsType() throws SQLException, UnmeasuredException {
    Probe probe =
        probe(
            "SELECT * FROM positions WHERE user_id = :user AND status = :status",
            0,
            2,
            Map.of(
                "user", new Probe.Query("SELECT min(user_id::text) FROM positions"),
                "status", new Probe.Value("open")));

    Bound values = runner.bind(probe);
    DATABASE.sql("INSERT INTO positions VALUES ('00000000-0000-0000-0000-00000000000a'::uuid)");

    assertThat(values.values())
        .isEqualTo(Map.of("user", "00000000-0000-0000-0000-000000000000", "status", "open"));
    assertThat(runner.measure(probe, values).rows()).isEqualTo(10);
  }

  @Test
  void parameterWithoutValue_isToldSo() {
    Probe probe =
        probe(
            "SELECT * FROM stocks WHERE sector = :sector",
            0,
            1,
            Map.of("sector", new Probe.Query("SELECT sector FROM stocks WHERE false")));

    assertThatThrownBy(() -> runner.bind(probe))
        .isInstanceOf(SQLException.class)
        .hasMessage("the query for a parameter gives no value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO stocks VALUES (-1) RETURNING id",
        "UPDATE stocks SET sector = 'x' RETURNING id",
        "DELETE FROM stocks RETURNING id",
        "WITH gone AS (DELETE FROM stocks RETURNING id) SELECT * FROM gone",
        "SELECT nextval('runs')",
        "SELECT write_it()",
      })
  void probeThatWrites_isRefusedByTheServer(String sql) {
    DATABASE.sql(
        "CREATE OR REPLACE FUNCTION write_it() RETURNS int LANGUAGE sql AS"
            + " 'DELETE FROM stocks; SELECT 1'");

    assertThatThrownBy(() -> measure(sql))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("in a read-only transaction");
    assertThat(DATABASE.number("SELECT count(*) FROM stocks WHERE sector <> 'x'")).isEqualTo(5_000);
  }

  /** What a probe sets is gone with its transaction, also where it tries to leave it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT 1; COMMIT; DELETE FROM stocks",
        "SELECT 1; COMMIT; SET default_transaction_read_only = off; DELETE FROM stocks",
      })
  void probeThatTriesToWriteAfterwards_cannot(String first) {
    assertThatThrownBy(
            () -> {
              measure(first);
              measure("DELETE FROM stocks RETURNING id");
            })
        .isInstanceOf(SQLException.class);
    assertThat(DATABASE.number("SELECT count(*) FROM stocks")).isEqualTo(5_000);
  }

  @Test
  void poolOfReads_writesNotEvenOutsideATransaction() {
    assertThatThrownBy(
            () -> DATABASE.target().read(c -> c.createStatement().execute("DELETE FROM stocks")))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("in a read-only transaction");
  }

  @Test
  void sample_isTimedWithoutPlan() throws SQLException {
    assertThat(runner.sample("SELECT * FROM stocks", PLAIN, 4)).hasSize(4);
  }

  @Test
  void runThatItsTimeOutEnds_isAsSlowAsCanBeTold_andSparesTheServerTheOthers() throws SQLException {
    long began = System.nanoTime();

    List<Double> seconds = timed("SELECT pg_sleep(60)", Duration.ofMillis(200));

    assertThat(seconds).hasSize(4).allMatch(run -> run >= 0.2 && run < 10);
    assertThat(System.nanoTime() - began).isLessThan(Duration.ofSeconds(10).toNanos());
    assertThat(timed("SELECT 1", Duration.ofSeconds(30))).hasSize(4);
  }

  @Test
  void runThatSomebodyCancels_isNoSlowOne() {
    assertThatThrownBy(
            () ->
                timed(
                    "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)",
                    Duration.ofSeconds(30)))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(SqlFailures.isCancelled(e)).isTrue());
  }

  private static List<Double> timed(String sql, Duration timeout) throws SQLException {
    return DATABASE
        .target()
        .read(connection -> SqlProbe.time(connection, sql, PLAIN, 4, ProbeScans.none(), timeout));
  }

  @Test
  void request_isTimedAndItsAnswerMeasured() throws UnmeasuredException {
    Measured measured = runner.request("dashboard", "$app/dashboard", 2, 5);

    assertThat(measured.seconds()).hasSize(5);
    assertThat(measured.rows()).isEqualTo("Dashboard ready".length());
    assertThat(measured.plan()).isEmpty();
    assertThat(application.requests()).isEqualTo(7);
  }

  @Test
  void requestThatFailsOnce_isWorthless() {
    application.answers(500, "");

    assertThatThrownBy(() -> runner.request("dashboard", "$app/dashboard", 0, 5))
        .isInstanceOf(UnmeasuredException.class)
        .hasMessage("dashboard answered status 500");
    assertThat(application.requests()).isEqualTo(1);
  }
}
