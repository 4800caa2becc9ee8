package io.lockkeeper.api.promotions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LastReadTest {
  private final LastRead<Pages> read = new LastRead<>(Pages.class, 2);

  record Pages(List<String> pages) {}

  @Test
  void sameText_isReadOnce() {
    assertThat(read.of(text("first"))).isEqualTo(new Pages(List.of("first")));

    assertThat(read.of(text("first"))).isSameAs(read.of(text("first")));
  }

  @Test
  void textThatDiffers_isReadItself() {
    read.of(text("first"));

    assertThat(read.of(text("second"))).isEqualTo(new Pages(List.of("second")));
  }

  @Test
  void moreThanAreKept_theOneLeastAskedForIsReadAnew() {
    Pages first = read.of(text("first"));
    Pages second = read.of(text("second"));

    read.of(text("first"));
    read.of(text("third"));

    assertThat(read.of(text("first"))).isSameAs(first);
    assertThat(read.of(text("second"))).isNotSameAs(second).isEqualTo(second);
  }

  @Test
  void textThatIsNone_isRefused() {
    assertThatThrownBy(() -> read.of("{ pages")).hasMessage("not a Pages");
  }

  private static String text(String page) {
    return "{ \"pages\": [\"" + page + "\"] }";
  }
}
