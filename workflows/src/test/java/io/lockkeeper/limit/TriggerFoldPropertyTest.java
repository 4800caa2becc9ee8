package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.limit.Reading.Figure;
import io.lockkeeper.limit.Reading.Missing;
import io.lockkeeper.limit.Reading.NotApplicable;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fold, which knows only its last state, against a reading of the rules that looks at the whole
 * series each time.
 */
class TriggerFoldPropertyTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final String METRIC = "locks.waiting";
  private static final int SERIES = 1_000;
  private static final int LENGTH = 60;

  /** A reading at a time. */
  private record Sample(Instant at, Reading reading) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "locks.waiting > 5",
        "locks.waiting > 5 for 30s",
        "locks.waiting >= 5 for 1s",
        "locks.waiting < 3 for 20s",
        "locks.waiting = 5 for 0s",
        "locks.waiting within 2..4 for 25s",
        "locks.waiting > baseline * 1.2 for 30s",
        "locks.waiting within 50%..100% of baseline for 10s",
        "locks.waiting > +3 in 40s for 10s",
        "locks.waiting > +6 in 100s for 0s"
      })
  void fold_isWhatTheRulesSayOfTheWholeSeries(String written) {
    Limit limit = Limit.parse(written);
    Trigger trigger = new Trigger(limit, limit.duration(), Duration.ZERO, Then.ROLLBACK, "");
    Baselines baselines = new Baselines(Map.of(METRIC, 4.0), Map.of());
    Random random = new Random(written.hashCode());
    int breaches = 0;
    for (int n = 0; n < SERIES; n++) {
      List<Sample> series = series(random);
      TriggerFold fold = new TriggerFold(List.of(trigger), baselines, START);
      List<TriggerState> states = List.of();
      boolean breached = false;
      for (int i = 0; i < series.size(); i++) {
        Sample sample = series.get(i);
        List<Sample> seen = series.subList(0, i + 1);
        states = fold.next(states, sample.at(), Map.of(METRIC, sample.reading()));

        // At the ends before this one it was looked for when they were the end.
        breached = breached || breached(trigger, seen, i);
        Phase expected = breached ? Phase.BREACH : unbreached(trigger, seen, i);
        assertThat(states.get(0).phase()).as("%s after %s", written, seen).isEqualTo(expected);
      }
      breaches += states.get(0).phase() == Phase.BREACH ? 1 : 0;
    }
    // Both ends are met: neither never nor always.
    assertThat(breaches).isBetween(1, SERIES - 1);
  }

  @Test
  void twoMetricsOfAPattern_areAsGoodAsTwoTriggers() {
    Random random = new Random(7);
    Limit limit = Limit.parse("sessions.* > 5 for 20s");
    Trigger trigger = new Trigger(limit, limit.duration(), Duration.ZERO, Then.ROLLBACK, "");
    TriggerFold fold = new TriggerFold(List.of(trigger), Baselines.NONE, START);
    for (int n = 0; n < SERIES / 10; n++) {
      List<Sample> active = series(random);
      List<Sample> total = series(random);
      List<TriggerState> states = List.of();
      for (int i = 0; i < LENGTH; i++) {
        Reading left = active.get(i).reading();
        Reading right = total.get(i).reading();
        states =
            fold.next(
                states,
                active.get(i).at(),
                Map.of("sessions.active", left, "sessions.total", right));
      }
      for (TriggerState state : states) {
        List<Sample> own = new ArrayList<>();
        for (int i = 0; i < LENGTH; i++) {
          Sample sample = state.metric().equals("sessions.active") ? active.get(i) : total.get(i);
          own.add(new Sample(active.get(i).at(), sample.reading()));
        }
        assertThat(state.phase()).isEqualTo(rules(trigger, own));
      }
    }
  }

  /** Runs of high and low, with gaps. Never closer than growth keeps its points. */
  private static List<Sample> series(Random random) {
    List<Sample> series = new ArrayList<>();
    Instant at = START;
    int level = random.nextInt(8);
    for (int i = 0; i < LENGTH; i++) {
      at = at.plusSeconds(5 + random.nextInt(10));
      level = random.nextInt(4) == 0 ? random.nextInt(10) : level;
      int kind = random.nextInt(20);
      Reading reading =
          kind == 0
              ? new NotApplicable("nothing here")
              : kind < 3 ? new Missing("away") : new Figure(level);
      series.add(new Sample(at, reading));
    }
    return series;
  }

  /** The rules, slowly: what was a breach once stays one. */
  private static Phase rules(Trigger trigger, List<Sample> series) {
    for (int end = 0; end < series.size(); end++) {
      if (breached(trigger, series, end)) {
        return Phase.BREACH;
      }
    }
    return unbreached(trigger, series, series.size() - 1);
  }

  private static Phase unbreached(Trigger trigger, List<Sample> series, int end) {
    Reading last = series.get(end).reading();
    if (last instanceof NotApplicable) {
      return Phase.NOT_APPLICABLE;
    }
    if (last instanceof Figure) {
      return crossed(trigger, series, end) ? Phase.PENDING : Phase.OK;
    }
    boolean twice = end > 0 && series.get(end - 1).reading() instanceof Missing;
    // One that is lost keeps what was; before the first nothing was.
    return twice ? Phase.INCONCLUSIVE : end == 0 ? Phase.OK : unbreached(trigger, series, end - 1);
  }

  /** Whether it is crossed at the end, and was without a break for as long as it says. */
  private static boolean breached(Trigger trigger, List<Sample> series, int end) {
    if (!(series.get(end).reading() instanceof Figure) || !crossed(trigger, series, end)) {
      return false;
    }
    int crossings = 0;
    Instant since = series.get(end).at();
    for (int i = end; i >= 0; i--) {
      Reading reading = series.get(i).reading();
      boolean lost = reading instanceof Missing;
      boolean lostTwice = lost && i > 0 && series.get(i - 1).reading() instanceof Missing;
      if (lostTwice || (!lost && !(reading instanceof Figure && crossed(trigger, series, i)))) {
        break;
      }
      if (!lost) {
        crossings++;
        since = series.get(i).at();
      }
    }
    Duration lasted = Duration.between(since, series.get(end).at());
    return lasted.compareTo(trigger.sustained()) >= 0
        && (trigger.sustained().isZero() || crossings >= 2);
  }

  private static boolean crossed(Trigger trigger, List<Sample> series, int at) {
    double value = ((Figure) series.get(at).reading()).value();
    Limit limit = trigger.limit();
    if (limit.bound() instanceof Bound.Growth growth) {
      return value - oldest(series, at, growth.within()) > growth.amount();
    }
    String text = limit.text();
    int lasting = text.indexOf(" for ");
    return switch (lasting < 0 ? text : text.substring(0, lasting)) {
      case "locks.waiting > 5", "sessions.* > 5" -> value > 5;
      case "locks.waiting >= 5" -> value >= 5;
      case "locks.waiting < 3" -> value < 3;
      case "locks.waiting = 5" -> value == 5;
      case "locks.waiting within 2..4" -> value >= 2 && value <= 4;
      case "locks.waiting > baseline * 1.2" -> value > 4.8;
      case "locks.waiting within 50%..100% of baseline" -> value >= 2 && value <= 4;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static double oldest(List<Sample> series, int at, Duration within) {
    Instant from = series.get(at).at().minus(within);
    return series.subList(0, at + 1).stream()
        .filter(sample -> !sample.at().isBefore(from))
        .map(Sample::reading)
        .filter(Figure.class::isInstance)
        .mapToDouble(reading -> ((Figure) reading).value())
        .findFirst()
        .orElseThrow();
  }
}
