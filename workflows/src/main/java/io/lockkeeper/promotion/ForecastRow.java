package io.lockkeeper.promotion;

import io.lockkeeper.forecast.SectionTime;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.step.Evidence.Expected;
import io.lockkeeper.step.Evidence.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was forecast for one section in one environment, beside what was measured there. Times are
 * seconds.
 *
 * @param estimated absent where it cannot be told
 * @param source for people: {@code 2.1 s in staging × 3.4 by table size}
 * @param back of taking it back, estimated; absent where it cannot be told
 * @param backSource absent where nobody measured that of a section that was applied
 * @param measured as it was applied; absent before that
 * @param error {@code (estimated - measured) / measured}; absent without one of them
 */
public record ForecastRow(
    String section,
    Optional<Double> estimated,
    String source,
    Optional<Double> back,
    Optional<String> backSource,
    Optional<Double> measured,
    Optional<Double> error) {

  /** Of each section that was forecast, in order. */
  public static List<ForecastRow> of(Known known, Known.Outlook outlook) {
    return outlook.outlook().sections().stream()
        .map(expected -> of(known, outlook.environment(), expected))
        .toList();
  }

  /** Before it was applied anywhere else. */
  public static ForecastRow of(Expected expected) {
    return of(Known.NOTHING, "", expected);
  }

  private static ForecastRow of(Known known, String environment, Expected expected) {
    Optional<Double> measured =
        known.time(environment, expected.section()).flatMap(SectionTime::applied);
    Optional<Double> estimated = expected.forward().estimated();
    return new ForecastRow(
        expected.section(),
        estimated,
        expected.forward().source(),
        expected.back().flatMap(Span::estimated),
        expected.back().map(Span::source),
        measured,
        measured
            .filter(took -> took > 0)
            .flatMap(took -> estimated.map(guessed -> (guessed - took) / took)));
  }

  /** {@code estimated 7.1 s (2.1 s in staging × 3.4 by table size)}. */
  public String forecast() {
    return estimated(estimated) + " (" + source + ")";
  }

  /** Of taking it back; {@code not measured anywhere} where that is so. */
  public String backForecast() {
    return backSource
        .map(known -> estimated(back) + " (" + known + ")")
        .orElse("not measured anywhere");
  }

  /** {@code +12 %} where it was forecast longer than it took; empty where it is not known. */
  public String errorText() {
    return error.map(e -> String.format(Locale.ROOT, "%+.0f %%", e * 100)).orElse("");
  }

  private static String estimated(Optional<Double> seconds) {
    return seconds
        .map(known -> "estimated " + Quantity.print(known, Dimension.TIME))
        .orElse("no estimate");
  }
}
