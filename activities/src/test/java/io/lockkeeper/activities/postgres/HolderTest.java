package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolderTest {
  private static final long NOON = 1_795_000_000_000L;
  private static final int SERVER_KEEPS = 63;

  @Test
  void nameThatTheServerCut_isStillRead() {
    Holder holder = Holder.of("a-promotion-with-a-long-name-17", NOON, 12);
    String whole = holder.applicationName("a-promotion-with-a-long-name-17 apply-10_stocks");

    assertThat(whole.length()).isGreaterThan(SERVER_KEEPS);
    assertThat(Holder.parse(whole.substring(0, SERVER_KEEPS))).contains(holder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "psql", "lk/read", "lk/backup", "lk/12345678/x", "xlk/12345678/1.1"})
  void otherNames_areNotHolders(String name) {
    assertThat(Holder.parse(name)).isEmpty();
  }

  @Test
  void order_isByScheduleThenAttempt() {
    Holder first = Holder.of("one-1", NOON, 2);

    assertThat(first.before(Holder.of("one-1", NOON, 3))).isTrue();
    assertThat(first.before(Holder.of("one-1", NOON + 1, 1))).isTrue();
    assertThat(first.before(first)).isFalse();
    assertThat(first.before(Holder.of("one-1", NOON, 1))).isFalse();
    assertThat(first.before(Holder.of("one-1", NOON - 1, 9))).isFalse();
  }

  @Test
  void onlyTheSamePromotion_isTheSame() {
    assertThat(Holder.of("one-1", 1, 1).samePromotion(Holder.of("one-1", 2, 5))).isTrue();
    assertThat(Holder.of("one-1", 1, 1).samePromotion(Holder.of("one-2", 1, 1))).isFalse();
  }
}
