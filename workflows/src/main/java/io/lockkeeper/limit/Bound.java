package io.lockkeeper.limit;

import java.time.Duration;

/** The right side of a limit. */
public sealed interface Bound {

  /** A number with its unit. */
  record Fixed(Quantity quantity) implements Bound {}

  /** A text that the reading must be, or hold. */
  record Text(String text) implements Bound {}

  /**
   * Measured before the change was applied, then changed.
   *
   * @param change what is done with it; {@link Change#NONE} leaves it as it is
   */
  record Baseline(Change change, double amount) implements Bound {
    double of(double baseline) {
      return switch (change) {
        case NONE -> baseline;
        case ADD -> baseline + amount;
        case SCALE -> baseline * amount;
      };
    }
  }

  /**
   * Between two figures, both included.
   *
   * @param ofBaseline whether the figures are factors of the baseline
   */
  record Band(double low, double high, boolean ofBaseline) implements Bound {}

  /** A counter's rise within the last time. */
  record Growth(double amount, Duration within) implements Bound {}

  /** What is done with a baseline. */
  enum Change {
    NONE,
    ADD,
    SCALE
  }
}
