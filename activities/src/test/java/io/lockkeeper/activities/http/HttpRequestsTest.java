package io.lockkeeper.activities.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.http.HttpRequests.Answer;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.failure.LockkeeperException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class HttpRequestsTest {
  @AutoClose private final Application application = Application.start();

  private final EnvironmentSettings environment =
      new EnvironmentSettings(
          "dev",
          false,
          true,
          List.of(),
          application.variables(),
          application.allowed(),
          Map.of(),
          Set.of());
  private final HttpRequests requests = new HttpRequests(environment);

  @Test
  void answer_isTakenAsItComes() {
    application.answers(503, "down for maintenance");

    Answer answer = requests.get("$app/dashboard");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("down for maintenance");
    assertThat(answer.seconds()).isPositive();
    assertThat(answer.problem()).isEmpty();
  }

  @Test
  void redirect_isNotFollowed() {
    application.answers(302, "");

    assertThat(requests.get("$app/dashboard").status()).isEqualTo(302);
    assertThat(application.requests()).isEqualTo(1);
  }

  @Test
  void body_isCutAtAMegabyte() {
    application.answers(200, "x".repeat((1 << 20) + 1));

    assertThat(requests.get("$app/").body()).hasSize(1 << 20);
  }

  @Test
  void textAfterTheFirstMegabyte_isNotWaitedFor() {
    application.answersWithoutEnd("x".repeat(1 << 16), Duration.ZERO);

    Answer answer = requests.get("$app/");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).hasSize(1 << 20);
    assertThat(answer.problem()).isEmpty();
  }

  @Test
  void answerThatDrips_isNone() {
    application.answersWithoutEnd(".", Duration.ofMillis(20));

    Answer answer = new HttpRequests(environment, Duration.ofMillis(300)).get("$app/");

    assertThat(answer.status()).isZero();
    assertThat(answer.body()).isEmpty();
    assertThat(answer.seconds()).isBetween(0.3, 5.0);
    assertThat(answer.problem()).contains("no whole answer within 300 ms");
  }

  @Test
  void answerThatTakesItsTime_isTimedToItsEnd() {
    // Sixteen pieces of a sixteenth of a megabyte, with a pause before each but the first.
    application.answersWithoutEnd("x".repeat(1 << 16), Duration.ofMillis(10));

    assertThat(requests.get("$app/").seconds()).isBetween(0.15, 5.0);
  }

  @Test
  void applicationThatIsDown_isAnAnswerWithoutStatus() {
    application.close();

    Answer answer = requests.get("$app/dashboard");

    assertThat(answer.status()).isZero();
    assertThat(answer.problem().orElseThrow()).startsWith("ConnectException");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://127.0.0.1:1/          | 127.0.0.1:1 is not in http_allow",
        "http://169.254.169.254/      | 169.254.169.254:80 is not in http_allow",
        "https://localhost/           | localhost:443 is not in http_allow",
        "file:///etc/passwd           | it is not a plain http or https URL",
        "http://user@localhost:80/    | it is not a plain http or https URL",
        "http://local host/           | it is not a URL",
        "/dashboard                   | it is not a plain http or https URL",
      })
  void placeThatIsNotAllowed_isNotAsked(String url, String why) {
    assertThatThrownBy(() -> requests.get(url))
        .isInstanceOf(LockkeeperException.class)
        .hasMessage(
            "LK-CONFIGURATION: asking "
                + url
                + " in dev: "
                + why
                + ". nothing was sent. Mend the change, or let the place in by the worker's file.");
    assertThat(application.requests()).isZero();
  }

  @Test
  void unknownVariable_isNotAsked() {
    assertThatThrownBy(() -> requests.get("$nowhere/dashboard"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessageContaining("the environment has no such variable");
  }
}
