package io.lockkeeper.limit;

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

  /** Whether the difference cannot be told from none. */
  public boolean accident() {
    return value > most;
  }
}
