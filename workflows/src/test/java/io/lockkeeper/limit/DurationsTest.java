package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  private static final long TEN_YEARS = Duration.ofDays(3650).toMillis();

  @ParameterizedTest
  @CsvSource({
    "24h, PT24H, 24h",
    "90s, PT90S, 1m30s",
    "1h30m, PT90M, 1h30m",
    "500ms, PT0.5S, 500ms",
    "1d, PT24H, 24h",
    "2d, PT48H, 2d",
    "26h, PT26H, 26h",
    "7d, PT168H, 7d",
    "49h, PT49H, 49h",
    "0s, PT0S, 0s",
    "1m1m, PT2M, 2m",
    "3650d, PT87600H, 3650d",
  })
  void writtenDuration_isUnderstoodAndPrintedInItsShortestForm(
      String written, Duration duration, String printed) {
    assertThat(Durations.parse(written)).isEqualTo(duration);
    assertThat(Durations.print(duration)).isEqualTo(printed);
  }

  @Test
  void printedDuration_readsBackAsTheSame() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      long millis = (long) (TEN_YEARS * Math.pow(random.nextDouble(), 1 + random.nextInt(8)));
      Duration duration = Duration.ofMillis(millis);

      String printed = Durations.print(duration);

      assertThat(Durations.parse(printed)).as("seed %d, %s", seed, printed).isEqualTo(duration);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "24", "h", "1.5h", "-1h", "1 h", "1w", "1H", "h1", "1h 30m", "PT1H"})
  void whatIsNoDuration_isRefused(String written) {
    assertThatThrownBy(() -> Durations.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\""
                + written
                + "\" is not a duration: write a number with ms, s, m, h or d, such as 24h");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3651d", "87601h", "9999999999999ms", "999999999999d", "3650d1ms"})
  void longerThanTenYears_isRefused(String written) {
    assertThatThrownBy(() -> Durations.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"" + written + "\" is longer than ten years");
  }

  @Test
  void oneOfManyParts_isAddedUp() {
    assertThat(Durations.parse("1s".repeat(20_000))).isEqualTo(Duration.ofSeconds(20_000));
  }
}
