package io.lockkeeper.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lockkeeper.chart.Chart.Band;
import io.lockkeeper.chart.Chart.Line;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.series.Series;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ChartSvgTest {
  private static final Instant START = Instant.parse("2026-11-22T21:00:00Z");

  private static Instant at(int seconds) {
    return START.plusSeconds(seconds);
  }

  /** One figure each ten seconds. */
  private static Series series(double... figures) {
    Series.Collector series = new Series.Collector();
    for (int i = 0; i < figures.length; i++) {
      series.add(at(i * 10).toEpochMilli(), figures[i]);
    }
    return series.series();
  }

  private static Chart chart(String title, Dimension dimension, Series series, Line... limits) {
    int last = Math.max(0, series.size() - 1);
    return new Chart(
        title,
        dimension,
        START,
        series.size() == 0 ? at(60) : Instant.ofEpochMilli(series.millis(last)),
        series,
        List.of(limits),
        Optional.empty(),
        List.of());
  }

  /** An afternoon at the application: it slows down, and for ten minutes nobody measured. */
  private static Chart breach() {
    Series.Collector series = new Series.Collector();
    for (int i = 0; i < 360; i++) {
      double wave = 0.042 + 0.006 * Math.sin(i / 9.0) + 0.004 * Math.sin(i * 1.7);
      double slow = i >= 300 ? 0.09 : i == 120 ? 0.07 : 0;
      if (i < 180 || i >= 240) {
        series.add(at(i * 10).toEpochMilli(), wave + slow);
      }
    }
    return new Chart(
        "http.dashboard.p95 in production-watch-2h",
        Dimension.TIME,
        START,
        at(3600),
        series.series(),
        List.of(
            new Line(List.of(0.072), "http.dashboard.p95 > baseline + 20% for 60s"),
            new Line(List.of(0.5), "http.*.p95 > 500ms for 300s")),
        Optional.of(new Band(0.045, 0.06, "before the change: p50 45 ms, p95 60 ms")),
        List.of(new Stretch(at(1200), at(1200), false), new Stretch(at(3000), at(3590), true)));
  }

  @Test
  void breachAndGap_areDrawnAsTheyAlwaysWere() throws IOException {
    String svg = ChartSvg.draw(breach(), "production-watch-2h");

    assertThat(svg).isEqualTo(golden("breach.svg", svg));
    assertThat(svg).isEqualTo(ChartSvg.draw(breach(), "production-watch-2h"));
  }

  @Test
  void breach_standsInTheLegend_inItsPlace_andInWords() {
    String svg = ChartSvg.draw(breach(), "c");

    Document picture = parsed(svg);
    assertThat(text(picture, "title")).isEqualTo("http.dashboard.p95 in production-watch-2h");
    assertThat(text(picture, "desc"))
        .isEqualTo(
            "http.dashboard.p95 in production-watch-2h from 2026-11-22T21:00:00Z to"
                + " 2026-11-22T22:00:00Z. lowest 32.1 ms, highest 142 ms at 2026-11-22T21:58:40Z,"
                + " last 140 ms. Limit http.dashboard.p95 > baseline + 20% for 60s: 72 ms. Limit"
                + " http.*.p95 > 500ms for 300s (above the picture). before the change: p50 45 ms, p95 60 ms. breached"
                + " from 2026-11-22T21:50:00Z to 2026-11-22T21:59:50Z, 9.83 min. no data from"
                + " 2026-11-22T21:29:50Z to 2026-11-22T21:40:00Z, 10.2 min.");
    assertThat(svg).contains("breached from 2026-11-22T21:50:00Z to 2026-11-22T21:59:50Z");
    assertThat(filled(picture, "url(#c-b)")).hasSize(2);
    assertThat(filled(picture, "url(#c-c)")).hasSize(1);
    assertThat(filled(picture, "url(#c-gap)")).hasSize(2);
  }

  @Test
  void missingReadings_areAGapOfTheLine_notALineAcross() {
    Series.Collector series = new Series.Collector();
    for (int i = 0; i < 30; i++) {
      if (i < 10 || i > 20) {
        series.add(at(i * 10).toEpochMilli(), 5);
      }
    }

    assertThat(line(ChartSvg.draw(chart("m", Dimension.COUNT, series.series()), "c")))
        .matches("M[^M]+M[^M]+");
    assertThat(line(ChartSvg.draw(chart("m", Dimension.COUNT, series(5, 5, 5, 5)), "c")))
        .matches("M[^M]+");
  }

  @Test
  void oneReadingMissing_isNoGap() {
    Series series =
        new Series.Collector()
            .add(0, 1)
            .add(10_000, 1)
            .add(30_000, 1)
            .add(40_000, 1)
            .add(50_000, 1)
            .series();

    assertThat(series.size()).isEqualTo(5);
  }

  @Test
  void oneFigure_isADot() {
    Document picture = parsed(ChartSvg.draw(chart("m", Dimension.TIME, series(0.2)), "c"));

    assertThat(picture.getElementsByTagName("circle").getLength()).isEqualTo(1);
  }

  @Test
  void noFigure_isSaid() {
    String svg = ChartSvg.draw(chart("m", Dimension.TIME, series()), "c");

    assertThat(svg).contains("no figures", "no data from 2026-11-22T21:00:00Z");
    assertThat(line(svg)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Dimension.class)
  void constantSeries_hasAnAxis(Dimension dimension) {
    for (double figure : new double[] {0, 1, -3, 0.000_01, 123_456_789_012.0}) {
      String svg = ChartSvg.draw(chart("m", dimension, series(figure, figure, figure)), "c");

      assertThat(line(svg)).isNotEmpty();
      assertThat(svg).doesNotContain("NaN", "Infinity");
      assertThat(distinctMarks(svg)).as(dimension + " " + figure).isGreaterThan(1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.MAX_VALUE, 1e300, 1e-300, Double.MIN_VALUE, -Double.MAX_VALUE})
  void hugeAndTinyFigures_haveTheirPlace(double figure) {
    Line limit = new Line(List.of(figure / 2), "m > x");

    String svg = ChartSvg.draw(chart("m", Dimension.BYTES, series(1, figure, 2), limit), "c");

    assertThat(svg).doesNotContain("NaN", "Infinity");
    parsed(svg);
    assertThat(svg.length()).isLessThan(6_000);
  }

  @Test
  void notANumber_isNeverWritten() {
    Series series = series(1, Double.NaN, Double.POSITIVE_INFINITY, 2, Double.NaN);

    String svg = ChartSvg.draw(chart("m", Dimension.COUNT, series), "c");

    assertThat(svg).doesNotContain("NaN", "Infinity");
    assertThat(line(svg)).startsWith("M").contains("M", "h0");
    assertThatIllegalArgumentException().isThrownBy(() -> Svg.number(Double.NaN));
  }

  @Test
  void aHundredThousandFigures_areThinned_andNoSpikeIsLost() {
    double[] figures = IntStream.range(0, 100_000).mapToDouble(i -> 10 + i % 7).toArray();
    figures[54_321] = 400;
    figures[77_777] = 0;

    String svg = ChartSvg.draw(chart("m", Dimension.COUNT, series(figures)), "c");

    String line = line(svg);
    assertThat(line.replaceAll("[^ML]", "")).hasSizeBetween(500, 2_000);
    assertThat(heights(line).min().orElseThrow())
        .isEqualTo(heights(line(scaleOf(400))).min().orElseThrow());
    assertThat(heights(line).filter(y -> y == heights(line).max().orElseThrow()).count())
        .isEqualTo(1);
  }

  private static String scaleOf(double figure) {
    return ChartSvg.draw(chart("m", Dimension.COUNT, series(0, figure, 0)), "c");
  }

  @Test
  void limitFarAboveAllFigures_isSaid_andDoesNotFlattenThem() {
    Line far = new Line(List.of(30.0), "http.a.p95 > 30s");
    Line near = new Line(List.of(0.02), "http.a.p95 > 20ms");

    String svg =
        ChartSvg.draw(chart("m", Dimension.TIME, series(0.009, 0.01, 0.009), far, near), "c");

    assertThat(svg).contains("limit http.a.p95 &gt; 30s (above the picture)");
    assertThat(svg).contains("limit http.a.p95 &gt; 20ms<");
    assertThat(svg).contains(">20 ms<").doesNotContain(">30 s<");
  }

  @Test
  void hostileNames_areWords() {
    String hostile = "</title><script>alert('1')</script>\" onload=\"x\u0000\u001b &amp; 🛑";

    String svg =
        ChartSvg.draw(
            chart(hostile, Dimension.COUNT, series(1, 2), new Line(List.of(1.0), hostile)), "c");

    Document picture = parsed(svg);
    assertThat(picture.getElementsByTagName("script").getLength()).isZero();
    assertThat(text(picture, "title"))
        .isEqualTo("</title><script>alert('1')</script>\" onload=\"x\uFFFD\uFFFD &amp; 🛑");
    assertThat(svg).doesNotContain("<script", "onload=\"x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChartSvg.draw(chart("m", Dimension.COUNT, series(1)), "a\"b"));
  }

  @Test
  void page_needsToAllowNothingForIt() {
    String svg = ChartSvg.draw(breach(), "c");

    assertThat(svg)
        .doesNotContain("style", "href", "<script", "<image", "<foreignObject", "@import");
  }

  @Test
  void times_areRoundAndOfUtc() {
    assertThat(labels(Duration.ofSeconds(6))).startsWith("21:00:00", "21:00:01");
    assertThat(labels(Duration.ofMinutes(2))).startsWith("21:00:00", "21:00:30");
    assertThat(labels(Duration.ofHours(24)))
        .containsExactly("11-23", "04:00", "08:00", "12:00", "16:00", "20:00");
    assertThat(labels(Duration.ofDays(7))).contains("11-23", "11-29").hasSize(7);
    assertThat(labels(Duration.ofDays(4_000))).hasSizeBetween(2, 8);
    assertThat(labels(Duration.ZERO)).containsExactly("21:00:00");
  }

  private static List<String> labels(Duration span) {
    return TimeMarks.between(START, START.plus(span)).stream().map(TimeMarks.Mark::label).toList();
  }

  private static java.util.stream.DoubleStream heights(String line) {
    return Pattern.compile("[ML][0-9.]+ ([0-9.]+)")
        .matcher(line)
        .results()
        .mapToDouble(point -> Double.parseDouble(point.group(1)));
  }

  private static long distinctMarks(String svg) {
    return Pattern.compile("text-anchor=\"end\">([^<]*)<")
        .matcher(svg)
        .results()
        .map(mark -> mark.group(1))
        .filter(mark -> !mark.equals("UTC"))
        .distinct()
        .count();
  }

  /** The path of the figures. */
  private static String line(String svg) {
    Matcher path =
        Pattern.compile("<path d=\"([^\"]*)\" fill=\"none\" stroke=\"#1f4e8c\"").matcher(svg);
    return path.find() ? path.group(1) : "";
  }

  private static List<Element> filled(Document picture, String fill) {
    var rectangles = picture.getElementsByTagName("rect");
    return IntStream.range(0, rectangles.getLength())
        .mapToObj(i -> (Element) rectangles.item(i))
        .filter(rectangle -> rectangle.getAttribute("fill").equals(fill))
        .toList();
  }

  private static String text(Document picture, String name) {
    return picture.getElementsByTagName(name).item(0).getTextContent();
  }

  private static Document parsed(String svg) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(svg)));
    } catch (Exception e) {
      throw new AssertionError(svg, e);
    }
  }

  /** Written anew with {@code -Dlockkeeper.record=true}, to be looked at before it is committed. */
  private static String golden(String name, String drawn) throws IOException {
    if (Boolean.getBoolean("lockkeeper.record")) {
      Files.writeString(Path.of("src/test/resources/charts", name), drawn);
    }
    try (InputStream file = ChartSvgTest.class.getResourceAsStream("/charts/" + name)) {
      return file == null
          ? drawn + "(no golden file)"
          : new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
