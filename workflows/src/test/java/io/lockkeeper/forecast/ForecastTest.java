package io.lockkeeper.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.environment.TargetLook.Scope;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence.Expected;
import io.lockkeeper.step.Evidence.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastTest {
  private static final TargetLook TWO_SECTIONS =
      new TargetLook(
          "15.18",
          List.of(),
          Map.of(),
          List.of(new Scope("10_index", 0, 0), new Scope("20_here", 0, 0)));

  private static final long MB = 1_000_000;

  private static TargetLook look(long forward, long back) {
    return new TargetLook(
        "15.18", List.of(), Map.of(), List.of(new Scope("10_index", forward, back)));
  }

  private static SectionTime time(String environment) {
    return SectionTime.none(environment, "10_index").applied(2.1).takenBack(0.4, 9);
  }

  private static List<Expected> forecast(
      List<SectionTime> times, TargetLook there, TargetLook here) {
    return Forecast.of(times, List.of("staging", "dev"), environment -> Optional.of(there), here);
  }

  @Test
  void timeThatGrowsWithTheTables_isScaledByTheirSize_andOneThatDoesNotIsNot() {
    List<Expected> expected =
        forecast(List.of(time("staging")), look(100 * MB, 0), look(340 * MB, 0));

    assertThat(expected)
        .containsExactly(
            new Expected(
                "10_index",
                new Span(Optional.of(2.1 * 3.4), 2.1, "2.10 s in staging × 3.4 by table size"),
                Optional.of(
                    new Span(
                        Optional.of(0.4),
                        0.4,
                        "400 ms in staging, does not grow with the tables"))));
  }

  @Test
  void timeOfTinyTables_tellsNothingOfLargeOnes() {
    Span span =
        forecast(List.of(time("staging")), look(8192, 0), look(340 * MB, 0)).get(0).forward();

    assertThat(span.estimated()).isEmpty();
    assertThat(span.source())
        .isEqualTo(
            "2.10 s in staging, which tells nothing: its tables have 8.19 kB there and 340 MB here");
  }

  @Test
  void timeOfTablesThatAreSmallHere_isTakenAsItWas() {
    Span span = forecast(List.of(time("staging")), look(8192, 0), look(81920, 0)).get(0).forward();

    assertThat(span)
        .isEqualTo(new Span(Optional.of(2.1), 2.1, "2.10 s in staging, its tables are small here"));
  }

  @Test
  void nearestEnvironmentThatHasTheFigure_counts() {
    List<SectionTime> times =
        List.of(time("dev"), SectionTime.none("staging", "10_index").applied(3.0));

    Expected expected = forecast(times, look(0, 0), look(0, 0)).get(0);

    assertThat(expected.forward().source()).startsWith("3 s in staging");
    assertThat(expected.back().orElseThrow().source()).startsWith("400 ms in dev");
  }

  @Test
  void withoutSizesOfOneOfBoth_nothingIsEstimated() {
    Span span =
        Forecast.of(
                List.of(time("staging")),
                List.of("staging"),
                environment -> Optional.empty(),
                look(100 * MB, 0))
            .get(0)
            .forward();

    assertThat(span)
        .isEqualTo(new Span(Optional.empty(), 2.1, "2.10 s in staging, sizes are not known"));
  }

  @Test
  void whatWasMeasuredNowhere_isToldWithoutAnEstimate() {
    assertThat(forecast(List.of(time("staging")), look(0, 0), TWO_SECTIONS).get(1))
        .isEqualTo(new Expected("20_here", Span.unknown(), Optional.of(Span.unknown())));
  }

  @Test
  void whereNothingWasMeasured_nothingIsForecast() {
    assertThat(forecast(List.of(time("production")), look(0, 0), look(0, 0))).isEmpty();
  }

  @Test
  void sectionThatIsNotInTheNextEnvironment_takesNoTimeThere() {
    List<SectionTime> times =
        List.of(SectionTime.none("staging", "05_fixtures").applied(40), time("staging"));

    assertThat(forecast(times, look(0, 0), look(0, 0)))
        .extracting(Expected::section)
        .containsExactly("10_index");
  }

  /** What people signed then is in histories, by its hash. */
  @Test
  void formerly_allThatWasMeasuredCounted_andNothingElse() {
    List<SectionTime> times =
        List.of(SectionTime.none("staging", "05_fixtures").applied(40), time("staging"));
    assertThat(
            Forecast.formerly(
                times, List.of("staging"), e -> Optional.of(look(0, 0)), TWO_SECTIONS))
        .extracting(Expected::section)
        .containsExactly("05_fixtures", "10_index");
  }

  /** More sections than a worker tells of. */
  @Test
  void sectionsBeyondThoseThatAreTold_areForecastByWhatWasMeasured() {
    List<Scope> all =
        IntStream.range(0, TargetLook.SECTIONS).mapToObj(i -> new Scope("s" + i, 0, 0)).toList();
    TargetLook here = new TargetLook("15.18", List.of(), Map.of(), all);

    List<Expected> expected = forecast(List.of(time("staging")), look(0, 0), here);

    assertThat(expected).hasSize(TargetLook.SECTIONS + 1);
    assertThat(expected.get(TargetLook.SECTIONS).forward().source())
        .isEqualTo("2.10 s in staging, sizes are not known");
  }

  @Test
  void outlookOfAnEarlierVersion_isRead() {
    Span span = Json.read("{\"estimated\": 7.1, \"measured\": 2.1, \"source\": \"s\"}", Span.class);

    assertThat(span).isEqualTo(new Span(Optional.of(7.1), 2.1, "s"));
  }
}
