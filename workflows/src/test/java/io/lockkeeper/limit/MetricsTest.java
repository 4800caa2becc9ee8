package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
  private static final MetricScope TRIGGERS =
      Metrics.triggers(Set.of("orders", "users"), Set.of("dashboard"), Set.of("app_errors"));

  @ParameterizedTest
  @CsvSource({
    "locks.waiting, COUNT, false",
    "locks.longest_wait, TIME, false",
    "sessions.active, COUNT, false",
    "sessions.blocked, COUNT, false",
    "sessions.idle_in_transaction, COUNT, false",
    "sessions.total, COUNT, false",
    "transactions.oldest, TIME, false",
    "transactions.rollback_rate, RATIO, false",
    "deadlocks, COUNT, true",
    "database.size, BYTES, false",
    "probe.degradation, RATIO, false",
    "probe.orders.p50, TIME, false",
    "probe.orders.p95, TIME, false",
    "http.dashboard.p95, TIME, false",
    "http.dashboard.error_rate, RATIO, false",
    "log.app_errors.matches, COUNT, true",
    "probe.*.p95, TIME, false",
    "http.*.error_rate, RATIO, false",
    "sessions.*, COUNT, false",
    "host.cpu, RATIO, false",
    "host.memory, RATIO, false",
    "host.io, RATIO, false",
    "host.*, RATIO, false",
    "process.memory, BYTES, false",
    "index.bloat, RATIO, false",
    "index.usage, RATIO, false",
    "index.idx_orders.bloat, RATIO, false",
    "index.*.usage, RATIO, false",
    "index.idx_orders.scans, COUNT, true",
    "redis.hit_ratio, RATIO, false",
    "redis.cache.hit_ratio, RATIO, false",
    "prometheus.http_p95, COUNT, false",
  })
  void metricOfATrigger_isKnownWithItsUnit(String name, Dimension dimension, boolean counter) {
    assertThat(TRIGGERS.resolve(name)).isEqualTo(new Metric(name, dimension, counter));
  }

  @Test
  void liveMetrics_areThoseOfTheContract() {
    assertThat(Metrics.live())
        .containsExactly(
            "locks.waiting",
            "locks.longest_wait",
            "sessions.active",
            "sessions.blocked",
            "sessions.idle_in_transaction",
            "sessions.total",
            "transactions.oldest",
            "transactions.rollback_rate",
            "deadlocks",
            "replication.lag",
            "cache.hit_ratio",
            "database.size",
            "disk.free",
            "probe.degradation");
  }

  @ParameterizedTest
  @ValueSource(strings = {"locks.blocked_by_us", "locks.caused_wait", "locks.held"})
  void metricOfTheGuard_isRefusedElsewhere(String name) {
    assertThatThrownBy(() -> TRIGGERS.resolve(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\"" + name + "\" is measured while a section runs only: write the limit under guard");
  }

  @Test
  void rateOfALoad_needsALoadStep() {
    assertThatThrownBy(() -> TRIGGERS.resolve("load.rate"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\"load.rate\" is measured inside a load step only, and this version has no load"
                + " steps: leave the limit out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lock.waiting | unknown metric \"lock.waiting\" (did you mean \"locks.waiting\"?)",
        "everything | unknown metric \"everything\"",
        "p95 | unknown metric \"p95\"",
        "probe.order.p95 | \"probe.order.p95\": no probe of that name (did you mean \"orders\"?)",
        "http.orders.p95 | \"http.orders.p95\": no http probe or check of that name",
        "log.app_error.matches | \"log.app_error.matches\": no log probe or check of that name"
            + " (did you mean \"app_errors\"?)",
        "check.orders.failed | unknown metric \"check.orders.failed\": a check triggers by itself,"
            + " write its \"when: [soak, watch]\" and its \"then: rollback\"",
        "check.*.failed | unknown metric \"check.*.failed\": a check triggers by itself, write its"
            + " \"when: [soak, watch]\" and its \"then: rollback\"",
        "checks.orders.failed | unknown metric \"checks.orders.failed\"",
        "probe.orders.p96 | \"p96\" is not measured of a probe; write p50, p95 (did you mean"
            + " \"p95\"?)",
        "http.dashboard.p50 | \"p50\" is not measured of a http; write p95, error_rate",
        "log.app_errors.lines | \"lines\" is not measured of a log; write matches",
        "probe.*.* | \"*\" is not measured of a probe; write p50, p95",
        "host.load | unknown metric \"host.load\" (did you mean \"host.io\"?)",
        "host.cpus | unknown metric \"host.cpus\" (did you mean \"host.cpu\"?)",
        "redis.cache.hits | \"hits\" is not measured of a Redis; write hit_ratio",
        "index.a.size | \"size\" is not measured of an index; write bloat, usage, scans",
        "prometheus.a.b | unknown metric \"prometheus.a.b\"",
        "locks.* | the metrics that match \"locks.*\" have different units",
        "disks.* | no metric matches \"disks.*\"",
        "*.p95 | no metric matches \"*.p95\"",
      })
  void metricThatNobodyMeasures_isRefusedWithTheReason(String name, String message) {
    assertThatThrownBy(() -> TRIGGERS.resolve(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql, VERSION",
    "backup.age, TIME",
    "sessions.active, COUNT",
    "host.cpu, RATIO",
    "index.bloat, RATIO",
    "prometheus.queue, COUNT"
  })
  void precheck_knowsFactsAndLiveFigures(String name, Dimension dimension) {
    assertThat(Metrics.prechecks().resolve(name)).isEqualTo(new Metric(name, dimension, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deadlocks",
        "transactions.rollback_rate",
        "probe.degradation",
        "probe.orders.p95",
        "http.dashboard.error_rate",
        "log.app_errors.matches",
        "index.usage",
        "index.idx_orders.scans",
        "redis.hit_ratio"
      })
  void precheck_refusesWhatIsMeasuredOverTime(String name) {
    assertThatThrownBy(() -> Metrics.prechecks().resolve(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\""
                + name
                + "\" is measured over a soak or watch only: write the limit under rollback_if");
  }

  @Test
  void precheck_refusesAPattern() {
    assertThatThrownBy(() -> Metrics.prechecks().resolve("sessions.*"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"sessions.*\": a pattern is not supported in a precheck: name one metric");
  }

  @ParameterizedTest
  @ValueSource(strings = {"locks.held", "host.cpu", "process.memory", "prometheus.queue"})
  void guard_seesItsOwnLockAndTheMachine(String name) {
    assertThat(Metrics.guards().resolve(name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"index.bloat", "index.idx_orders.bloat", "index.usage", "redis.hit_ratio"})
  void guardAndHealth_refuseWhatIsReadOnceARound(String name) {
    String message =
        "\"" + name + "\" is measured over a soak or watch only: write the limit under rollback_if";
    assertThatThrownBy(() -> Metrics.guards().resolve(name)).hasMessage(message);
    assertThatThrownBy(() -> Metrics.health().resolve(name)).hasMessage(message);
  }

  @Test
  void health_hasNoLockOfOurs() {
    assertThatThrownBy(() -> Metrics.health().resolve("locks.held"))
        .hasMessage(
            "\"locks.held\" is measured while a section runs only: write the limit under guard");
  }

  @Test
  void machine_isReadAtEverySample_andItsSurroundingsOnceARound() {
    assertThat(Metrics.atEverySample("host.cpu")).isTrue();
    assertThat(Metrics.atEverySample("deadlocks")).isTrue();
    assertThat(Metrics.atEverySample("prometheus.queue")).isFalse();
    assertThat(Metrics.atEverySample("redis.hit_ratio")).isFalse();
    assertThat(Metrics.atEverySample("index.bloat")).isFalse();
  }

  @Test
  void fact_isNoTrigger() {
    assertThatThrownBy(() -> TRIGGERS.resolve("backup.age"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"backup.age\" is read before a change only: write the limit under precheck");
  }

  @Test
  void shortName_isRefusedWhereItIsNotMeasured() {
    MetricScope http = Metrics.shortNames("status", "body");

    assertThat(http.resolve("body")).isEqualTo(new Metric("body", Dimension.TEXT, false));
    assertThatThrownBy(() -> http.resolve("statu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\"statu\" is not measured here; write status, body (did you mean \"status\"?)");
  }
}
