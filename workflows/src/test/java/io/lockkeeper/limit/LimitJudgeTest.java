package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Reading.Figure;
import io.lockkeeper.limit.Reading.Missing;
import io.lockkeeper.limit.Reading.NotApplicable;
import io.lockkeeper.limit.Reading.Words;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitJudgeTest {
  private static final OptionalDouble NONE = OptionalDouble.empty();

  private static Judgement judge(
      String limit, Reading reading, OptionalDouble baseline, double noise) {
    Limit parsed = Limit.parse(limit);
    return LimitJudge.judge(parsed, parsed.metric(), reading, baseline, noise);
  }

  @ParameterizedTest
  @CsvSource({
    "p95 < 0.5s, 0.499, YES",
    "p95 < 0.5s, 0.5, NO",
    "p95 <= 0.5s, 0.5, YES",
    "p95 <= 0.5s, 0.501, NO",
    "p95 > 0.5s, 0.501, YES",
    "p95 > 0.5s, 0.5, NO",
    "p95 >= 0.5s, 0.5, YES",
    "p95 >= 0.5s, 0.499, NO",
    "status = 200, 200, YES",
    "status = 200, 503, NO",
    "rows within 10..20, 10, YES",
    "rows within 10..20, 20, YES",
    "rows within 10..20, 9.9, NO",
    "rows within 10..20, 20.1, NO",
  })
  void fixedLimit_isComparedWithItsEdge(String limit, double value, Truth truth) {
    assertThat(judge(limit, new Figure(value), NONE, 0).truth()).isEqualTo(truth);
  }

  /** Before the change the probe took 100 ms. */
  @ParameterizedTest
  @CsvSource({
    "p95 > baseline, 0.1, NO",
    "p95 > baseline, 0.101, YES",
    "p95 > baseline + 20%, 0.119, NO",
    "p95 > baseline + 20%, 0.121, YES",
    "p95 > baseline * 1.2, 0.119, NO",
    "p95 > baseline * 1.2, 0.121, YES",
    "p50 < baseline - 20%, 0.079, YES",
    "p50 < baseline - 20%, 0.081, NO",
    "p50 <= baseline / 10, 0.01, YES",
    "p50 <= baseline / 10, 0.011, NO",
    "p95 < baseline + 5ms, 0.104, YES",
    "p95 < baseline + 5ms, 0.106, NO",
    "p95 within 70%..130% of baseline, 0.071, YES",
    "p95 within 70%..130% of baseline, 0.129, YES",
    "p95 within 70%..130% of baseline, 0.069, NO",
    "p95 within 70%..130% of baseline, 0.131, NO",
  })
  void limitOnTheBaseline_isComparedWithWhatWasMeasured(String limit, double value, Truth truth) {
    assertThat(judge(limit, new Figure(value), OptionalDouble.of(0.1), 0).truth()).isEqualTo(truth);
  }

  /** Before the change it was -10. */
  @ParameterizedTest
  @CsvSource({
    "prometheus.balance > baseline + 20%, -10, NO",
    "prometheus.balance > baseline + 20%, -8.1, NO",
    "prometheus.balance > baseline + 20%, -7.9, YES",
    "prometheus.balance < baseline - 20%, -10, NO",
    "prometheus.balance < baseline - 20%, -12.1, YES",
    "prometheus.balance > baseline + 1, -8.9, YES",
    "prometheus.balance > baseline, -10, NO",
    "prometheus.balance > baseline * 1.2, -10, UNKNOWN",
    "prometheus.balance < baseline / 2, -10, UNKNOWN",
    "prometheus.balance within 70%..130% of baseline, -10, UNKNOWN",
    "prometheus.balance within -12..-8, -10, YES",
  })
  void baselineBelowZero_isNotTurnedRound(String limit, double value, Truth truth) {
    assertThat(judge(limit, new Figure(value), OptionalDouble.of(-10), 0).truth()).isEqualTo(truth);
  }

  @Test
  void factorOfABaselineBelowZero_isSaidToBeNone_andHasNoThreshold() {
    String limit = "prometheus.balance > baseline * 1.2";

    assertThat(judge(limit, new Figure(-9), OptionalDouble.of(-10), 0).sentence())
        .isEqualTo(
            "prometheus.balance -9, but its baseline -10 is below zero, and no factor of that can"
                + " be judged: write an amount, or + 20%");
    assertThat(Threshold.of(Limit.parse(limit), OptionalDouble.of(-10))).isEmpty();
    assertThat(Threshold.of(Limit.parse(limit), OptionalDouble.of(10))).isPresent();
  }

  /** Before the change the probe took 100 ms; accident makes such differences in 2 of 10 looks. */
  @ParameterizedTest
  @CsvSource({
    "p95 > baseline + 20%, 0.130, WITHIN_NOISE",
    "p95 > baseline + 20%, 0.110, NO",
    "p50 < baseline - 20%, 0.070, WITHIN_NOISE",
    "p50 < baseline - 20%, 0.090, NO",
    "p50 <= baseline + 20%, 0.110, YES",
    "p50 <= baseline + 20%, 0.130, WITHIN_NOISE",
    "p95 > 0.12s, 0.130, YES",
  })
  void differenceThatMayBeAccident_decidesNothing(String limit, double value, Truth truth) {
    Figure figure = new Figure(value, "", Optional.of(new Chance(0.2, 0.01)));

    assertThat(judge(limit, figure, OptionalDouble.of(0.1), 0).truth()).isEqualTo(truth);
  }

  @Test
  void accident_isSaidWithItsFigure() {
    Figure figure = new Figure(0.13, "", Optional.of(new Chance(0.2, 0.01)));

    assertThat(judge("p95 > baseline + 20%", figure, OptionalDouble.of(0.1), 0).sentence())
        .isEqualTo(
            "p95 130 ms, limit > 120 ms (baseline 100 ms); so few runs differ as much by accident"
                + " in 20 of 100 cases");
  }

  @Test
  void differenceThatIsNoAccident_decides() {
    Figure figure = new Figure(0.13, "", Optional.of(new Chance(0.001, 0.01)));

    assertThat(judge("p95 > baseline + 20%", figure, OptionalDouble.of(0.1), 0).truth())
        .isEqualTo(Truth.YES);
  }

  @ParameterizedTest
  @CsvSource({"0.149, NO", "0.151, YES"})
  void percentagePoints_areAddedAndDoNotScale(double value, Truth truth) {
    Judgement judgement =
        judge(
            "transactions.rollback_rate > baseline + 5 points",
            new Figure(value),
            OptionalDouble.of(0.1),
            0);

    assertThat(judgement.truth()).isEqualTo(truth);
  }

  @ParameterizedTest
  @CsvSource({
    "p95 > baseline + 20%, 0.0025, WITHIN_NOISE",
    "p95 > baseline + 20%, 0.0015, WITHIN_NOISE",
    "p95 > baseline + 20%, 0.0030, YES",
    "p95 within 99%..101% of baseline, 0.0025, WITHIN_NOISE",
    "p95 > 2ms, 0.0025, YES",
  })
  void differenceBelowTheNoise_cannotBeTold(String limit, double value, Truth truth) {
    assertThat(judge(limit, new Figure(value), OptionalDouble.of(0.002), 0.001).truth())
        .isEqualTo(truth);
  }

  @Test
  void differenceBelowTheNoise_isSaid() {
    Judgement judgement =
        judge("p95 > baseline + 20%", new Figure(0.0025), OptionalDouble.of(0.002), 0.001);

    assertThat(judgement)
        .isEqualTo(
            new Judgement(
                Truth.WITHIN_NOISE,
                "p95 2.50 ms, limit > 2.40 ms (baseline 2 ms); the difference is below 1 ms"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"p95 < 5ms", "p95 > baseline + 20%", "p95 within 1ms..2ms", "body = ready"})
  void missingReading_isUnknown(String limit) {
    Judgement judgement = judge(limit, new Missing("the target is away"), NONE, 0);

    String metric = Limit.parse(limit).metric();
    assertThat(judgement)
        .isEqualTo(new Judgement(Truth.UNKNOWN, metric + " was not measured: the target is away"));
  }

  @Test
  void missingBaseline_isUnknown() {
    assertThat(judge("p95 > baseline + 20%", new Figure(0.1), NONE, 0))
        .isEqualTo(new Judgement(Truth.UNKNOWN, "p95 100 ms, but its baseline was not measured"));
    assertThat(judge("p95 within 70%..130% of baseline", new Figure(0.1), NONE, 0).truth())
        .isEqualTo(Truth.UNKNOWN);
  }

  @Test
  void nothingToMeasure_isNotApplicable() {
    assertThat(judge("sessions.total > 5", new NotApplicable("no replica"), NONE, 0))
        .isEqualTo(
            new Judgement(Truth.NOT_APPLICABLE, "sessions.total does not apply: no replica"));
  }

  @Test
  void growth_cannotBeJudgedByOneReading() {
    assertThat(judge("deadlocks > +3 in 10m", new Figure(9), NONE, 0))
        .isEqualTo(
            new Judgement(
                Truth.UNKNOWN, "deadlocks 9 cannot be judged alone by deadlocks > +3 in 10m"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body = ready  | it is ready now | YES | body holds \"ready\"",
        "body = ready  | it is not       | NO  | body does not hold \"ready\"",
        "value = ready | ready           | YES | value equals \"ready\"",
        "value = ready | it is ready     | NO  | value does not equal \"ready\"",
        "value = 5     | five            | UNKNOWN | value is a text and the limit is not",
      })
  void text_isHeldByABodyAndEqualToAValue(String limit, String read, Truth truth, String sentence) {
    assertThat(judge(limit, new Words(read), NONE, 0)).isEqualTo(new Judgement(truth, sentence));
  }

  @Test
  void figureWhereATextIsWanted_isUnknown() {
    assertThat(judge("value = ready", new Figure(5), NONE, 0))
        .isEqualTo(new Judgement(Truth.UNKNOWN, "value 5 cannot be judged alone by value = ready"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p95 < 500ms                      | p95 61 ms, limit < 500 ms",
        "p95 > baseline + 20%             | p95 61 ms, limit > 60 ms (baseline 50 ms)",
        "p95 within 10ms..80ms            | p95 61 ms, limit within 10 ms to 80 ms",
        "p95 within 80%..120% of baseline | p95 61 ms, limit within 40 ms to 60 ms",
      })
  void sentence_saysReadingLimitAndWhereItComesFrom(String limit, String sentence) {
    assertThat(judge(limit, new Figure(0.061), OptionalDouble.of(0.05), 0).sentence())
        .isEqualTo(sentence);
  }
}
