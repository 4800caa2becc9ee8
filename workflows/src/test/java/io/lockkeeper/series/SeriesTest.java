package io.lockkeeper.series;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lockkeeper.series.Series.Point;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesTest {
  private static Series seconds(int from, int until) {
    Series.Collector series = new Series.Collector();
    IntStream.range(from, until).forEach(i -> series.add(i * 1000L, i));
    return series.series();
  }

  private static Instant at(int seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  @Test
  void windows_areJoinedInOrder_andTheLaterOfOneTimeCounts() {
    KeptSeries.Collector windows = new KeptSeries.Collector();
    windows.add("soak", "{\"a\": [[3000, 3], [4000, null]]}".getBytes(UTF_8));
    windows.add("soak", "{\"a\": [[1000, 1], [2000, 2], [3000, 33.5]], \"b\": []}".getBytes(UTF_8));
    windows.add("watch", "{\"a\": [[1000, 7]]}".getBytes(UTF_8));

    KeptSeries kept = windows.series(Map.of());

    assertThat(text(kept.find("soak", "a").orElseThrow())).isEqualTo("1:1.0 2:2.0 3:33.5 4:-");
    assertThat(text(kept.find("watch", "a").orElseThrow())).isEqualTo("1:7.0");
    assertThat(kept.find("soak", "b").orElseThrow().isEmpty()).isTrue();
    assertThat(kept.find("soak", "c")).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> windows.add("soak", "{\"a\": [[1000]]}".getBytes(UTF_8)));
    assertThatIllegalArgumentException().isThrownBy(() -> windows.add("soak", new byte[] {1}));
  }

  @Test
  void twoReadingsMissing_areAGap_andOneIsNone() {
    Series.Collector one = new Series.Collector();
    Series.Collector two = new Series.Collector();
    for (int i = 0; i < 8; i++) {
      if (i != 4) {
        one.add(i * 1000L, i);
      }
      if (i != 4 && i != 5) {
        two.add(i * 1000L, i);
      }
    }

    assertThat(text(one.series())).isEqualTo("0:0.0 1:1.0 2:2.0 3:3.0 5:5.0 6:6.0 7:7.0");
    assertThat(text(two.series())).isEqualTo("0:0.0 1:1.0 2:2.0 3:3.0 4:- 6:6.0 7:7.0");
  }

  @Test
  void extremes_areTheFirst_fromATimeOn() {
    Series series =
        new Series.Collector().add(1000, 5).add(2000, 9).add(3000, 9).add(4000, 1).series();

    assertThat(series.greatest()).contains(new Point(at(2), 9));
    assertThat(series.least()).contains(new Point(at(4), 1));
    assertThat(series.greatest(at(3))).contains(new Point(at(3), 9));
    assertThat(series.least(at(5))).isEmpty();
    assertThat(series.last()).contains(new Point(at(4), 1));
    assertThat(new Series.Collector().add(1, Double.NaN).series().greatest()).isEmpty();
  }

  @Test
  void thinned_keepsSpikesGapsAndBothEnds() {
    Series.Collector all = new Series.Collector();
    for (int i = 0; i < 10_000; i++) {
      if (i < 6_000 || i > 6_010) {
        all.add(i * 1000L, i == 1_234 ? 99 : i == 8_765 ? -99 : 1);
      }
    }

    Series thinned = all.series().thinned(100);

    assertThat(thinned.size()).isBetween(32, 100);
    assertThat(thinned.millis(0)).isZero();
    assertThat(thinned.last()).contains(new Point(at(9_999), 1));
    assertThat(thinned.greatest()).contains(new Point(at(1_234), 99));
    assertThat(thinned.least()).contains(new Point(at(8_765), -99));
    assertThat(IntStream.range(0, thinned.size()).filter(thinned::isGap).count()).isEqualTo(1);
    Series few = seconds(0, 100);
    assertThat(few.thinned(100)).isSameAs(few);
    assertThat(few.thinned(5).size()).isBetween(2, 5);
    assertThatIllegalArgumentException().isThrownBy(() -> few.thinned(4));
  }

  private static String text(Series series) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      text.append(i == 0 ? "" : " ").append(series.millis(i) / 1000).append(':');
      text.append(series.isGap(i) ? "-" : Double.toString(series.value(i)));
    }
    return text.toString();
  }
}
