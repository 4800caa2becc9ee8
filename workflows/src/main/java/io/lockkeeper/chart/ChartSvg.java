package io.lockkeeper.chart;

import io.lockkeeper.chart.Chart.Band;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.series.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Draws a chart: dark on white, with lines, dashes and hatches instead of colours alone, so that a
 * print in black and white tells the same. Attributes only, so that a page's
 * Content-Security-Policy need not allow anything for it. The same chart gives the same bytes.
 */
public final class ChartSvg {
  private static final int WIDTH = 700;
  private static final int LEFT = 66;
  private static final int RIGHT = 72;
  private static final int HEIGHT = 150;
  private static final int HEAD = 42;
  private static final int ROW = 16;
  private static final int FOOT = 30;
  private static final int PLOT = WIDTH - LEFT - RIGHT;

  /** Two for each pixel and a few for the gaps. */
  private static final int POINTS = 1_200;

  /** Of a limit so many times higher than all figures only the words are shown. */
  private static final double FAR = 3;

  /** The nearest is shown for longer: how far away it is tells something too. */
  private static final double NEAREST_FAR = 12;

  private static final int LETTERS = 104;
  private static final int TEXT = 12;
  private static final int TITLE = 14;

  /** Width of a letter by its height, in a wide font. */
  private static final double PLAIN = 0.62;

  private static final double BOLD = 0.7;
  private static final String INK = "#1a1a1a";
  private static final String PALE = "#767676";
  private static final String GRID = "#d9d9d9";
  private static final String FIGURES = "#1f4e8c";
  private static final String LIMIT = "#b00020";

  private final Chart chart;
  private final String id;
  private final Axis axis;
  private final Description words;
  private final List<Stretch> missing;
  private final long begin;
  private final double span;
  private final int top;
  private final Svg svg = new Svg();

  private ChartSvg(Chart chart, String id) {
    this.chart = chart;
    this.id = id;
    this.axis = axis(chart);
    this.missing = Missing.of(chart);
    this.words = new Description(chart, axis.high(), missing);
    this.begin = chart.from().toEpochMilli();
    this.span = Math.max(1_000, chart.until().toEpochMilli() - begin);
    this.top = HEAD + ROW * rows() + 12;
  }

  /**
   * The chart as an element that can stand in a page or alone.
   *
   * @param id that no other chart of the page has
   * @throws IllegalArgumentException where the id is none
   */
  public static String draw(Chart chart, String id) {
    if (!id.matches("[A-Za-z][A-Za-z0-9_.-]*")) {
      throw new IllegalArgumentException("\"" + id + "\" cannot be an id");
    }
    return new ChartSvg(chart, id).draw();
  }

