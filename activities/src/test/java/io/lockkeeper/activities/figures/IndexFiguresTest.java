package io.lockkeeper.activities.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.probe.Bound;
import io.lockkeeper.activities.probe.ProbeRunner;
import io.lockkeeper.activities.probe.ProbeScans;
import io.lockkeeper.activities.probe.Viewer;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.limit.Reading;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 100,000 rows; one index stood before, one was made by the change. */
class IndexFiguresTest {
  private static final String BY_INDEX = "SELECT * FROM orders WHERE customer = 77";
  private static final String BY_SCAN = "SELECT * FROM orders WHERE note = 'x'";

  @AutoClose private final Database database = Server.fresh();
  private final Map<String, String> marks = new HashMap<>();

  @BeforeEach
  void orders() {
    database.sql(
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer int, note text);"
            + "INSERT INTO orders SELECT n, n, md5(n::text) FROM generate_series(1, 100000) n;"
            + "CREATE INDEX old_note ON orders (note);"
            + "CREATE INDEX idx_customer ON orders (customer);"
            + "CREATE TABLE other AS SELECT * FROM orders; CREATE INDEX idx_other ON other (id)");
    database.sql("VACUUM ANALYZE orders");
  }

  private static IndexFigures figures() {
    return new IndexFigures(List.of("orders", "gone"), List.of("public.old_note"));
  }

  private Map<String, Reading> bloat() {
    return figures().bloat(database.target());
  }

  /** A round in which a probe runs so often, the first time included, which does not count. */
  private Map<String, Reading> round(IndexFigures figures, int runs, String sql)
      throws SQLException {
    ProbeScans scans = figures.before(database.target());
    EnvironmentSettings nowhere =
        new EnvironmentSettings(
            "dev", false, true, List.of(), Map.of(), Set.of(), Map.of(), Set.of());
    new ProbeRunner(database.target(), new HttpRequests(nowhere))
        .sample(sql, new Bound(Map.of(), new Viewer(Optional.empty(), Map.of())), runs - 1, scans);
    return figures.after(marks, List.of());
  }

  private static Reading.Figure figure(Map<String, Reading> readings, String metric) {
    assertThat(readings).containsKey(metric);
    return (Reading.Figure) readings.get(metric);
  }

  private void bloatHalf() {
    database.sql("DELETE FROM orders WHERE id % 2 = 0");
    database.sql("VACUUM ANALYZE orders");
  }

  @Test
  @Tag("M51")
  void freshIndex_hasHardlyAnyBloat_andHalfAnIndexHasHalf() {
    assertThat(figure(bloat(), "index.idx_customer.bloat").value()).isLessThan(0.05);

    bloatHalf();

    Map<String, Reading> read = bloat();
    Reading.Figure half = figure(read, "index.idx_customer.bloat");
    assertThat(half.value()).isCloseTo(0.5, within(0.06));
    assertThat(half.how()).isEqualTo("estimated from statistics");
    assertThat(figure(read, "index.bloat").value()).isGreaterThanOrEqualTo(half.value());
    assertThat(read).doesNotContainKey("index.idx_other.bloat");
  }

  @Test
  void pgstattuple_measuresWhereItIsInstalled_andSaysSo() {
    bloatHalf();
    double estimated = figure(bloat(), "index.idx_customer.bloat").value();
    database.asSuperuser("CREATE EXTENSION pgstattuple SCHEMA public");

    Reading.Figure measured = figure(bloat(), "index.idx_customer.bloat");

    assertThat(measured.how()).isEqualTo("measured by pgstattuple");
    assertThat(measured.value()).isCloseTo(0.5, within(0.06));
    assertThat(measured.value()).isCloseTo(estimated, within(0.06));
  }

  @Test
  void whatWasMeasured_isNotMeasuredAgainByTheNextOfTheSameTarget_beforeItRested() {
    database.asSuperuser("CREATE EXTENSION pgstattuple SCHEMA public");
    AtomicLong clock = new AtomicLong();
    // Each look at it takes a millisecond: so does the measurement of each of three indexes.
    IndexMeasurements shared =
        new IndexMeasurements(() -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1)));
    Supplier<Reading.Figure> window =
        () ->
            figure(
                new IndexFigures(List.of("orders"), List.of(), shared).bloat(database.target()),
                "index.idx_customer.bloat");
    Reading.Figure first = window.get();
    bloatHalf();

    assertThat(window.get()).isEqualTo(first);
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));
    assertThat(window.get()).isEqualTo(first);
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));

    assertThat(window.get().value()).isCloseTo(0.5, within(0.06));
    database.sql("REINDEX INDEX idx_customer");
    assertThat(window.get().value()).as("of what was built anew").isLessThan(0.15);
    assertThat(first.value()).isLessThan(0.05);
    assertThat(first.how()).isEqualTo("measured by pgstattuple");
  }

  @Test
  void columnsWithoutStatistics_areMissingAndNotZero() {
    database.sql("DROP TABLE orders; CREATE TABLE orders (id bigint)");
    database.sql("ALTER TABLE orders SET (autovacuum_enabled = off)");
    database.sql("INSERT INTO orders SELECT generate_series(1, 100000)");
    database.sql("CREATE INDEX idx_customer ON orders (id)");

    assertThat(bloat().get("index.bloat"))
        .isEqualTo(
            new Reading.Missing("the columns of idx_customer have no statistics that we may see"));
  }

  @Test
  void smallIndexes_haveNothingToGiveBack() {
    database.sql("TRUNCATE orders");

    assertThat(bloat().get("index.bloat"))
        .isEqualTo(new Reading.NotApplicable("no touched table has a B-tree of a megabyte"));
  }

  @Test
  void partitions_areLookedAtToo() {
    database.sql(
        "DROP TABLE orders; CREATE TABLE orders (id bigint, customer int) PARTITION BY RANGE (id);"
            + "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (1000000);"
            + "INSERT INTO orders SELECT n, n FROM generate_series(1, 100000) n;"
            + "CREATE INDEX idx_customer ON orders (customer); ANALYZE orders, orders_1");

    assertThat(figure(bloat(), "index.orders_1_customer_idx.bloat").value()).isLessThan(0.05);
  }

  @Test
  @Tag("C32")
  void usage_isTheShareOfTheProbesScans_andNeedsAHundredRuns() throws SQLException {
    IndexFigures figures = figures();
    Map<String, Reading> first = round(figures, 75, BY_INDEX);
    assertThat(first.get("index.usage"))
        .isEqualTo(
            new Reading.Missing(
                "probes ran 75 times since the stage began, and fewer than 100 tell nothing"));

    database.sql("DROP INDEX idx_customer");
    round(figures, 15, BY_INDEX);
    database.sql("CREATE INDEX idx_customer ON orders (customer)");
    // A new worker goes on with the marks.
    Map<String, Reading> read = round(figures(), 10, BY_INDEX);

    // 85 by an index and 15 without.
    assertThat(figure(read, "index.usage"))
        .isEqualTo(new Reading.Figure(0.85, "of the probes' scans"));
    assertThat(figure(read, "index.idx_customer.usage").value()).isCloseTo(1, within(0.16));
  }

  @Test
  @Tag("M75")
  @Tag("T31")
  void scans_areThoseOfOthersSinceTheStageBegan() throws SQLException {
    application(30, BY_INDEX);
    awaitScans(30);
    IndexFigures figures = figures();
    Map<String, Reading> begin = round(figures, 5, BY_INDEX);
    assertThat(figure(begin, "index.idx_customer.scans").value()).isZero();
    assertThat(figure(begin, "index.idx_customer.scans").how()).isEqualTo("without the probes'");
    assertThat(begin).doesNotContainKeys("index.old_note.scans", "index.orders_pkey.scans");

    application(7, BY_INDEX);
    database.target().forgetSessions();
    awaitScans(42);

    assertThat(figure(round(figures, 5, BY_SCAN), "index.idx_customer.scans").value()).isEqualTo(7);
  }

  @Test
  void statisticsThatWereReset_keepTheScansThatWereCounted() throws SQLException {
    round(figures(), 5, BY_INDEX);
    application(7, BY_INDEX);
    database.target().forgetSessions();
    awaitScans(12);
    assertThat(figure(round(figures(), 5, BY_INDEX), "index.idx_customer.scans").value())
        .isEqualTo(7);
    database.target().forgetSessions();
    awaitScans(17);

    database.asSuperuser("SELECT pg_stat_reset()");
    Eventually.until("the statistics were reset", () -> scans() == 0);

    assertThat(figure(round(figures(), 5, BY_SCAN), "index.idx_customer.scans").value())
        .isEqualTo(7);
    application(8, BY_INDEX);
    awaitScans(8);
    // The probes' last five may have been counted before the reset or after it.
    assertThat(figure(round(figures(), 5, BY_SCAN), "index.idx_customer.scans").value())
        .isEqualTo(7 + 8 - 5);
  }

  @Test
  void marksOfAnEarlierVersion_areGoneOnWith() throws SQLException {
    marks.put("index.idx_customer", "2026-11-20 08:00:00.123+00|2");
    marks.put("index.idx_customer.probes", "5,5");
    application(12, BY_INDEX);
    awaitScans(12);

    assertThat(figure(round(figures(), 5, BY_SCAN), "index.idx_customer.scans").value())
        .isEqualTo(12 - 2 - 5);
  }

  @Test
  void indexThatALimitNames_isTold_andOneThatIsNotThereIsMissing() {
    IndexFigures figures = figures();
    figures.before(database.target());

    Map<String, Reading> read =
        figures.after(marks, List.of("index.old_note.bloat", "index.lost.scans"));

    assertThat(read).containsKeys("index.old_note.bloat", "index.old_note.scans");
    assertThat(read.get("index.lost.scans"))
        .isEqualTo(new Reading.Missing("no touched table has that index"));
  }

  @Test
  void databaseThatIsAway_isMissing() {
    IndexFigures figures = figures();
    database.asSuperuser("REVOKE EXECUTE ON FUNCTION pg_relation_size(regclass) FROM PUBLIC");
    database.asSuperuser("REVOKE EXECUTE ON FUNCTION pg_relation_size(regclass,text) FROM PUBLIC");

    figures.before(database.target());

    assertThat(((Reading.Missing) figures.after(marks, List.of()).get("index.bloat")).why())
        .startsWith("permission denied for function pg_relation_size");
  }

  private void application(int times, String sql) throws SQLException {
    try (Connection connection = database.session("app");
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < times; i++) {
        statement.executeQuery(sql).close();
      }
    }
  }

  /** Sessions hand their counts over when they end, or a second later. */
  private void awaitScans(long atLeast) {
    Eventually.until("the statistics know of the scans", () -> scans() >= atLeast);
  }

  private long scans() {
    return database.number(
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'idx_customer'");
  }
}
