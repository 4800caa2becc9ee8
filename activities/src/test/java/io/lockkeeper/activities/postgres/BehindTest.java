package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.postgres.Behind.Waiter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BehindTest {
  private static final int US = 100;

  private static Waiter since(double since, Integer... blockers) {
    return new Waiter(since, true, List.of(blockers));
  }

  @Test
  void whoStandsBehindSomebodyWhoStandsBehindUs_countsToo() {
    Behind behind =
        Behind.of(
            US,
            10,
            15,
            Map.of(1, since(11, US), 2, since(12, 1), 3, since(13, 2), 4, since(11, 9)));

    assertThat(behind).isEqualTo(new Behind(3, 4));
  }

  @Test
  void whoWaitedBeforeUs_isNotCharged_norWhoWaitsForHimAlone() {
    assertThat(Behind.of(US, 10, 15, Map.of(1, since(9, US), 2, since(12, 1))))
        .isEqualTo(Behind.NOBODY);
  }

  @Test
  void oursAndTheServersOwn_areSeenThroughAndNotCounted() {
    Waiter vacuum = new Waiter(11, false, List.of(US));

    assertThat(Behind.of(US, 10, 15, Map.of(1, vacuum, 2, since(14, 1))))
        .isEqualTo(new Behind(1, 1));
  }

  @Test
  void circle_endsTheSearch() {
    assertThat(Behind.of(US, 10, 15, Map.of(1, since(11, 2), 2, since(12, 1))))
        .isEqualTo(Behind.NOBODY);
  }

  @Test
  void clocksThatDiffer_giveNoNegativeWait() {
    assertThat(Behind.of(US, 10, 15, Map.of(1, since(15.01, US)))).isEqualTo(new Behind(1, 0));
  }
}
