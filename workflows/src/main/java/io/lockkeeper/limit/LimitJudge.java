package io.lockkeeper.limit;

import io.lockkeeper.limit.Judgement.Truth;
import java.util.Locale;
import java.util.OptionalDouble;

/** Judges one reading by one limit. Growth needs earlier readings and is judged by the fold. */
public final class LimitJudge {
  private LimitJudge() {}

  /**
   * @param baseline measured before the change; empty where it was not
   * @param noise differences to the baseline below this cannot be told from noise; zero for none
   */
  public static Judgement judge(
      Limit limit, String metric, Reading reading, OptionalDouble baseline, double noise) {
    if (reading instanceof Reading.Missing missing) {
      return new Judgement(Truth.UNKNOWN, metric + " was not measured: " + missing.why());
    }
    if (reading instanceof Reading.NotApplicable none) {
      return new Judgement(Truth.NOT_APPLICABLE, metric + " does not apply: " + none.why());
    }
    if (reading instanceof Reading.Words words) {
      return words(limit, metric, words);
    }
    Reading.Figure figure = (Reading.Figure) reading;
    Judgement judged = figure(limit, metric, figure, baseline, noise);
    return figure.how().isEmpty()
        ? judged
        : new Judgement(judged.truth(), judged.sentence() + " (" + figure.how() + ")");
  }

  private static Judgement words(Limit limit, String metric, Reading.Words words) {
    if (!(limit.bound() instanceof Bound.Text bound)) {
      return new Judgement(Truth.UNKNOWN, metric + " is a text and the limit is not");
    }
    // A body is a whole page: it holds the text. A value is one thing: it is the text.
    boolean whole = limit.dimension() != Dimension.TEXT;
    boolean holds = whole ? words.text().equals(bound.text()) : words.text().contains(bound.text());
    String verb = (holds ? " " : " does not ") + (whole ? "equal" : "hold") + (holds ? "s" : "");
    return new Judgement(holds ? Truth.YES : Truth.NO, metric + verb + " \"" + bound.text() + "\"");
  }

  /**
   * As {@link #judge}, without the words: the answer that every sample needs, and of which people
   * are told only where it changes.
   */
  static Truth truth(Limit limit, Reading reading, OptionalDouble baseline, double noise) {
    return reading instanceof Reading.Figure figure
        ? truthOf(limit, figure, baseline, noise)
        : judge(limit, "", reading, baseline, noise).truth();
  }

  private static Truth truthOf(
      Limit limit, Reading.Figure figure, OptionalDouble baseline, double noise) {
    if (notAlone(limit)
        || (limit.needsBaseline() && baseline.isEmpty())
        || turnsRound(limit, baseline)) {
      return Truth.UNKNOWN;
    }
    boolean holds = holds(limit, figure.value(), baseline);
    // What would be judged alike without any difference is not in doubt.
    boolean differs =
        limit.needsBaseline() && holds != holds(limit, baseline.getAsDouble(), baseline);
    if (hidden(limit, figure, baseline, noise) || (differs && figure.accident())) {
      return Truth.WITHIN_NOISE;
    }
    return holds ? Truth.YES : Truth.NO;
  }

  /** Twice as much as -10 is less than -10: nobody can have meant that. */
  static boolean turnsRound(Limit limit, OptionalDouble baseline) {
    return limit.bound().scales() && baseline.isPresent() && baseline.getAsDouble() < 0;
  }

  private static boolean notAlone(Limit limit) {
    return limit.bound() instanceof Bound.Growth || limit.bound() instanceof Bound.Text;
  }

  private static boolean hidden(
      Limit limit, Reading.Figure figure, OptionalDouble baseline, double noise) {
    return limit.needsBaseline()
        && noise > 0
        && Math.abs(figure.value() - baseline.getAsDouble()) < noise;
  }

  private static Judgement figure(
      Limit limit, String metric, Reading.Figure figure, OptionalDouble baseline, double noise) {
    Truth truth = truthOf(limit, figure, baseline, noise);
    String read = metric + " " + Quantity.print(figure.value(), limit.dimension());
    if (notAlone(limit)) {
      return new Judgement(truth, read + " cannot be judged alone by " + limit.text());
    }
    if (turnsRound(limit, baseline)) {
      String below = Quantity.print(baseline.getAsDouble(), limit.dimension());
      return new Judgement(
          truth,
          read
              + ", but its baseline "
              + below
              + " is below zero, and no factor of that can be judged: write an amount, or + 20%");
    }
    if (truth == Truth.UNKNOWN) {
      return new Judgement(truth, read + ", but its baseline was not measured");
    }
    String sentence = read + ", limit " + limit(limit, baseline);
    if (truth != Truth.WITHIN_NOISE) {
      return new Judgement(truth, sentence);
    }
    String why =
        hidden(limit, figure, baseline, noise)
            ? "the difference is below " + Quantity.print(noise, limit.dimension())
            : byAccident(figure);
    return new Judgement(truth, sentence + "; " + why);
  }

  private static String byAccident(Reading.Figure figure) {
    return String.format(
        Locale.ROOT,
        "so few runs differ as much by accident in %.2g of 100 cases",
        figure.chance().orElseThrow().value() * 100);
  }

  private static boolean holds(Limit limit, double value, OptionalDouble baseline) {
    if (limit.bound() instanceof Bound.Fixed fixed) {
      return limit.operator().holds(value, fixed.quantity().value());
    }
    if (limit.bound() instanceof Bound.Baseline relative) {
      return limit.operator().holds(value, relative.of(baseline.getAsDouble()));
    }
    if (limit.bound() instanceof Bound.Band band) {
      double unit = band.ofBaseline() ? baseline.getAsDouble() : 1;
      return value >= band.low() * unit && value <= band.high() * unit;
    }
    throw new IllegalStateException("not judged alone: " + limit.bound());
  }

  private static String limit(Limit limit, OptionalDouble baseline) {
    Dimension dimension = limit.dimension();
    if (limit.bound() instanceof Bound.Baseline relative) {
      return limit.operator().sign()
          + " "
          + Quantity.print(relative.of(baseline.getAsDouble()), dimension)
          + " (baseline "
          + Quantity.print(baseline.getAsDouble(), dimension)
          + ")";
    }
    if (limit.bound() instanceof Bound.Band band) {
      double unit = band.ofBaseline() ? baseline.getAsDouble() : 1;
      return "within "
          + Quantity.print(band.low() * unit, dimension)
          + " to "
          + Quantity.print(band.high() * unit, dimension);
    }
    Bound.Fixed fixed = (Bound.Fixed) limit.bound();
    return limit.operator().sign() + " " + Quantity.print(fixed.quantity().value(), dimension);
  }
}
