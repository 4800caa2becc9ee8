package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.MemoryBlobs;
import io.lockkeeper.activities.fixture.RecordingCompletion;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.probe.ServerFigures;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final Bundle BUNDLE = Changes.nineIndexes(Changes.PLAIN);
  private static final Bundle ASKED =
      Changes.of(
          """
          change: one-index
          why: An index for the screener
          risk: low
          probes:
            dashboard: { http: $app/dashboard, core: false }
          through: [dev]
          """,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");
  private static final byte[] TOKEN = {1, 2, 3};
  private static final Duration SAMPLE = Duration.ofMillis(100);

  @AutoClose private final Database database = Server.fresh();
  private final RecordingCompletion completion = new RecordingCompletion();
  @AutoClose private final Sampler sampler = new Sampler(completion, Clock.systemUTC());
  private final MemoryBlobs blobs = new MemoryBlobs();

  private void start(Duration lasts, Trigger... triggers) {
    start(database.target(), Map.of("server", "later windows are whole"), lasts, triggers);
  }

  private void start(
      Target target, Map<String, String> marks, Duration lasts, Trigger... triggers) {
    EnvironmentSettings environment =
        Worker.settings(database, Optional.empty(), Map.of(), Map.of(), Set.of());
    start(environment, BUNDLE, target, marks, lasts, triggers);
  }

  private void start(
      EnvironmentSettings environment,
      Bundle bundle,
      Target target,
      Map<String, String> marks,
      Duration lasts,
      Trigger... triggers) {
    blobs.write(bundle.canonical());
    Observed observed =
        new Observed(environment, target, new Bundles(blobs), new HttpRequests(environment), blobs);
    WindowOrder first =
        Soaks.window(bundle, Instant.now(), lasts, SAMPLE, SAMPLE.multipliedBy(2), triggers);
    WindowOrder order =
        new WindowOrder(
            first.work(),
            first.plan(),
            first.start(),
            first.from(),
            first.until(),
            List.of(),
            marks);
    sampler.start(TOKEN, observed, order, Optional.empty());
  }

  @Test
  void window_beatsWithEachSampleAndEndsWithItsResult() throws SQLException {
    // What is done for the first time takes longer than all of this window.
    database.target().sample(ServerFigures::of);
    database.target().read(ServerFigures::of);
    start(SAMPLE.multipliedBy(20));

    Eventually.until("it ended", () -> !completion.results().isEmpty());

    WindowResult result = completion.results().get(0);
    MetricSamples waiting =
        result.metrics().stream()
            .filter(samples -> samples.metric().equals("locks.waiting"))
            .findFirst()
            .orElseThrow();
    // It ends soon after a sample: up to one earlier than it was ordered to.
    assertThat(waiting.due()).isBetween(19L, 21L);
    assertThat(waiting.taken()).isPositive();
    assertThat(completion.heartbeats()).hasSizeBetween(1, 20);
    assertThat(completion.heartbeats().get(0).what()).contains(" figures at ");
    assertThat(completion.cancellations()).isEmpty();
  }

  @Test
  void breach_endsTheWindowAtOnce() {
    start(
        Duration.ofHours(1),
        new Trigger(
            Limit.parse("database.size > 1kB"), Duration.ZERO, Duration.ZERO, Then.ROLLBACK, ""));

    Eventually.until("it ended", () -> !completion.results().isEmpty());

    assertThat(completion.results().get(0).sampledUntil()).isBefore(Instant.now());
    assertThat(completion.heartbeats()).isEmpty();
  }

  @Test
  void windowThatIsCutShort_handsOverWhatItHasSeenAndSamplesNoMore() {
    start(Duration.ofHours(1));
    Eventually.until("it samples", () -> completion.heartbeats().size() >= 2);

    completion.cancel();

    Eventually.until("it is over", () -> !completion.results().isEmpty());
    WindowResult result = completion.results().get(0);
    assertThat(result.sampledUntil()).isBefore(Instant.now().plus(SAMPLE));
    MetricSamples waiting =
        result.metrics().stream()
            .filter(samples -> samples.metric().equals("locks.waiting"))
            .findFirst()
            .orElseThrow();
    assertThat(waiting.taken()).isPositive().isEqualTo(waiting.due());
    assertThat(completion.results()).hasSize(1);
  }

  @Test
  void stageThatBeginsAgain_forgetsTheRunsThatItsLaterWindowsKeep() {
    try (Application application = Application.start()) {
      application.answers(500, "down");
      assertThat(errorRate(application, Map.of())).isEqualTo(1);
      application.answers(200, "up");

      assertThat(errorRate(application, Map.of("server", "one"))).isBetween(0.01, 0.99);
      assertThat(errorRate(application, Map.of())).isZero();
    }
  }

  /** The highest that one window saw. */
  private double errorRate(Application application, Map<String, String> marks) {
    int before = completion.results().size();
    start(
        Worker.settings(
            database, Optional.empty(), application.variables(), Map.of(), application.allowed()),
        ASKED,
        database.target(),
        marks,
        SAMPLE.multipliedBy(10));
    Eventually.until("it ended", () -> completion.results().size() > before);
    return completion.results().get(before).metrics().stream()
        .filter(samples -> samples.metric().equals("http.dashboard.error_rate"))
        .findFirst()
        .flatMap(MetricSamples::high)
        .orElseThrow();
  }

  @Test
  void closedSampler_endsQuietly() {
    start(Duration.ofHours(1));
    Eventually.until("it beats", () -> !completion.heartbeats().isEmpty());

    sampler.close();

    assertThat(completion.results()).isEmpty();
  }

  @Test
  void windowsOfOneTarget_askTheServerOnceAndOnOneSession() {
    for (int window = 0; window < 20; window++) {
      start(Duration.ofHours(1));
    }
    Eventually.until("all have sampled", () -> completion.heartbeats().size() >= 60);

    // Three rounds of twenty would be 60; our own sessions are few as well.
    assertThat(
            Server.list(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '"
                    + database.name()
                    + "' AND application_name = 'lk/sample'"))
        .containsExactly("1");
    assertThat(threads("sampler-reader")).isEqualTo(1);
  }

  @Test
  void targetThatHangs_keepsNoOtherWaiting() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Target hanging = new Target("dev", database.settings(silent.getLocalPort()))) {
      for (int window = 0; window < 10; window++) {
        start(hanging, Map.of("server", "one"), Duration.ofHours(1));
      }
      start(SAMPLE.multipliedBy(6));

      Eventually.until("it ended", () -> !completion.results().isEmpty());

      MetricSamples waiting =
          completion.results().get(0).metrics().stream()
              .filter(samples -> samples.metric().equals("locks.waiting"))
              .findFirst()
              .orElseThrow();
      assertThat(waiting.taken()).isPositive();
      // What hangs holds one thread that begins windows, and no reader yet.
      assertThat(threads("sampler-worker")).isLessThanOrEqualTo(4);
      assertThat(threads("sampler-reader")).isLessThanOrEqualTo(2);
    }
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }
}
