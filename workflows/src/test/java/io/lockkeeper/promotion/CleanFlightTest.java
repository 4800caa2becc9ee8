package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanFlightTest {
  @Test
  void everyStagePasses_endsComplete() {
    try (SkippedClock clock = SkippedClock.of(Bundles.flight()).start()) {
      clock.sleep(Duration.ofHours(24));
      clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF);
      clock.signOff("dba", "boris");
      clock.signOff("operations-lead", "dora");

      PromotionResult result = clock.result();

      assertThat(result.status()).isEqualTo(Status.COMPLETE);
      assertThat(result.carries()).isEqualTo(List.of("dev", "staging", "production"));
    }
  }
}
