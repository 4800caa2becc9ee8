package io.lockkeeper.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.json.Json;
import io.lockkeeper.soak.SoakResult.SoakOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long the real workflows need for a day's soak where the clock skips: from the start of a
 * promotion through dev and staging to the soak's end, clean and breached in turn, without the
 * start of the test server. {@code deploy/benchmarks/soak} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class SoakBenchmark {
  private static final String SOAK = "staging-soak";
  private static final int WARM_UP = 3;
  private static final int RUNS = 10;
  private static final double LIMIT = 2;

  @Test
  void dayOfSoak() throws IOException {
    List<Double> clean = new ArrayList<>();
    List<Double> breach = new ArrayList<>();
    long soakEvents = 0;
    long parentEvents = 0;
    for (int run = 0; run < WARM_UP + RUNS; run++) {
      for (boolean breaks : List.of(false, true)) {
        try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
          if (breaks) {
            clock.environment().answerWindows(SoakBenchmark::lateBreach);
          }
          long began = System.nanoTime();
          clock.start().sleep(Duration.ofHours(24).plusMinutes(10));
          SoakResult result = clock.observer(SOAK).getResult(SoakResult.class);
          double seconds = (System.nanoTime() - began) / 1e9;
          assertThat(result.outcome()).isEqualTo(breaks ? SoakOutcome.BREACH : SoakOutcome.CLEAN);
          if (run >= WARM_UP) {
            (breaks ? breach : clean).add(seconds);
          }
          if (!breaks) {
            soakEvents = clock.history(SOAK).getEvents().size();
            parentEvents = clock.history().getEvents().size();
          }
        }
      }
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("runs", RUNS);
    figures.put("clean_seconds", clean);
    figures.put("breach_seconds", breach);
    figures.put("limit_seconds", LIMIT);
    figures.put("soak_events", soakEvents);
    figures.put("parent_events_at_the_gate", parentEvents);
    Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    assertThat(clean).allMatch(seconds -> seconds < LIMIT);
    assertThat(breach).allMatch(seconds -> seconds < LIMIT);
  }

  /** After 23 hours. */
  private static WindowResult lateBreach(WindowOrder order) {
    return order.until().isAfter(order.start().plus(Duration.ofHours(23)))
        ? RecordingEnvironment.breached(order, "deadlocks", "deadlocks 1, limit 0")
        : RecordingEnvironment.clean(order);
  }
}
