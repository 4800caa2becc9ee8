package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Reading.Figure;
import io.lockkeeper.limit.Reading.Missing;
import io.lockkeeper.limit.Reading.NotApplicable;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Readings come every ten seconds, the first ten seconds after the start. */
class TriggerFoldTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final Duration SAMPLE = Duration.ofSeconds(10);
  private static final Reading MISSING = new Missing("the target is away");

  private final List<Trigger> triggers = new ArrayList<>();
  private Baselines baselines = Baselines.NONE;
  private List<TriggerState> states = List.of();
  private Instant at = START;

  private void watch(String limit) {
    watch(limit, Duration.ZERO);
  }

  private void watch(String limit, Duration from) {
    Limit parsed = Limit.parse(limit);
    triggers.add(new Trigger(parsed, parsed.duration(), from, Then.ROLLBACK, ""));
  }

  private void read(Map<String, Reading> readings) {
    at = at.plus(SAMPLE);
    states = new TriggerFold(triggers, baselines, START).next(states, at, readings);
  }

  private Phase read(String metric, Reading reading) {
    read(Map.of(metric, reading));
    return states.isEmpty() ? Phase.OK : states.get(states.size() - 1).phase();
  }

  private Phase read(String metric, double value) {
    return read(metric, new Figure(value));
  }

  @Test
  void ratioOfTwoProbes_isToldInShares() {
    baselines = new Baselines(Map.of("probe.share.p50", 1.2), Map.of(), Set.of("probe.share.p50"));
    watch("probe.*.p50 > baseline + 20%");
    read("probe.share.p50", 1.5);

    String sentence =
        new TriggerFold(triggers, baselines, START).sentence(states.get(0), new Figure(1.5));

    assertThat(sentence).isEqualTo("probe.share.p50 150 %, limit > 144 % (baseline 120 %)");
    assertThat(states.get(0).phase()).isEqualTo(Phase.PENDING);
  }

  @Test
  void readingBelowTheLimit_isOk() {
    watch("locks.waiting > 5 for 30s");

    Phase phase = read("locks.waiting", 5);

    assertThat(phase).isEqualTo(Phase.OK);
    assertThat(states)
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new TriggerState(
                    0,
                    "locks.waiting",
                    Phase.OK,
                    START.plus(SAMPLE).toEpochMilli(),
                    0,
                    0,
                    5,
                    5,
                    List.of())));
  }

  @Test
  void breachLastingItsWindow_isABreach() {
    watch("locks.waiting > 5 for 30s");

    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 7)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.BREACH);
    assertThat(states.get(0).worst()).isEqualTo(7);
  }

  @Test
  void breachLastingLessThanItsWindow_isNone() {
    watch("locks.waiting > 5 for 30s");

    for (int i = 0; i < 20; i++) {
      assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
      assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
      assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
      assertThat(read("locks.waiting", 5)).isEqualTo(Phase.OK);
    }
  }

  /** Sampled too seldom for its window, one reading would be enough. */
  @Test
  void oneReading_isNeverABreachThatLasted() {
    watch("locks.waiting > 5 for 5s");

    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.BREACH);
  }

  @Test
  void counter_isABreachAtOnce() {
    watch("deadlocks > 0");

    assertThat(read("deadlocks", 0)).isEqualTo(Phase.OK);
    assertThat(read("deadlocks", 1)).isEqualTo(Phase.BREACH);
  }

  @Test
  void breach_staysOneWhateverIsReadLater() {
    watch("deadlocks > 0");
    read("deadlocks", 1);
    List<TriggerState> breached = states;

    read("deadlocks", 0);
    read("deadlocks", MISSING);
    read("deadlocks", MISSING);
    read("deadlocks", new NotApplicable("gone"));

    assertThat(states).isEqualTo(breached);
  }

  @Test
  void oneMissingReading_keepsThePhase() {
    watch("locks.waiting > 5 for 20s");

    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", MISSING)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.BREACH);
  }

  @Test
  void twoMissingReadings_areInconclusive() {
    watch("locks.waiting > 5 for 20s");
    read("locks.waiting", 0);

    assertThat(read("locks.waiting", MISSING)).isEqualTo(Phase.OK);
    assertThat(states.get(0).worthCarrying()).isTrue();
    assertThat(read("locks.waiting", MISSING)).isEqualTo(Phase.INCONCLUSIVE);
    assertThat(read("locks.waiting", MISSING)).isEqualTo(Phase.INCONCLUSIVE);
  }

  @Test
  void missingFromTheBeginning_isNeverOkForLong() {
    watch("locks.waiting > 5 for 20s");

    read("locks.waiting", MISSING);
    Phase phase = read("locks.waiting", MISSING);

    assertThat(phase).isEqualTo(Phase.INCONCLUSIVE);
    assertThat(states.get(0).last()).isNaN();
  }

  @Test
  void everyOtherReadingMissing_isNotInconclusive() {
    watch("locks.waiting > 5 for 20s");

    for (int i = 0; i < 10; i++) {
      assertThat(read("locks.waiting", 0)).isEqualTo(Phase.OK);
      assertThat(read("locks.waiting", MISSING)).isEqualTo(Phase.OK);
    }
  }

  @Test
  void crossingAfterNoData_beginsAnew() {
    watch("locks.waiting > 5 for 20s");
    read("locks.waiting", 6);
    read("locks.waiting", MISSING);
    read("locks.waiting", MISSING);

    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.BREACH);
  }

  @Test
  void crossingsBeforeAndAfterAGap_areNoLastingBreach() {
    watch("locks.waiting > 5 for 30s");
    read("locks.waiting", 6);
    gap(60);

    assertThat(states.get(0).phase()).isEqualTo(Phase.INCONCLUSIVE);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.BREACH);
  }

  @Test
  void oneLostReading_isNoGap() {
    watch("locks.waiting > 5 for 20s");
    read("locks.waiting", 6);
    gap(1);

    assertThat(states.get(0).phase()).isEqualTo(Phase.PENDING);
    assertThat(read("locks.waiting", 6)).isEqualTo(Phase.BREACH);
  }

  @Test
  void gapOfOthers_leavesAStateAsItWas() {
    watch("locks.waiting > 5 for 20s");
    read("locks.waiting", 6);

    states = TriggerFold.afterGap(states, at, metric -> metric.startsWith("probe.") ? 60 : 0);

    assertThat(states.get(0).phase()).isEqualTo(Phase.PENDING);
  }

  private void gap(int missed) {
    at = at.plus(SAMPLE.multipliedBy(missed));
    states = TriggerFold.afterGap(states, at, metric -> missed);
  }

  @Test
  void gapAtTheEnd_isInconclusive_andNoneIsWhereSomethingWasReadAfterIt() {
    watch("locks.waiting > 5 for 20s");
    read("locks.waiting", 0);
    gap(60);

    assertThat(states.get(0).phase()).isEqualTo(Phase.OK);
    assertThat(TriggerFold.atTheEnd(states, at).get(0).phase()).isEqualTo(Phase.INCONCLUSIVE);
    read("locks.waiting", 0);
    gap(1);
    assertThat(TriggerFold.atTheEnd(states, at)).isEqualTo(states);
  }

  @Test
  void missingReadingAfterAGap_isOneMoreInARow() {
    watch("locks.waiting > 5 for 20s");
    read("locks.waiting", 0);
    gap(1);

    assertThat(read("locks.waiting", MISSING)).isEqualTo(Phase.INCONCLUSIVE);
  }

  @Test
  void missingBaseline_isInconclusive() {
    watch("probe.orders.p95 > baseline + 20% for 20s");

    read("probe.orders.p95", 0.1);
    Phase phase = read("probe.orders.p95", 0.1);

    assertThat(phase).isEqualTo(Phase.INCONCLUSIVE);
  }

  @Test
  void differenceBelowTheNoise_doesNotCount() {
    baselines = new Baselines(Map.of("probe.orders.p95", 0.001), Map.of("probe.orders.p95", 0.001));
    watch("probe.orders.p95 > baseline + 20% for 10s");

    assertThat(read("probe.orders.p95", 0.0019)).isEqualTo(Phase.OK);
    assertThat(read("probe.orders.p95", 0.0021)).isEqualTo(Phase.PENDING);
    assertThat(read("probe.orders.p95", 0.0021)).isEqualTo(Phase.BREACH);
  }

  @Test
  void nothingToMeasure_isNotApplicable() {
    watch("locks.waiting > 5 for 20s");

    assertThat(read("locks.waiting", new NotApplicable("no replica")))
        .isEqualTo(Phase.NOT_APPLICABLE);
    assertThat(read("locks.waiting", 0)).isEqualTo(Phase.OK);
  }

  @Test
  void pattern_isWatchedForEachOfItsMetrics() {
    baselines = new Baselines(Map.of("probe.a.p95", 0.1, "probe.b.p95", 0.5), Map.of());
    watch("probe.*.p95 > baseline + 20% for 10s");

    read(
        Map.of(
            "probe.a.p95", new Figure(0.2),
            "probe.a.p50", new Figure(9),
            "probe.b.p95", new Figure(0.5)));
    read(Map.of("probe.a.p95", new Figure(0.2), "probe.b.p95", new Figure(0.5)));

    assertThat(states)
        .extracting(TriggerState::metric, TriggerState::phase)
        .containsExactlyInAnyOrder(
            tuple("probe.a.p95", Phase.BREACH), tuple("probe.b.p95", Phase.OK));
  }

  @Test
  void twoTriggersOnOneMetric_areFoldedApart() {
    watch("locks.waiting > 5 for 10s");
    watch("locks.waiting > 50 for 10s");

    read("locks.waiting", 6);
    read("locks.waiting", 6);

    assertThat(states)
        .extracting(TriggerState::trigger, TriggerState::phase)
        .containsExactly(tuple(0, Phase.BREACH), tuple(1, Phase.OK));
  }

  @Test
  void metricThatWasNotDue_keepsItsState() {
    watch("locks.waiting > 5 for 30s");
    read("locks.waiting", 6);
    List<TriggerState> pending = states;

    read(Map.of("deadlocks", new Figure(0)));

    assertThat(states).isEqualTo(pending);
  }

  @Test
  void from_isWatchedFromThenOn() {
    watch("deadlocks > 0", Duration.ofSeconds(30));

    assertThat(read("deadlocks", 1)).isEqualTo(Phase.OK);
    assertThat(read("deadlocks", 1)).isEqualTo(Phase.OK);
    assertThat(states).isEmpty();
    assertThat(read("deadlocks", 1)).isEqualTo(Phase.BREACH);
  }

  @Test
  void growthWithinItsTime_isABreach() {
    watch("deadlocks > +3 in 60s");

    assertThat(read("deadlocks", 10)).isEqualTo(Phase.OK);
    assertThat(read("deadlocks", 13)).isEqualTo(Phase.OK);
    assertThat(read("deadlocks", 14)).isEqualTo(Phase.BREACH);
  }

  @Test
  void sameGrowthOverALongerTime_isNone() {
    watch("deadlocks > +3 in 60s");

    for (int i = 0; i < 60; i++) {
      assertThat(read("deadlocks", i * 0.5)).isEqualTo(Phase.OK);
    }
  }

  @Test
  void growthOverALongTime_keepsItsStateSmall() {
    watch("deadlocks > +1000 in 1d");

    for (int i = 0; i < 20_000; i++) {
      read("deadlocks", 0);
    }

    assertThat(states.get(0).recent()).hasSizeLessThanOrEqualTo(26);
    assertThat(Json.text(states)).hasSizeLessThan(2_000);
  }

  @ParameterizedTest
  @CsvSource({
    "sessions.total > 50, 30, 60, 40, 60",
    "sessions.total >= 50, 30, 60, 40, 60",
    "sessions.total < 5, 30, 60, 40, 30",
    "sessions.total <= 5, 30, 60, 40, 30",
  })
  void worst_isTheFigureNearestToABreach(
      String limit, double first, double second, double third, double worst) {
    watch(limit);

    read("sessions.total", first);
    read("sessions.total", second);
    read("sessions.total", third);

    assertThat(states.get(0).worst()).isEqualTo(worst);
    assertThat(states.get(0).last()).isEqualTo(third);
  }

  @Test
  void state_readsBackFromJsonAndGoesOn() {
    watch("deadlocks > +3 in 60s");
    watch("locks.waiting > 5 for 30s");
    read(Map.of("deadlocks", new Figure(10), "locks.waiting", MISSING));
    List<TriggerState> before = states;

    TriggerState[] carried = Json.read(Json.text(before), TriggerState[].class);

    assertThat(Json.text(carried)).isEqualTo(Json.text(before));
    states = List.of(carried);
    read(Map.of("deadlocks", new Figure(14), "locks.waiting", MISSING));
    assertThat(states)
        .extracting(TriggerState::metric, TriggerState::phase)
        .containsExactlyInAnyOrder(
            tuple("deadlocks", Phase.BREACH), tuple("locks.waiting", Phase.INCONCLUSIVE));
  }

  @Test
  void sentence_saysWhatWasReadAndTheLimit() {
    watch("locks.waiting > 5 for 30s");
    watch("deadlocks > +3 in 60s");
    read(Map.of("locks.waiting", new Figure(6), "deadlocks", new Figure(10)));
    read(Map.of("locks.waiting", new Figure(7), "deadlocks", new Figure(12)));
    TriggerFold fold = new TriggerFold(triggers, baselines, START);

    List<String> sentences =
        states.stream()
            .sorted(Comparator.comparing(TriggerState::trigger))
            .map(state -> fold.sentence(state, new Figure(state.last())))
            .toList();

    assertThat(sentences)
        .containsExactly(
            "locks.waiting 7, limit > 5",
            "deadlocks rose by 2 within 1m, limit deadlocks > +3 in 60s");
  }

  /** Against a definition that looks at all readings at once. */
  @Test
  void anySeriesOfReadings_breachesExactlyWhenACrossingLasts() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 300; run++) {
      triggers.clear();
      states = List.of();
      at = START;
      int lasts = 1 + random.nextInt(6);
      watch("locks.waiting > 5 for " + lasts * SAMPLE.toSeconds() + "s");
      List<Character> series = new ArrayList<>();
      boolean expected = false;
      for (int i = 0; i < 60; i++) {
        char next = "++++-?".charAt(random.nextInt(6));
        series.add(next);
        Reading reading = next == '?' ? MISSING : new Figure(next == '+' ? 6 : 5);

        read(Map.of("locks.waiting", reading));

        expected |= lasted(series, lasts);
        assertThat(states.get(0).phase() == Phase.BREACH)
            .as("seed %d, run %d, %s for %d", seed, run, series, lasts)
            .isEqualTo(expected);
      }
    }
  }

  /** Whether the series ends with crossings that span the time, with single gaps at most. */
  private static boolean lasted(List<Character> series, int lasts) {
    int end = series.size() - 1;
    if (series.get(end) != '+') {
      return false;
    }
    int first = end;
    for (int i = end; i >= 0 && series.get(i) != '-'; i--) {
      if (series.get(i) == '?' && i > 0 && series.get(i - 1) == '?') {
        break;
      }
      first = series.get(i) == '+' ? i : first;
    }
    return end - first >= lasts;
  }
}
