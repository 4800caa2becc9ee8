package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.activities.sampling.RecordedSoak.Judging;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Soaks of 24 hours on an hour of recorded noise: how often an unchanged query is taken for slower,
 * how often and how soon a slower one is caught. {@code deploy/benchmarks/noise} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class NoiseBenchmark {
  private static final Duration USUAL = Duration.ofMillis(1);
  private static final List<String> PROBES = List.of("few_rows", "many_rows", "tellers");
  private static final List<String> LIMITS = List.of(RecordedSoak.P50, RecordedSoak.P95);

  /** Its differences are above the floor of 1 ms; those of the others are not. */
  private static final String ABOVE = "many_rows";

  private final long seed = Long.getLong("lockkeeper.seed", 1);
  private final int soaks = Integer.getInteger("lockkeeper.soaks", 1_000);

  @Test
  void noise_takesNothingBackAndHidesNothing() throws IOException {
    long began = System.nanoTime();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("soaks", soaks);
    figures.put("hours_of_each", RecordedSoak.LASTS.toHours());
    figures.put("baseline_seconds", RecordedSoak.BASELINE.lasts().toSeconds());
    figures.put("baseline_round_each_seconds", RecordedSoak.BASELINE.every().toSeconds());
    figures.put("limits", LIMITS.stream().map(limit -> limit + " > baseline + 20%").toList());
    Map<String, Map<String, Object>> usual = new LinkedHashMap<>();
    PROBES.forEach(probe -> usual.put(probe, probe.equals(ABOVE) ? curve() : ends(probe, USUAL)));
    figures.put("noise_1ms", usual);
    Map<String, Map<String, Object>> bare = new LinkedHashMap<>();
    PROBES.stream()
        .filter(probe -> !probe.equals(ABOVE))
        .forEach(probe -> bare.put(probe, ends(probe, Duration.ZERO)));
    figures.put("noise_0ms", bare);
    figures.put("unchanged_and_judged_otherwise", otherwise());
    figures.put("compared_right_after", compared());
    figures.put("seconds", Math.round((System.nanoTime() - began) / 1e9));
    Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));

    for (String probe : PROBES) {
      for (String limit : LIMITS) {
        assertThat(breached(usual.get(probe), "x1.00", limit))
            .as("%s of unchanged %s", limit, probe)
            .isLessThanOrEqualTo(soaks / 100.0);
      }
    }
    for (String limit : LIMITS) {
      assertThat(breached(usual.get(ABOVE), "x1.35", limit))
          .as("%s of %s, slower by 35 %%", limit, ABOVE)
          .isGreaterThanOrEqualTo(soaks * 0.99);
    }
  }

  private Map<String, Object> curve() {
    Map<String, Object> curve = new LinkedHashMap<>();
    curve.put("x1.00", soaks(ABOVE, USUAL, 1, Judging.ROUNDS, soaks));
    for (int percent = 10; percent <= 50; percent += 5) {
      double slower = 1 + percent / 100.0;
      curve.put("x1." + percent, soaks(ABOVE, USUAL, slower, Judging.ROUNDS, soaks));
    }
    return curve;
  }

  private Map<String, Object> ends(String probe, Duration floor) {
    Map<String, Object> ends = new LinkedHashMap<>();
    ends.put("x1.00", soaks(probe, floor, 1, Judging.ROUNDS, soaks));
    ends.put("x1.35", soaks(probe, floor, 1.35, Judging.ROUNDS, soaks));
    ends.put("x1.50", soaks(probe, floor, 1.5, Judging.ROUNDS, soaks));
    return ends;
  }

  /** A tenth of the soaks is enough to see it. */
  private Map<String, Object> otherwise() {
    Map<String, Object> otherwise = new LinkedHashMap<>();
    for (Judging judging : List.of(Judging.FIGURE_ALONE, Judging.EACH_RUN, Judging.ONE_GO)) {
      otherwise.put(
          judging.name().toLowerCase(Locale.ROOT), soaks(ABOVE, USUAL, 1, judging, soaks / 10));
    }
    return otherwise;
  }

  /** The comparison right after the change, of pairs somewhere in the recording: no soak. */
  private Map<String, Object> compared() {
    Map<String, Object> compared = new LinkedHashMap<>();
    for (String probe : PROBES) {
      RecordedNoise noise = RecordedNoise.of(probe);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("comparisons", soaks);
      for (double slower : List.of(1.0, 1.35, 2.0)) {
        Random chance = new Random(seed);
        int first = 0;
        int second = 0;
        int withoutRounds = 0;
        for (int i = 0; i < soaks; i++) {
          RecordedComparison one = new RecordedComparison(noise, chance, slower);
          first += one.isWorseInOneGo() ? 1 : 0;
          second += one.isWorseAtTheSecondLook(true) ? 1 : 0;
          withoutRounds += one.isWorseAtTheSecondLook(false) ? 1 : 0;
        }
        figures.put(
            "x%.2f".formatted(slower),
            Map.of(
                "slower_in_one_go", first,
                "slower_at_the_second_look", second,
                "slower_at_the_second_look_where_the_baseline_has_no_rounds", withoutRounds));
      }
      compared.put(probe, figures);
    }
    return compared;
  }

  private Map<String, Object> soaks(
      String probe, Duration floor, double slower, Judging judging, int number) {
    RecordedNoise noise = RecordedNoise.of(probe);
    List<Map<String, Duration>> all =
        LongStream.range(seed * number, seed * number + number)
            .parallel()
            .mapToObj(one -> new RecordedSoak(noise, floor, judging, one).breaches(slower))
            .toList();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("soaks", number);
    for (String limit : LIMITS) {
      List<Double> minutes = new ArrayList<>();
      all.stream()
          .filter(breaches -> breaches.containsKey(limit))
          .forEach(breaches -> minutes.add(breaches.get(limit).toSeconds() / 60.0));
      figures.put(limit, told(minutes));
    }
    return figures;
  }

  private static Map<String, Object> told(List<Double> minutes) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("breached", minutes.size());
    if (!minutes.isEmpty()) {
      told.put("minutes_median", Math.round(Timings.p50(minutes)));
      told.put("minutes_p95", Math.round(Timings.p95(minutes)));
    }
    return told;
  }

  private static double breached(Map<String, Object> probe, String slower, String limit) {
    Map<?, ?> soaks = (Map<?, ?>) probe.get(slower);
    Map<?, ?> told = (Map<?, ?>) soaks.get(limit);
    return ((Number) told.get("breached")).doubleValue();
  }
}
