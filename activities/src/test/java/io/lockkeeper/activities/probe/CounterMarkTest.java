package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CounterMarkTest {
  private static final CounterMark MARK = CounterMark.at(List.of(100.0, 7.0));

  @Test
  void countersThatGoOn_areCountedFromTheStart() {
    CounterMark later = MARK.next(List.of(130.0, 9.0), false);

    assertThat(later.since(0)).isEqualTo(30);
    assertThat(later.since(1)).isEqualTo(2);
  }

  @Test
  void serverThatBeganAnew_isKnownByOneThatFellAndKeepsWhatWasCounted() {
    CounterMark before = MARK.next(List.of(130.0, 9.0), false);
    List<Double> fallen = List.of(4.0, 9.0);

    assertThat(before.isAhead(List.of(130.0, 9.0))).isFalse();
    assertThat(before.isAhead(fallen)).isTrue();
    CounterMark after = before.next(fallen, true).next(List.of(6.0, 10.0), false);
    assertThat(after.since(0)).isEqualTo(30 + 6);
    assertThat(after.since(1)).isEqualTo(2 + 10);
  }

  @Test
  void text_isReadAgainAlsoAfterAReset() {
    CounterMark reset = MARK.next(List.of(130.0, 9.0), false).next(List.of(1.0, 0.0), true);

    assertThat(reset.text()).isEqualTo("-30,-2|1,0");
    assertThat(CounterMark.read(reset.text(), 2)).contains(reset);
  }

  @Test
  void markOfAnEarlierVersion_countsFromItsStart() {
    assertThat(CounterMark.read("2026-11-20 08:00:00.123+00|12.0,3.0", 2))
        .contains(CounterMark.at(List.of(12.0, 3.0)));
    assertThat(CounterMark.read("-|12.0,3.0", 2)).contains(CounterMark.at(List.of(12.0, 3.0)));
  }

  @Test
  void whatIsNoMark_isNone() {
    assertThat(CounterMark.read(null, 1)).isEmpty();
    assertThat(CounterMark.read("", 1)).isEmpty();
    assertThat(CounterMark.read("1|2,3", 1)).isEmpty();
    assertThat(CounterMark.read("1|many", 1)).isEmpty();
  }
}
