package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.change.Probe.Derived;
import io.lockkeeper.change.Probe.Operation;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparedTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Derived OVERHEAD = new Derived("slow", Operation.MINUS, "fast");
  private static final double SLOW = 0.012;
  private static final double FAST = 0.010;

  private final Random chance = new Random(1);

  /** Rounds of five runs, of which each has its own level within a fifth. */
  private List<List<Double>> rounds(int number, double seconds) {
    List<List<Double>> rounds = new ArrayList<>();
    for (int round = 0; round < number; round++) {
      double level = seconds * (0.9 + 0.2 * chance.nextDouble());
      rounds.add(chance.doubles(5, 0.95, 1.05).map(run -> run * level).boxed().toList());
    }
    return rounds;
  }

  private Compared soak(double before, double now) {
    Recent recent = new Recent(Duration.ofMinutes(5));
    Instant at = NOON;
    for (List<Double> round : rounds(40, now)) {
      for (double seconds : round) {
        recent.add(at, seconds);
      }
      recent.forget(at);
      at = at.plusSeconds(60);
    }
    return Compared.of(
        Levels.of(rounds(80, before)), recent, Duration.ofHours(24), Duration.ofMinutes(5));
  }

  /** Where the difference was half a millisecond. */
  private static String judged(Reading difference) {
    return LimitJudge.judge(
            Limit.parse("probe.overhead.p95 > baseline * 1.01"),
            "probe.overhead.p95",
            difference,
            OptionalDouble.of(0.0005),
            0)
        .truth()
        .name();
  }

  @Test
  void differenceOfTwoUnchangedProbes_isAnAccident() {
    Compared slow = soak(SLOW, SLOW);
    Compared fast = soak(FAST, FAST);

    Reading p95 = Compared.derived(OVERHEAD, slow.p95(), fast.p95());

    assertThat(judged(p95)).isEqualTo("WITHIN_NOISE");
    assertThat(((Reading.Figure) p95).accident()).isTrue();
    assertThat(((Reading.Figure) Compared.derived(OVERHEAD, slow.p50(), fast.p50())).accident())
        .isTrue();
  }

  @Test
  void differenceOfWhichOneProbeIsSlower_isNone() {
    Compared slower = soak(SLOW, SLOW * 1.5);
    Compared fast = soak(FAST, FAST);

    Reading figure = Compared.derived(OVERHEAD, slower.p95(), fast.p95());

    assertThat(judged(figure)).isEqualTo("YES");
    assertThat(figure)
        .isEqualTo(
            new Reading.Figure(
                ((Reading.Figure) slower.p95()).value() - ((Reading.Figure) fast.p95()).value(),
                "",
                ((Reading.Figure) slower.p95()).chance()));
  }

  @Test
  void differenceOfWhichOneProbeWasNotTested_isJudgedByItsFigure() {
    Reading figure =
        Compared.derived(OVERHEAD, soak(SLOW, SLOW).p95(), new Reading.Figure(FAST / 2));

    assertThat(judged(figure)).isEqualTo("YES");
  }

  @Test
  void differenceOfWhichOneProbeHasNoFigure_isMissing() {
    Reading.Missing nothing = new Reading.Missing("no answer");

    assertThat(Compared.derived(OVERHEAD, new Reading.Figure(1), nothing))
        .isEqualTo(new Reading.Missing("fast has no figure"));
    assertThat(Compared.derived(OVERHEAD, null, nothing))
        .isEqualTo(new Reading.Missing("slow has no figure"));
  }
}
