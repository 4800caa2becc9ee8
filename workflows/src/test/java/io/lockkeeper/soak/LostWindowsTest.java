package io.lockkeeper.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.promotion.PromotionState;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LostWindowsTest {
  private static final Duration UNSEEN = Duration.ofMinutes(15);

  @Test
  void nobodySampledTheFirstQuarter_isInconclusive() {
    String hour = Bundles.FLIGHT.replace("soak: 24h", "soak: 1h");
    try (SkippedClock clock = SkippedClock.of(Bundles.of(hour))) {
      clock.environment().answerWindows(LostWindowsTest::awayInTheFirstQuarter);

      PromotionState state =
          clock.start().until(s -> s.cause().isPresent() || s.stage().startsWith("production"));

      assertThat(state.cause()).isEqualTo(Optional.of(Cause.EVIDENCE));
      assertThat(state.sentence())
          .startsWith("staging-soak: too few samples: deadlocks 270 of 360");
    }
  }

  private static WindowResult awayInTheFirstQuarter(WindowOrder order) {
    if (order.from().isBefore(order.start().plus(UNSEEN))) {
      throw new IllegalStateException("the target is away");
    }
    return RecordingEnvironment.clean(order);
  }
}
