package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.activities.settings.Sources.Host;
import io.lockkeeper.activities.settings.Sources.Prometheus;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A window whose figures come from beside the database. */
class SourcesWindowTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: one-index
          why: An index for the screener
          risk: low
          probes:
            by_sector: { sql: SELECT * FROM stocks WHERE sector = 's7', runs: 3 }
          through: [dev]
          """,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");

  @AutoClose private final Database database = Server.fresh();
  @AutoClose private final Application prometheus = Application.start();
  private ObservedPromotion promotion;

  @BeforeEach
  void baseline() {
    database.sql(
        "CREATE TABLE stocks (id int, sector text);"
            + "INSERT INTO stocks SELECT n, 's' || n FROM generate_series(1, 50000) n");
    Sources sources =
        new Sources(
            Optional.of(Host.LOCAL),
            Optional.empty(),
            Optional.of(
                new Prometheus(
                    URI.create(prometheus.variables().get("app")),
                    Map.of("http_p95", "histogram_quantile(0.95, x)"))),
            Map.of());
    answers("0.2");
    promotion =
        new ObservedPromotion(
            database,
            BUNDLE,
            Worker.settings(database, Optional.empty(), Map.of(), Map.of(), prometheus.allowed())
                .with(sources));
    database.sql("CREATE INDEX idx_sector ON stocks (sector)");
    database.sql("VACUUM ANALYZE stocks");
  }

  @AfterEach
  void close() {
    promotion.close();
  }

  private void answers(String value) {
    prometheus.answers(
        200,
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},"
            + "\"value\":[1435781430.781,\""
            + value
            + "\"]}]}}");
  }

  /** Each has sources of its own, which have not heard anything yet. */
  private WindowResult sampled(int minutes, Trigger... triggers) {
    Window window = promotion.window(Soaks.minutes(BUNDLE, START, minutes, triggers));
    while (!window.over()) {
      window.sample(window.nextSample());
    }
    return window.result(START.plusSeconds(60L * minutes));
  }

  private static MetricSamples samples(WindowResult result, String metric) {
    return result.metrics().stream()
        .filter(samples -> samples.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Phase> phases(WindowResult result) {
    Map<String, Phase> phases = new HashMap<>();
    for (TriggerState state : result.states()) {
      phases.put(state.metric(), state.phase());
    }
    return phases;
  }

  @Test
  @Tag("M51")
  void figuresOfAllSources_areTakenWhenTheyAreDue() {
    WindowResult result = sampled(2);

    assertThat(samples(result, "host.memory").taken()).isEqualTo(13);
    assertThat(samples(result, "prometheus.http_p95").taken()).isEqualTo(3);
    MetricSamples bloat = samples(result, "index.idx_sector.bloat");
    assertThat(bloat.taken()).isEqualTo(3);
    assertThat(bloat.how()).isEqualTo("estimated from statistics");
    assertThat(samples(result, "index.idx_sector.scans").last()).contains(0.0);
  }

  @Test
  void limitsOnThem_areJudged_andTheBaselineIsTheirs() {
    WindowResult result =
        sampled(
            2,
            Soaks.trigger("prometheus.http_p95 > 100ms", Then.NOTE),
            Soaks.trigger("index.bloat >= 90%", Then.NOTE),
            Soaks.trigger("host.memory > 0.1%", Then.NOTE));
    assertThat(phases(result))
        .containsEntry("prometheus.http_p95", Phase.BREACH)
        .containsEntry("index.bloat", Phase.OK)
        .containsEntry("host.memory", Phase.BREACH);

    answers("0.25");
    assertThat(
            phases(
                sampled(2, Soaks.trigger("prometheus.http_p95 > baseline + 20%", Then.ROLLBACK))))
        .containsEntry("prometheus.http_p95", Phase.BREACH);
    assertThat(
            phases(
                sampled(2, Soaks.trigger("prometheus.http_p95 > baseline + 30%", Then.ROLLBACK))))
        .containsEntry("prometheus.http_p95", Phase.OK);
  }

  @Test
  void sourceThatAnswers500_isInconclusiveAndRollsNothingBack() {
    prometheus.answers(500, "down");

    WindowResult result = sampled(2, Soaks.trigger("prometheus.http_p95 > 1us", Then.ROLLBACK));

    assertThat(phases(result)).containsEntry("prometheus.http_p95", Phase.INCONCLUSIVE);
    assertThat(samples(result, "prometheus.http_p95").due()).isEqualTo(3);
    assertThat(samples(result, "prometheus.http_p95").taken()).isZero();
    assertThat(result.changes())
        .singleElement()
        .extracting(WindowResult.PhaseChange::sentence)
        .isEqualTo(
            "prometheus.http_p95 was not measured: Prometheus answered 500 and no JSON that could"
                + " be read");
  }

  @Test
  void limitOnASourceThatNobodyNamed_isInconclusive() {
    WindowResult result =
        sampled(
            2,
            Soaks.trigger("redis.hit_ratio < 70%", Then.ROLLBACK),
            Soaks.trigger("process.memory > 1GB", Then.ROLLBACK),
            Soaks.trigger("index.idx_lost.scans < 1", Then.ROLLBACK));

    assertThat(phases(result))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "redis.hit_ratio", Phase.INCONCLUSIVE,
                "process.memory", Phase.INCONCLUSIVE,
                "index.idx_lost.scans", Phase.INCONCLUSIVE));
  }
}
