package io.lockkeeper.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import io.lockkeeper.json.Json;
import io.lockkeeper.promotion.PromotionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long a whole flight of the real workflows takes where the clock skips: a soak of 24 h, a
 * watch of 2 h, 24 h and 7 d, with every outcome. From the promotion's start to its end, warm,
 * without the start of the test server. {@code deploy/benchmarks/skipped-clock} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class OutcomesBenchmark {
  private static final int WARM_UP = 2;
  private static final int RUNS = 5;
  private static final double LIMIT = 3;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everyOutcome() throws IOException {
    Map<String, Object> outcomes = new LinkedHashMap<>();
    double slowest = 0;
    for (int run = 0; run < WARM_UP; run++) {
      for (Outcome outcome : Outcome.values()) {
        seconds(outcome);
      }
    }
    for (Outcome outcome : Outcome.values()) {
      List<Double> seconds = new ArrayList<>();
      for (int run = 0; run < RUNS; run++) {
        seconds.add(seconds(outcome));
      }
      slowest = Math.max(slowest, seconds.stream().mapToDouble(s -> s).max().orElseThrow());
      outcomes.put(outcome.name().toLowerCase(Locale.ROOT), seconds);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("runs", RUNS);
    figures.put("seconds", outcomes);
    figures.put("slowest_seconds", slowest);
    figures.put("limit_seconds", LIMIT);
    Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    assertThat(slowest).isLessThan(LIMIT);
  }

  private static double seconds(Outcome outcome) {
    try (SkippedClock clock = Outcome.clock()) {
      long began = System.nanoTime();
      PromotionResult result = outcome.fly(clock);
      double seconds = (System.nanoTime() - began) / 1e9;
      boolean back = outcome == Outcome.SUSTAINED_BREACH || outcome == Outcome.TIGHTENING;
      assertThat(result.status()).isEqualTo(back ? Status.ROLLED_BACK : Status.COMPLETE);
      return seconds;
    }
  }
}
