package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.limit.Baselines;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaselineRecordTest {

  @ParameterizedTest
  @CsvSource({
    "0, 4, WITHIN_NOISE",
    "0, 5, YES",
    "2, 6, WITHIN_NOISE",
    "10, 14, WITHIN_NOISE",
    "10, 15, NO",
    "10, 16, YES",
    "20, 30, NO",
    "20, 31, YES"
  })
  void fewSessionsMoreThanBefore_areNoise(double before, double now, Truth crossed) {
    Baselines baselines = live("sessions.active", before);

    assertThat(judge(baselines, "sessions.active", now)).isEqualTo(crossed);
  }

  /** One wait is one too many. */
  @ParameterizedTest
  @CsvSource({"locks.waiting", "transactions.oldest"})
  void otherFigures_haveNoNoise(String metric) {
    assertThat(live(metric, 0).noise(metric)).isZero();
  }

  private static Baselines live(String metric, double before) {
    BaselineRecord none = BaselineRecord.NONE;
    return new BaselineRecord(
            none.probes(),
            none.requests(),
            Map.of(metric, before),
            none.results(),
            none.logs(),
            none.indexes(),
            none.derived(),
            none.settings(),
            none.kept())
        .baselines();
  }

  private static Truth judge(Baselines baselines, String metric, double now) {
    return LimitJudge.judge(
            Limit.parse(metric + " > baseline + 50%"),
            metric,
            new Reading.Figure(now),
            baselines.value(metric),
            baselines.noise(metric))
        .truth();
  }
}
