package io.lockkeeper.api.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.finding.FindingsException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileTest {
  private static Policy policy(String keys) {
    return PolicyFile.read("policy.yaml", "policy:\n  " + keys + "\n");
  }

  @Test
  void series_areKeptForFourHundredDays_unlessItIsSaidOtherwise() {
    assertThat(policy("people: []").keepSeries()).contains(Duration.ofDays(400));
    assertThat(Policy.NONE.keepSeries()).contains(Duration.ofDays(400));
    assertThat(policy("keep_series: 30d").keepSeries()).contains(Duration.ofDays(30));
    assertThat(policy("keep_series: forever").keepSeries()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"23h", "always", "-1d", "0", "[1d]"})
  void seriesThatNobodyCouldRead_areRefused(String time) {
    assertThatThrownBy(() -> policy("keep_series: " + time)).isInstanceOf(FindingsException.class);
  }
}
