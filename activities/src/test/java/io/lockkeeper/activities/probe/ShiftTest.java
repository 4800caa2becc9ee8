package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What ranks tell of two rows of runs. */
class ShiftTest {
  /** 30 runs from 100 ms on, each a millisecond more. */
  private static final List<Double> BEFORE = runs(30, 0.1, 0.001);

  private static List<Double> runs(int number, double first, double step) {
    return IntStream.range(0, number).mapToObj(i -> first + i * step).toList();
  }

  private static Shift shift(List<Double> now) {
    return Shift.of(BEFORE, now).orElseThrow();
  }

  @Test
  void sameRuns_areNoSlowerAndTheirDifferenceIsAccident() {
    Shift shift = shift(BEFORE);

    assertThat(shift.slower()).isEqualTo(0.5);
    assertThat(shift.chance("p50", 1).accident()).isTrue();
    assertThat(shift.chance("p95", 1).accident()).isTrue();
  }

  @Test
  void everyRunSlower_isTold() {
    Shift shift = shift(runs(5, 0.2, 0.001));

    assertThat(shift.slower()).isEqualTo(1);
    assertThat(shift.middle()).isCloseTo(2.0 / 324_632, within(1e-8));
    assertThat(shift.chance("p50", 288).accident()).isFalse();
  }

  @Test
  void fasterRuns_areToldToo() {
    Shift shift = shift(runs(10, 0.01, 0.001));

    assertThat(shift.slower()).isZero();
    assertThat(shift.chance("p50", 1).accident()).isFalse();
  }

  @Test
  void oneOutlierOfTwenty_isAccident() {
    Shift shift = shift(Stream.concat(BEFORE.stream().limit(19), Stream.of(90.0)).toList());

    assertThat(shift.chance("p50", 1).accident()).isTrue();
    assertThat(shift.chance("p95", 1).accident()).isTrue();
  }

  @Test
  void aTailThatGrowsAlone_isToldOfP95AndNotOfP50() {
    List<Double> half =
        Stream.concat(runs(15, 0.1, 0.001).stream(), runs(10, 5, 1).stream()).toList();

    Shift shift = shift(half);

    assertThat(shift.chance("p50", 1).accident()).isTrue();
    assertThat(shift.chance("p95", 1).accident()).isFalse();
  }

  @Test
  void equalRunsOnBothSides_areNoDifference() {
    List<Double> constant = Collections.nCopies(30, 0.005);

    Shift shift = Shift.of(constant, constant).orElseThrow();

    assertThat(shift.slower()).isEqualTo(0.5);
    assertThat(shift.middle()).isEqualTo(1);
    assertThat(shift.tail()).isEqualTo(1);
  }

  @Test
  void soFewRunsThatNothingCanBeTold_areNotHeldAgainstAnybody() {
    Shift few = Shift.of(List.of(1.0, 2.0, 3.0), List.of(10.0, 20.0, 30.0)).orElseThrow();

    assertThat(few.least()).isEqualTo(0.1);
    assertThat(few.told("p50")).isEmpty();
    assertThat(shift(runs(5, 0.2, 0.001)).told("p50")).isPresent();
  }

  @Test
  void withoutRunsOfOneSide_thereIsNothingToTell() {
    assertThat(Shift.of(List.of(), BEFORE)).isEqualTo(Optional.empty());
    assertThat(Shift.of(BEFORE, List.of())).isEqualTo(Optional.empty());
  }
}
