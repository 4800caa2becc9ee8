package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What rounds tell of a difference. */
class WanderTest {
  /** Rounds whose middles wander between 100 and 149 ms, up and down. */
  private static List<List<Double>> rounds(int number, double slower) {
    return IntStream.range(0, number)
        .mapToObj(i -> round(slower * (0.1 + i * 17 % 50 / 1e3)))
        .toList();
  }

  /** Five runs around it, the last half as long again. */
  private static List<Double> round(double middle) {
    return List.of(middle, middle * 0.9, middle * 1.1, middle * 0.95, middle * 1.5);
  }

  private static Wander wander(List<List<Double>> now) {
    return wander(rounds(86, 1), now).orElseThrow();
  }

  private static Optional<Wander> wander(List<List<Double>> before, List<List<Double>> now) {
    return Wander.of(Levels.of(before), Levels.of(now));
  }

  @Test
  void roundsThatWanderAsBefore_areAccident() {
    Wander wander = wander(rounds(30, 1));

    assertThat(wander.chance("p50", 1).accident()).isTrue();
    assertThat(wander.chance("p95", 1).accident()).isTrue();
  }

  @Test
  void halfAnHourThatIsAThirdSlower_isTold() {
    Wander wander = wander(rounds(30, 1.35));

    assertThat(wander.chance("p50", 96).accident()).isFalse();
    assertThat(wander.chance("p95", 96).accident()).isFalse();
  }

  @Test
  void twoRoundsThatAreThreeTimesSlower_areTold() {
    assertThat(wander(rounds(2, 3)).chance("p50", 576).accident()).isFalse();
  }

  @Test
  void fasterRounds_areToldToo() {
    assertThat(wander(rounds(30, 0.5)).chance("p50", 96).accident()).isFalse();
  }

  /** 25 runs that are all slow say no more than one: they were slow together. */
  @Test
  void runsOfOneRound_areOneObservation() {
    List<Double> slow = round(0.16);
    List<Double> many = Collections.nCopies(5, slow).stream().flatMap(List::stream).toList();

    assertThat(wander(List.of(many)).middle())
        .isCloseTo(wander(List.of(slow)).middle(), within(1e-12));
    assertThat(wander(List.of(many)).chance("p50", 1).accident()).isTrue();
  }

  @Test
  void aTailThatGrowsAlone_isToldOfP95AndNotOfP50() {
    List<List<Double>> now =
        rounds(30, 1).stream()
            .map(r -> List.of(r.get(0), r.get(1), r.get(2), r.get(3), r.get(4) * 3))
            .toList();

    assertThat(wander(now).chance("p50", 96).accident()).isTrue();
    assertThat(wander(now).chance("p95", 96).accident()).isFalse();
  }

  /** Student's t of two samples, with twice the variance: from a table, t = 2.228 at 10 degrees. */
  @Test
  void chance_isThatOfStudentsTestWithTwiceTheVariance() {
    double step = Math.sqrt(10.0 / 12);
    List<List<Double>> before = logs(0, step);
    double error = Math.sqrt(2 * (2.0 / 6));

    assertThat(wander(before, logs(2.228139 * error, step)).orElseThrow().middle())
        .isCloseTo(0.05, within(1e-5));
  }

  /** Six rounds of one run, whose logarithms lie a step to both sides of the middle. */
  private static List<List<Double>> logs(double middle, double step) {
    return IntStream.range(0, 6)
        .mapToObj(i -> List.of(Math.exp(middle + (i % 2 == 0 ? step : -step))))
        .toList();
  }

  @Test
  void equalRoundsOnBothSides_areNoDifferenceAndOthersAre() {
    List<List<Double>> constant = Collections.nCopies(6, List.of(0.005));

    assertThat(wander(constant, constant).orElseThrow().middle()).isEqualTo(1);
    assertThat(wander(constant, List.of(List.of(0.006))).orElseThrow().middle()).isLessThan(1e-9);
  }

  @Test
  void fewerThanTwoRoundsBefore_tellNothing() {
    assertThat(wander(rounds(1, 1), rounds(5, 1))).isEmpty();
    assertThat(wander(rounds(86, 1), List.of())).isEmpty();
  }

  private static ProbeBaseline baseline(List<Double> runs) {
    ProbeFigure figure =
        new ProbeFigure("q", runs.size(), 0.1, 0.1, 1, Optional.empty(), List.of());
    return new ProbeBaseline(Optional.of(figure), Map.of(), Map.of(), 0.001, true, runs, List.of());
  }

  @Test
  void roundsGiveTheBaselineItsFigures_andOneGoKeepsItsOwn() {
    ProbeBaseline spread =
        baseline(Collections.nCopies(30, 0.1)).with(List.of(List.of(0.2, 0.2), List.of(0.2, 0.4)));

    assertThat(spread.figure().orElseThrow().p50()).isEqualTo(0.2);
    assertThat(spread.figure().orElseThrow().runs()).isEqualTo(4);
    assertThat(spread.inOneGo().orElseThrow().p50()).isEqualTo(0.1);
    assertThat(spread.inOneGo().orElseThrow().runs()).isEqualTo(30);
    assertThat(Json.read(Json.text(spread), ProbeBaseline.class)).isEqualTo(spread);
  }

  @Test
  void baselineOfAnEarlierVersion_hasTheRoundsThatItsRunsWouldHaveBeen() {
    String now = Json.text(baseline(List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)));
    String earlier = now.replaceFirst(",?\"rounds\":\\[]", "");

    assertThat(earlier).isNotEqualTo(now);
    assertThat(Json.read(earlier, ProbeBaseline.class).asRounds())
        .containsExactly(List.of(1.0, 2.0, 3.0, 4.0, 5.0));
  }
}
