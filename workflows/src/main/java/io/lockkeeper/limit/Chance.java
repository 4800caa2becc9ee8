package io.lockkeeper.limit;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How often accident alone makes a difference from the baseline as large as one that was measured.
 *
 * @param value of a statistical test, from 0 to 1
 * @param most above this the difference is taken for an accident
 */
public record Chance(double value, double most) {
  /** One false alarm in a hundred is borne, over all looks together. */
  private static final double FALSE_ALARMS = 0.01;

  public Chance {
    if (!(value >= 0 && most > 0)) {
      throw new IllegalArgumentException(value + " of " + most + " is no chance");
    }
  }

  /**
   * @param looks at different runs, each of which may be the false alarm; at least one
   */
  public static Chance of(double value, long looks) {
    return new Chance(value, FALSE_ALARMS / Math.max(1, looks));
  }

  /** That of the test which tells best; nothing where there was none. */
  public static Optional<Chance> bestTold(Stream<Chance> chances) {
    return chances.min(Comparator.comparingDouble(chance -> chance.value / chance.most));
  }

  /**
   * Of what comes out of two figures: it differs by accident where nobody can tell either of the
   * two from its baseline; where one was not tested nobody knows.
   */
  public static Optional<Chance> ofBoth(Optional<Chance> one, Optional<Chance> other) {
    return one.isPresent() && other.isPresent()
        ? bestTold(Stream.of(one.get(), other.get()))
        : Optional.empty();
  }

  /** Whether the difference cannot be told from none. */
  public boolean accident() {
    return value > most;
  }
}
