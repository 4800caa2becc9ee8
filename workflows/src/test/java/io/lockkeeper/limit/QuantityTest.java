package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "5, 5, COUNT, false",
    "0.25, 0.25, COUNT, false",
    "500ms, 0.5, TIME, false",
    "500 ms, 0.5, TIME, false",
    "50MB, 5E7, BYTES, false",
    "20%, 0.2, RATIO, false",
    "5 points, 0.05, RATIO, true",
    "1 point, 0.01, RATIO, true",
    "1point, 0.01, RATIO, true",
    "100/s, 100, RATE, false",
  })
  void numberWithUnit_isUnderstood(
      String written, double value, Dimension dimension, boolean points) {
    assertThat(Quantity.parse(written)).isEqualTo(new Quantity(value, dimension, points));
  }

  /** 0.1 s as a sum of doubles would not be 100 ms. */
  @Test
  void unitsOfOneFigure_giveTheSameValue() {
    assertThat(Quantity.parse("100ms")).isEqualTo(Quantity.parse("0.1s"));
    assertThat(Quantity.parse("700us")).isEqualTo(Quantity.parse("0.7ms"));
    assertThat(Quantity.parse("0.3 points").value()).isEqualTo(Quantity.parse("0.3%").value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ms", "-5", "+5", "5 weeks", "1e3", ".5", "5.", "5mb", "5 5", "5,5"})
  void whatIsNoQuantity_isRefused(String written) {
    assertThat(Quantity.looksLike(written)).isFalse();
    assertThatThrownBy(() -> Quantity.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"" + written + "\" is not a number with a unit");
  }

  @ParameterizedTest
  @CsvSource({
    "0, TIME, 0 ms",
    "0.0000125, TIME, 0.013 ms",
    "0.061, TIME, 61 ms",
    "0.0614, TIME, 61.4 ms",
    "1, TIME, 1 s",
    "61, TIME, 61 s",
    "120, TIME, 2 min",
    "5400, TIME, 90 min",
    "7200, TIME, 2 h",
    "999, BYTES, 999 B",
    "1000, BYTES, 1 kB",
    "48200000, BYTES, 48.2 MB",
    "1073741824, BYTES, 1.07 GB",
    "2500000000000, BYTES, 2.50 TB",
    "5000000000000000, BYTES, 5000 TB",
    "-1500, BYTES, -1.50 kB",
    "0.2, RATIO, 20 %",
    "0.005, RATIO, 0.500 %",
    "-0.256, RATIO, -25.6 %",
    "100, RATE, 100/s",
    "5, COUNT, 5",
    "12345.678, COUNT, 12346",
  })
  void figure_isPrintedAsPeopleReadIt(double value, Dimension dimension, String text) {
    assertThat(Quantity.print(value, dimension)).isEqualTo(text);
  }

  @Test
  void aVersion_isPrintedWithItsMinorNumber() {
    assertThat(Quantity.print(15.018, Dimension.VERSION)).isEqualTo("15.18");
    assertThat(Quantity.print(15.01, Dimension.VERSION)).isEqualTo("15.10");
    assertThat(Quantity.print(18, Dimension.VERSION)).isEqualTo("18");
  }
}
