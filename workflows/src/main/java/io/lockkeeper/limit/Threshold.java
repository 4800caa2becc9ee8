package io.lockkeeper.limit;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A limit as plain figures, for looking at many of them.
 *
 * @param operator how a figure stands to {@code high}; for a band it is between both
 * @param low of a band; the same as {@code high} for all others
 */
public record Threshold(Operator operator, double low, double high) {

  /**
   * Nothing for growth, which needs the figures before, for texts, and where the limit is of a
   * baseline that was not measured, or a factor of one below zero.
   */
  public static Optional<Threshold> of(Limit limit, OptionalDouble baseline) {
    if ((limit.needsBaseline() && baseline.isEmpty()) || LimitJudge.turnsRound(limit, baseline)) {
      return Optional.empty();
    }
    if (limit.bound() instanceof Bound.Fixed fixed) {
      return at(limit, fixed.quantity().value());
    }
    if (limit.bound() instanceof Bound.Baseline relative) {
      return at(limit, relative.of(baseline.getAsDouble()));
    }
    if (limit.bound() instanceof Bound.Band band) {
      double unit = band.ofBaseline() ? baseline.getAsDouble() : 1;
      return Optional.of(new Threshold(limit.operator(), band.low() * unit, band.high() * unit));
    }
    return Optional.empty();
  }

  private static Optional<Threshold> at(Limit limit, double figure) {
    return Optional.of(new Threshold(limit.operator(), figure, figure));
  }

  /** Whether what the limit says is so; without the noise floor, below which nobody can tell. */
  public boolean holds(double figure) {
    return operator == Operator.WITHIN
        ? figure >= low && figure <= high
        : operator.holds(figure, high);
  }
}
