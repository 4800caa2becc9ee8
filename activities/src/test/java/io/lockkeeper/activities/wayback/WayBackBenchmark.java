package io.lockkeeper.activities.wayback;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.wayback.WayBackRun.Outcome;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random schemas and changes, each applied in part and taken back twice, the second time with its
 * session cut off at some message. {@code deploy/benchmarks/way-back} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class WayBackBenchmark {
  private static final int CASES = 300;
  private static final int OF_EACH = 15;

  private final Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
  private final List<String> failed = new ArrayList<>();
  private int cut;

  @Test
  void eachCase_isTakenBack() throws IOException {
    long seed = Long.getLong("lockkeeper.seed", 1);
    int cases = Integer.getInteger("lockkeeper.cases", CASES);
    long began = System.nanoTime();
    for (long each = seed; each < seed + cases; each++) {
      try (WayBackRun run = WayBackRun.of(each)) {
        count(run.run());
      }
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      counts.put(kind.text(), kinds.getOrDefault(kind, 0));
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cases", cases);
    figures.put("taken_back", cases - failed.size());
    figures.put("cut_off_while_taken_back", cut);
    figures.put("statements", counts.values().stream().mapToInt(n -> n).sum());
    figures.put("statements_by_kind", counts);
    figures.put("seconds", (System.nanoTime() - began) / 1e9);
    figures.put("failed", failed);
    Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    assertThat(failed).isEmpty();
    if (cases >= CASES) {
      assertThat(counts.values()).as("%s", counts).allMatch(n -> n >= OF_EACH);
    }
  }

  private void count(Outcome outcome) {
    outcome.scenario().kinds().forEach((kind, n) -> kinds.merge(kind, n, Integer::sum));
    cut += outcome.cut() ? 1 : 0;
    if (!outcome.passed()) {
      failed.add(outcome.text());
    }
  }
}
