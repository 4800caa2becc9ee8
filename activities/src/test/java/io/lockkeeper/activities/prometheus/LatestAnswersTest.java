package io.lockkeeper.activities.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.limit.Reading;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** With a clock of its own, and work that is done when the test says so. */
class LatestAnswersTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  @AutoClose private final Application prometheus = Application.start();
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final LatestAnswers answers =
      new LatestAnswers(
          new PrometheusQueries(
              new Sources.Prometheus(URI.create(prometheus.variables().get("app")), Map.of())),
          work::add,
          this::nanos);
  private Duration now = Duration.ZERO;

  LatestAnswersTest() {
    prometheus.answers(
        200, "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}");
  }

  private long nanos() {
    return now.toNanos();
  }

  private void answerAll() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  @Test
  void queryThatIsUnderWay_isNotAskedAgain() {
    answers.ask("up");
    answers.latest("up", TEN);
    answers.latest("up", TEN);
    assertThat(work).hasSize(1);

    answerAll();

    assertThat(answers.latest("up", TEN)).isEqualTo(new Reading.Figure(7));
    assertThat(work).hasSize(1);
  }

  @Test
  void answerOfMoreThanAMinute_isMissing_butForWhoSamplesSeldom() {
    answers.ask("up");
    answerAll();

    now = Duration.ofSeconds(60);
    assertThat(answers.latest("up", TEN)).isEqualTo(new Reading.Figure(7));
    now = Duration.ofSeconds(61);
    assertThat(answers.latest("up", TEN))
        .isEqualTo(new Reading.Missing("the last answer of Prometheus is 61 s old"));
    now = Duration.ofMinutes(20);
    assertThat(answers.latest("up", Duration.ofMinutes(10))).isEqualTo(new Reading.Figure(7));
  }
}
