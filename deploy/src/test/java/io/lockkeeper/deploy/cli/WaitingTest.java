package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.FakeApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WaitingTest {
  private static final Map<String, Object> PAUSED =
      Map.of(
          "id",
          "x-1",
          "status",
          "PAUSED",
          "sentence",
          "dev, compare: INCONCLUSIVE",
          "allowed_actions",
          List.of(
              Map.of("action", "retry", "allowed", true),
              Map.of("action", "pause", "allowed", false)));

  @Test
  void aWaitForWhatStandsStill_endsWithItsTime() {
    try (FakeApi api = FakeApi.of(PAUSED, List.of(Map.of("type", "paused")))) {
      long began = System.nanoTime();

      Ran ran =
          Cli.run(
              api.url(),
              "t",
              "promote",
              "x",
              "--reason",
              "r",
              "--until",
              "soak",
              "--timeout",
              "700ms");

      assertThat(ran.code()).isEqualTo(Exit.RUNNING);
      assertThat(ran.err())
          .isEqualTo(
              """
              x-1 is PAUSED, and a person decides: retry
              x-1 is still PAUSED after 700ms: dev, compare: INCONCLUSIVE
              """);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void aWatchOfWhatIsSilent_endsWithItsTime() {
    Map<String, Object> silent = Map.of("id", "x-1", "status", "SOAKING", "sentence", "soaking");
    try (FakeApi api = FakeApi.of(silent, List.of())) {
      long began = System.nanoTime();

      Ran ran = Cli.run(api.url(), "t", "status", "x-1", "--watch", "--timeout", "300ms");

      assertThat(ran.code()).isEqualTo(Exit.RUNNING);
      assertThat(ran.err()).isEqualTo("x-1 is still SOAKING after 300ms: soaking\n");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void whatWasWaitedForAndHasPassed_wasReached() {
    try (FakeApi api =
        FakeApi.of(PAUSED, List.of(Map.of("type", "deadline_set", "stage", "dev-soak")))) {

      Ran ran = Cli.run(api.url(), "t", "promote", "x", "--reason", "r", "--until", "soak");

      assertThat(ran.code()).isEqualTo(Exit.REACHED);
    }
  }

  @Test
  void anotherEnd_saysWhich() {
    Map<String, Object> back =
        Map.of("id", "x-1", "status", "ROLLED_BACK", "sentence", "dev rolled back: slow");
    try (FakeApi api =
        FakeApi.of(back, List.of(Map.of("type", "ended", "status", "ROLLED_BACK")))) {

      Ran ran = Cli.run(api.url(), "t", "promote", "x", "--reason", "r", "--wait");

      assertThat(ran.code()).isEqualTo(Exit.OTHERWISE);
      assertThat(ran.err()).isEqualTo("x-1 is ROLLED_BACK: dev rolled back: slow\n");
    }
  }
}