  private String draw() {
    int height = top + HEIGHT + FOOT;
    svg.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 " + WIDTH + " " + height,
        "width",
        WIDTH,
        "height",
        height,
        "role",
        "img",
        "aria-labelledby",
        id + "-t " + id + "-d",
        "font-family",
        "system-ui, sans-serif",
        "font-size",
        "12",
        "fill",
        INK);
    svg.words("title", chart.title(), "id", id + "-t");
    svg.words("desc", words.whole(), "id", id + "-d");
    hatches();
    svg.element("rect", "width", WIDTH, "height", height, "fill", "#ffffff");
    head();
    before();
    missing.forEach(s -> span(s, "-gap"));
    chart.stretches().forEach(s -> span(s, s.breach() ? "-b" : "-c"));
    grid();
    times();
    limits();
    figures();
    return svg.close("svg").toString();
  }

  private static Axis axis(Chart chart) {
    double least = chart.series().least().map(Series.Point::value).orElse(0.0);
    double greatest = chart.series().greatest().map(Series.Point::value).orElse(0.0);
    if (chart.before().isPresent()) {
      least = Math.min(least, chart.before().get().low());
      greatest = Math.max(greatest, chart.before().get().high());
    }
    double seen = Math.max(greatest, -least);
    List<Double> limits =
        chart.limits().stream()
            .flatMap(limit -> limit.at().stream())
            .sorted(Comparator.comparingDouble(Math::abs))
            .toList();
    for (int i = 0; i < limits.size(); i++) {
      double at = limits.get(i);
      if (seen == 0 || Math.abs(at) <= seen * (i == 0 ? NEAREST_FAR : FAR)) {
        least = Math.min(least, at);
        greatest = Math.max(greatest, at);
      }
    }
    return Axis.of(chart.dimension(), least, greatest);
  }

  private void hatches() {
    svg.open("defs");
    hatch("-gap", "0", "#ffffff", "#b3b3b3", 8);
    hatch("-c", "45", "#fff6dc", "#e0c060", 6);
    hatch("-b", "45", "#fbe3e6", "#d98a95", 4);
    svg.close("defs");
  }

  private void hatch(String name, String turn, String ground, String stroke, int width) {
    svg.open(
        "pattern",
        "id",
        id + name,
        "width",
        width,
        "height",
        width,
        "patternUnits",
        "userSpaceOnUse",
        "patternTransform",
        "rotate(" + turn + ")");
    svg.element("rect", "width", width, "height", width, "fill", ground);
    svg.element("path", "d", "M0 0V" + width, "stroke", stroke, "stroke-width", "2");
    svg.close("pattern");
  }

  private int rows() {
    return chart.limits().size()
        + (chart.before().isPresent() ? 1 : 0)
        + (chart.stretches().isEmpty() ? 0 : 1)
        + (missing.isEmpty() ? 0 : 1);
  }

  private void head() {
    String title = cut(chart.title());
    svg.words(
        "text",
        title,
        "x",
        8,
        "y",
        18,
        "font-size",
        size(title, TITLE, 8, BOLD),
        "font-weight",
        "bold");
    words(words.figures(), 8, 35);
    int y = HEAD;
    for (int i = 0; i < chart.limits().size(); i++) {
      svg.element(
          "path",
          "d",
          "M8 " + (y + 6) + "h24",
          "stroke",
          LIMIT,
          "stroke-width",
          "1.5",
          "stroke-dasharray",
          dashes(i));
      row("limit " + words.limit(chart.limits().get(i)), y);
      y += ROW;
    }
    if (chart.before().isPresent()) {
      swatch(y, "#e4e4e4", PALE);
      row(chart.before().get().text(), y);
      y += ROW;
    }
    if (!chart.stretches().isEmpty()) {
      boolean breach = chart.stretches().stream().anyMatch(Stretch::breach);
      swatch(y, "url(#" + id + (breach ? "-b)" : "-c)"), LIMIT);
      row(words.stretches(), y);
      y += ROW;
    }
    if (!missing.isEmpty()) {
      swatch(y, "url(#" + id + "-gap)", PALE);
      row(words.missing(), y);
    }
  }

  private void swatch(int y, String fill, String stroke) {
    svg.element(
        "rect",
        "x",
        8,
        "y",
        y,
        "width",
        24,
        "height",
        11,
        "fill",
        fill,
        "stroke",
        stroke,
        "stroke-width",
        "0.5");
  }

  private void row(String words, int y) {
    words(words, 40, y + 10);
  }

  private void words(String words, int x, int y) {
    String cut = cut(words);
    String size = size(cut, TEXT, x, PLAIN);
    if (size.equals(Integer.toString(TEXT))) {
      svg.words("text", cut, "x", x, "y", y);
    } else {
      svg.words("text", cut, "x", x, "y", y, "font-size", size);
    }
  }

  /** As large as usual, or as fits: nobody knows how wide the letters of the reader's font are. */
  private static String size(String words, int usual, int x, double letter) {
    double fits = (WIDTH - 8 - x) / (letter * Math.max(1, words.codePointCount(0, words.length())));
    return Svg.number(Math.min(usual, fits));
  }

  private static String dashes(int limit) {
    return List.of("7 3", "2 2", "9 3 2 3", "4 4").get(limit % 4);
  }

  private void before() {
    for (Band band : chart.before().stream().toList()) {
      double height = Math.max(1, y(band.low()) - y(band.high()));
      svg.element(
          "rect",
          "x",
          LEFT,
          "y",
          y(band.high()),
          "width",
          PLOT,
          "height",
          height,
          "fill",
          "#e4e4e4");
      svg.element(
          "path",
          "d",
          across(y(band.high())) + across(y(band.low())),
          "stroke",
          PALE,
          "stroke-width",
          "0.75");
    }
  }

  private void span(Stretch stretch, String hatch) {
    double from = x(stretch.from().toEpochMilli());
    double until = x(stretch.until().toEpochMilli());
    svg.element(
        "rect",
        "x",
        from,
        "y",
        top,
        "width",
        Math.max(2, until - from),
        "height",
        HEIGHT,
        "fill",
        "url(#" + id + hatch + ")");
  }

  private void grid() {
    for (double mark : axis.marks()) {
      svg.element("path", "d", across(y(mark)), "stroke", GRID, "stroke-width", "0.75");
      svg.words("text", axis.label(mark), "x", LEFT - 8, "y", y(mark) + 4, "text-anchor", "end");
    }
    svg.element(
        "path",
        "d",
        "M" + LEFT + " " + top + "V" + (top + HEIGHT) + "H" + (WIDTH - RIGHT),
        "stroke",
        INK,
        "stroke-width",
        "1",
        "fill",
        "none");
  }

  private void times() {
    int bottom = top + HEIGHT;
    for (TimeMarks.Mark mark :
        TimeMarks.between(chart.from(), Instant.ofEpochMilli(begin + (long) span))) {
      double x = x(mark.at().toEpochMilli());
      svg.element("path", "d", "M" + Svg.number(x) + " " + bottom + "v5", "stroke", INK);
      svg.words("text", mark.label(), "x", x, "y", bottom + 18, "text-anchor", "middle");
    }
    svg.words("text", "UTC", "x", WIDTH - 8, "y", bottom + 18, "text-anchor", "end");
  }

  private void limits() {
    List<Double> taken = new ArrayList<>();
    for (int i = 0; i < chart.limits().size(); i++) {
      for (double at : chart.limits().get(i).at()) {
        if (at >= axis.low() && at <= axis.high()) {
          svg.element(
              "path",
              "d",
              across(y(at)),
              "stroke",
              LIMIT,
              "stroke-width",
              "1.5",
              "stroke-dasharray",
              dashes(i));
          double free = free(y(at) + 4, taken);
          svg.words(
              "text",
              Quantity.print(at, chart.dimension()),
              "x",
              WIDTH - RIGHT + 6,
              "y",
              free,
              "fill",
              LIMIT);
        }
      }
    }
  }

  /** The next place below those that are taken. */
  private static double free(double wished, List<Double> taken) {
    double y = wished;
    for (double other : taken.stream().sorted().toList()) {
      y = Math.abs(other - y) < 12 ? other + 12 : y;
    }
    taken.add(y);
    return y;
  }

  private void figures() {
    Series points = chart.series().thinned(POINTS);
    StringBuilder path = new StringBuilder();
    int drawn = 0;
    for (int i = 0; i < points.size(); i++) {
      if (points.isGap(i)) {
        drawn = 0;
        continue;
      }
      String at = Svg.number(x(points.millis(i))) + " " + Svg.number(y(points.value(i)));
      path.append(drawn == 0 ? "M" : "L").append(at);
      boolean ends = i + 1 == points.size() || points.isGap(i + 1);
      if (drawn == 0 && ends) {
        // With round ends a line without length is a dot.
        path.append("h0");
      }
      drawn++;
    }
    if (path.length() > 0) {
      svg.element(
          "path",
          "d",
          path,
          "fill",
          "none",
          "stroke",
          FIGURES,
          "stroke-width",
          "1.6",
          "stroke-linejoin",
          "round",
          "stroke-linecap",
          "round");
    }
    chart.series().last().filter(last -> points.size() == 1).ifPresent(this::dot);
  }

  private void dot(Series.Point point) {
    svg.element(
        "circle",
        "cx",
        x(point.at().toEpochMilli()),
        "cy",
        y(point.value()),
        "r",
        3,
        "fill",
        FIGURES);
  }

  private double x(long millis) {
    double share = (millis - begin) / span;
    return LEFT + PLOT * Math.max(0, Math.min(1, share));
  }

  private double y(double figure) {
    double share = (figure - axis.low()) / (axis.high() - axis.low());
    return top + HEIGHT * (1 - Math.max(0, Math.min(1, share)));
  }

  private static String across(double y) {
    return "M" + LEFT + " " + Svg.number(y) + "H" + (WIDTH - RIGHT);
  }

  private static String cut(String words) {
    int letters = words.codePointCount(0, words.length());
    return letters <= LETTERS
        ? words
        : words.substring(0, words.offsetByCodePoints(0, LETTERS - 1)) + "…";
  }
}
