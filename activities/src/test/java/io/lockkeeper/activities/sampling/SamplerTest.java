package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.MemoryBlobs;
import io.lockkeeper.activities.fixture.RecordingCompletion;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final Bundle BUNDLE = Changes.nineIndexes(Changes.PLAIN);
  private static final byte[] TOKEN = {1, 2, 3};
  private static final Duration SAMPLE = Duration.ofMillis(100);

  @AutoClose private final Database database = Server.fresh();
  private final RecordingCompletion completion = new RecordingCompletion();
  @AutoClose private final Sampler sampler = new Sampler(completion, Clock.systemUTC());
  private final MemoryBlobs blobs = new MemoryBlobs();

  private void start(Duration lasts, Trigger... triggers) {
    blobs.write(BUNDLE.canonical());
    EnvironmentSettings environment =
        Worker.settings(database, Optional.empty(), Map.of(), Map.of(), Set.of());
    Observed observed =
        new Observed(
            environment,
            database.target(),
            new Bundles(blobs),
            new HttpRequests(environment),
            blobs);
    WindowOrder order =
        Soaks.window(BUNDLE, Instant.now(), lasts, SAMPLE, SAMPLE.multipliedBy(2), triggers);
    sampler.start(TOKEN, observed, order, Optional.empty());
  }

  @Test
  void window_beatsWithEachSampleAndEndsWithItsResult() {
    start(SAMPLE.multipliedBy(6));

    Eventually.until("it ended", () -> !completion.results().isEmpty());

    WindowResult result = completion.results().get(0);
    MetricSamples waiting =
        result.metrics().stream()
            .filter(samples -> samples.metric().equals("locks.waiting"))
            .findFirst()
            .orElseThrow();
    assertThat(waiting.due()).isEqualTo(7);
    assertThat(completion.heartbeats()).hasSizeBetween(1, 6);
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
  void windowThatNobodyWants_isReportedAndSampledNoMore() {
    completion.cancel();

    start(Duration.ofHours(1));

    Eventually.until("it is called off", () -> !completion.cancellations().isEmpty());
    assertThat(completion.heartbeats()).hasSize(1);
    assertThat(completion.results()).isEmpty();
  }

  @Test
  void closedSampler_endsQuietly() {
    start(Duration.ofHours(1));
    Eventually.until("it beats", () -> !completion.heartbeats().isEmpty());

    sampler.close();

    assertThat(completion.results()).isEmpty();
  }
}
