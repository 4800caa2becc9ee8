package io.lockkeeper.activities.sampling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.activity.WindowResult.PhaseChange;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** More metrics and triggers than any of the seeds has, and all of them in trouble. */
class FittedTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");
  private static final int METRICS = 60;
  private static final int TRIGGERS = 40;
  private static final Map<String, String> MARKS =
      Map.of(
          "server", "2026-11-20T08:00:00.123456Z|2026-11-20T09:00:00.123456Z",
          "deadlocks", "12|13",
          "transactions.rollback_rate", "123456789,12345|123556789,12346",
          "cache.hit_ratio", "123456789012,1234567|123456889012,1234667",
          "log.app_errors.matches", "(dev=fd01,ino=12345678) 1234567890 123 0123456789abcdef",
          "log.web_errors.matches", "(dev=fd01,ino=12345679) 1234567890 123 0123456789abcdef");

  private final WindowOrder order =
      Soaks.minutes(
          Changes.nineIndexes(Changes.PLAIN),
          NOON,
          15,
          IntStream.range(0, TRIGGERS)
              .mapToObj(i -> Soaks.trigger("database.size > +" + (i + 1) + "GB in 10m", Then.NOTE))
              .toArray(Trigger[]::new));

  private static String metric(int number) {
    return number == 0 ? "database.size" : "probe.orders_by_day_" + number + ".p95";
  }

  private static List<MetricSamples> metrics(int lacking) {
    return IntStream.range(0, METRICS)
        .mapToObj(
            i ->
                new MetricSamples(
                    metric(i),
                    90,
                    i < lacking ? 88 : 90,
                    Optional.of(0.012345678901234),
                    Optional.of(123_456_789_012.0),
                    Optional.of(0.12345678901234)))
        .toList();
  }

  private static TriggerState state(int trigger, Phase phase, int points) {
    List<double[]> recent = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      recent.add(new double[] {NOON.toEpochMilli() + i * 25_000.0, 123_456_789_012.0 + i * 8192.0});
    }
    return new TriggerState(
        trigger,
        metric(trigger),
        phase,
        NOON.toEpochMilli(),
        3,
        0,
        0.012345678901234,
        0.12345678901234,
        recent);
  }

  private static List<TriggerState> states(Phase phase, int growing) {
    return IntStream.range(0, TRIGGERS)
        .mapToObj(i -> state(i, i < 4 ? Phase.PENDING : phase, i < growing ? 24 : 0))
        .toList();
  }

  private static int bytes(Object value) {
    return Json.text(value).getBytes(UTF_8).length;
  }

  private static WindowProgress progress(List<TriggerState> states, int lacking) {
    return new WindowProgress(
        NOON, states, metrics(lacking), MARKS, "40 figures at " + NOON + ", 4 limits crossed");
  }

  @Test
  void heartbeatOfManyTriggersAndMetrics_isUnderTwoKilobytes() {
    WindowProgress fitted = Fitted.progress(progress(states(Phase.INCONCLUSIVE, 6), 10), order);

    assertThat(bytes(progress(states(Phase.INCONCLUSIVE, 6), 10))).isGreaterThan(8_000);
    assertThat(bytes(fitted)).isLessThanOrEqualTo(2_000);
  }

  @Test
  void whatAVerdictNeeds_isNeverLeftOut() {
    WindowProgress fitted = Fitted.progress(progress(states(Phase.INCONCLUSIVE, 4), 5), order);

    assertThat(fitted.marks()).isEqualTo(MARKS);
    assertThat(fitted.next()).isEqualTo(NOON);
    List<TriggerState> pending =
        fitted.states().stream().filter(s -> s.phase() == Phase.PENDING).toList();
    assertThat(pending).hasSize(4).allMatch(s -> s.crossings() == 3);
    assertThat(pending.get(0).recent().get(0)[0]).isEqualTo(NOON.toEpochMilli());
    // What lacks nothing may be left out: that only lowers the share that was taken.
    assertThat(fitted.metrics().stream().filter(m -> m.taken() < m.due())).hasSize(5);
  }

  @Test
  void whatAWatchedMetricLacks_isKeptWhateverElseThereIs() {
    Map<String, String> marks = new HashMap<>(MARKS);
    for (int index = 0; index < 40; index++) {
      marks.put("index.idx_orders_by_customer_and_day_" + index, "123456789,12345|123556789,12346");
    }
    WindowProgress whole =
        new WindowProgress(NOON, states(Phase.OK, 0), metrics(5), marks, "40 figures at " + NOON);

    WindowProgress fitted = Fitted.progress(whole, order);

    assertThat(fitted.marks()).isEqualTo(marks);
    assertThat(fitted.metrics()).extracting(MetricSamples::metric).containsExactly("database.size");
    assertThat(fitted.metrics().get(0).taken()).isEqualTo(88);
  }

  @Test
  void usualHeartbeat_keepsAllCounts() {
    WindowProgress usual =
        new WindowProgress(
            NOON, List.of(), metrics(0).subList(0, 25), MARKS, "25 figures at " + NOON);

    WindowProgress fitted = Fitted.progress(usual, order);

    assertThat(fitted.metrics()).hasSize(25);
    assertThat(bytes(fitted)).isLessThanOrEqualTo(2_000);
  }

  @Test
  void resultOfManyTriggersAndMetrics_isUnderEightKilobytes() {
    List<PhaseChange> changes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      changes.add(
          new PhaseChange(
              state(i % TRIGGERS, i == 199 ? Phase.BREACH : Phase.INCONCLUSIVE, 24),
              metric(i % TRIGGERS) + " was not measured: " + "the target is away ".repeat(20)));
    }
    WindowResult whole =
        new WindowResult(
            NOON,
            states(Phase.OK, 10),
            metrics(METRICS),
            changes,
            MARKS,
            Optional.of(
                new Attachment(
                    "samples.json", "application/json", new BlobRef(Sha256.hex("a"), 123_456))),
            IntStream.range(0, 50).mapToObj(i -> "+ index " + "x".repeat(400) + i).toList(),
            IntStream.range(0, 50).mapToObj(i -> i + " samples are missing").toList());

    WindowResult fitted = Fitted.result(whole, order);

    assertThat(bytes(whole)).isGreaterThan(100_000);
    assertThat(bytes(fitted)).isLessThanOrEqualTo(8_000);
    assertThat(fitted.states()).hasSize(TRIGGERS);
    assertThat(fitted.metrics()).hasSize(METRICS).allMatch(m -> m.due() == 90 && m.taken() == 88);
    assertThat(fitted.changes().get(fitted.changes().size() - 1).state().phase())
        .isEqualTo(Phase.BREACH);
    assertThat(fitted.marks()).isEqualTo(MARKS);
    assertThat(fitted.notes()).contains("0 samples are missing").anyMatch(n -> n.startsWith("and"));
    assertThat(fitted.series()).isPresent();
  }

  @Test
  void usualResult_isLeftAsItIs() {
    WindowResult usual =
        new WindowResult(
            NOON,
            List.of(state(0, Phase.OK, 0)),
            metrics(2).subList(0, 20),
            List.of(),
            MARKS,
            Optional.empty());

    WindowResult fitted = Fitted.result(usual, order);

    assertThat(fitted).usingRecursiveComparison().isEqualTo(usual);
    assertThat(bytes(fitted)).isLessThan(3_000);
  }

  @Test
  void resultThatIsALittleTooLong_keepsTheHighestOfEachMetric() {
    WindowResult whole =
        new WindowResult(
            NOON,
            states(Phase.OK, 0).subList(0, 20),
            metrics(0),
            List.of(),
            MARKS,
            Optional.empty(),
            List.of(),
            IntStream.range(0, 10).mapToObj(i -> i + " " + "x".repeat(190)).toList());

    WindowResult fitted = Fitted.result(whole, order);

    assertThat(bytes(whole)).isGreaterThan(8_000);
    assertThat(bytes(fitted)).isLessThanOrEqualTo(8_000);
    assertThat(fitted.metrics()).hasSize(METRICS).allMatch(m -> m.high().isPresent());
    assertThat(fitted.notes()).hasSize(4).last().asString().isEqualTo("and more: 7");
  }

  @Test
  void marksOfManyIndexes_costNoFigureOfTheResult() {
    Map<String, String> marks = new HashMap<>(MARKS);
    for (int index = 0; index < 60; index++) {
      marks.put("index.idx_orders_by_customer_and_day_" + index, "123456789,12345|123556789,12346");
    }
    WindowResult whole =
        new WindowResult(
            NOON,
            states(Phase.OK, 0).subList(0, 10),
            metrics(0),
            List.of(),
            marks,
            Optional.empty());

    WindowResult fitted = Fitted.result(whole, order);

    assertThat(bytes(whole)).isGreaterThan(8_000);
    assertThat(fitted).usingRecursiveComparison().isEqualTo(whole);
  }
}
