package io.lockkeeper.forecast;

import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.environment.TargetLook.Scope;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.step.Evidence.Expected;
import io.lockkeeper.step.Evidence.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * How long each section will take in the next environment: what was measured in another one, times
 * the ratio of the sizes of what the section reads or writes whole. Where that was too small there
 * to tell anything, there is no figure. Pure.
 */
public final class Forecast {
  /** Up to here a time is that of asking and not of the rows: it does not grow with them. */
  public static final long SMALL = 8L << 20;

  private final List<SectionTime> times;
  private final List<String> before;
  private final Function<String, Optional<TargetLook>> looks;
  private final TargetLook here;

  private Forecast(
      List<SectionTime> times,
      List<String> before,
      Function<String, Optional<TargetLook>> looks,
      TargetLook here) {
    this.times = times;
    this.before = before;
    this.looks = looks;
    this.here = here;
  }

  /**
   * Of each section of the next environment, in its order; of one that nobody has measured in an
   * environment before, that there is no figure. A section that it does not have takes no time.
   * Empty where none of them was measured.
   *
   * @param times of whatever environments
   * @param before the environments whose times count, the nearest first; of each figure the first
   *     counts that has it
   * @param looks what the target of an environment is like; nothing where nobody told
   * @param here what the next one's target is like
   */
  public static List<Expected> of(
      List<SectionTime> times,
      List<String> before,
      Function<String, Optional<TargetLook>> looks,
      TargetLook here) {
    Forecast forecast = new Forecast(times, before, looks, here);
    List<Expected> expected = forecast.sections().map(forecast::expected).toList();
    boolean measured = expected.stream().anyMatch(one -> one.forward().measured().isPresent());
    return measured ? expected : List.of();
  }

  /**
   * As {@link #of} was until sections of the next environment counted: of each that was measured,
   * in their order there. For histories that hold its result.
   */
  public static List<Expected> formerly(
      List<SectionTime> times,
      List<String> before,
      Function<String, Optional<TargetLook>> looks,
      TargetLook here) {
    Forecast forecast = new Forecast(times, before, looks, here);
    return times.stream()
        .map(SectionTime::section)
        .distinct()
        .flatMap(section -> forecast.measured(section).stream())
        .toList();
  }

  private Stream<String> sections() {
    Stream<String> told = here.sections().stream().map(Scope::section);
    // Where there are too many to be told, what was measured may be one of the others.
    return here.sections().size() < TargetLook.SECTIONS
        ? told
        : Stream.concat(told, times.stream().filter(this::counts).map(SectionTime::section))
            .distinct();
  }

  private boolean counts(SectionTime time) {
    return before.contains(time.environment()) && time.forward().isPresent();
  }

  private Expected expected(String section) {
    return measured(section)
        .orElseGet(() -> new Expected(section, Span.unknown(), Optional.of(Span.unknown())));
  }

  private Optional<Expected> measured(String section) {
    return span(section, SectionTime::forward, Scope::forward)
        .map(
            forward ->
                new Expected(section, forward, span(section, SectionTime::back, Scope::back)));
  }

  private Optional<Span> span(
      String section, Function<SectionTime, Optional<Double>> figure, ToLongFunction<Scope> size) {
    for (String environment : before) {
      Optional<Double> measured =
          times.stream().filter(time -> time.of(environment, section)).findFirst().flatMap(figure);
      if (measured.isPresent()) {
        return Optional.of(span(section, environment, measured.get(), size));
      }
    }
    return Optional.empty();
  }

  private Span span(
      String section, String environment, double measured, ToLongFunction<Scope> size) {
    Optional<Scope> then = looks.apply(environment).flatMap(look -> look.section(section));
    Optional<Scope> now = here.section(section);
    String source = Quantity.print(measured, Dimension.TIME) + " in " + environment;
    if (then.isEmpty() || now.isEmpty()) {
      return new Span(Optional.empty(), measured, source + ", sizes are not known");
    }
    long before = size.applyAsLong(then.get());
    long next = size.applyAsLong(now.get());
    if (next == 0) {
      return new Span(Optional.of(measured), measured, source + ", does not grow with the tables");
    }
    if (next <= SMALL) {
      return new Span(Optional.of(measured), measured, source + ", its tables are small here");
    }
    if (before < SMALL) {
      return new Span(
          Optional.empty(),
          measured,
          source
              + ", which tells nothing: its tables have "
              + bytes(before)
              + " there and "
              + bytes(next)
              + " here");
    }
    double scale = (double) next / before;
    return new Span(
        Optional.of(measured * scale),
        measured,
        String.format(Locale.ROOT, "%s × %.1f by table size", source, scale));
  }

  private static String bytes(long size) {
    return Quantity.print((double) size, Dimension.BYTES);
  }
}
