package io.lockkeeper.activity;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowResultTest {
  private static final Instant AT = Instant.parse("2026-11-20T12:00:00Z");
  private static final List<MetricSamples> METRICS =
      List.of(
          new MetricSamples(
              "deadlocks", 90, 88, Optional.of(0.0), Optional.of(2.0), Optional.of(1.0)),
          new MetricSamples(
              "replication.lag", 90, 0, Optional.empty(), Optional.empty(), Optional.empty()));

  private static WindowResult result(List<MetricSamples> metrics) {
    return new WindowResult(
        AT,
        List.of(),
        metrics,
        List.of(),
        Map.of("deadlocks", "1|2"),
        Optional.empty(),
        List.of(),
        List.of("2 samples are missing"));
  }

  @Test
  void samples_travelAsShortArraysAndComeBackAsTheyWere() {
    WindowResult result = result(METRICS);

    assertThat(Json.text(result))
        .contains("\"metrics\":[[\"deadlocks\",90,88,0.0,2.0,1.0],[\"replication.lag\",90,0]]");
    assertThat(Json.read(Json.text(result), WindowResult.class)).isEqualTo(result);
    assertThat(Json.read(Json.canonical(result), WindowResult.class)).isEqualTo(result);
  }

  @Test
  void figures_travelWithSevenDigits() {
    WindowResult result =
        result(
            List.of(
                new MetricSamples(
                    "database.size",
                    1,
                    1,
                    Optional.of(0.012345678901234),
                    Optional.of(123_456_789_012.0),
                    Optional.of(1.0 / 3))));

    assertThat(Json.read(Json.text(result), WindowResult.class).metrics())
        .containsExactly(
            new MetricSamples(
                "database.size",
                1,
                1,
                Optional.of(0.01234568),
                Optional.of(123_456_800_000.0),
                Optional.of(0.3333333)));
  }

  @Test
  void resultAndHeartbeatOfAnEarlierVersion_areRead() {
    String metrics =
        "\"metrics\":[{\"due\":90,\"high\":2.0,\"last\":1.0,\"low\":0.0,\"metric\":\"deadlocks\","
            + "\"taken\":88},{\"due\":90,\"metric\":\"replication.lag\",\"taken\":0}]";

    WindowResult result =
        Json.read(
            "{\"changes\":[],\"marks\":{},"
                + metrics
                + ",\"sampled_until\":\"2026-11-20T12:00:00Z\",\"states\":[]}",
            WindowResult.class);
    WindowProgress progress =
        Json.read(
            "{\"marks\":{},"
                + metrics
                + ",\"next\":\"2026-11-20T12:00:00Z\",\"states\":[],\"what\":\"\"}",
            WindowProgress.class);

    assertThat(result.metrics()).isEqualTo(METRICS);
    assertThat(result.notes()).isEmpty();
    assertThat(result.statements()).isEmpty();
    assertThat(progress.metrics()).isEqualTo(METRICS);
  }
}
