package io.lockkeeper.limit;

import java.time.Duration;

/** The right side of a limit. */
public sealed interface Bound {

  /** Whether it is a multiple of the baseline, which is none where that is below zero. */
  default boolean scales() {
    return false;
  }

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
        case SHARE -> baseline + Math.abs(baseline) * amount;
      };
    }

    @Override
    public boolean scales() {
      return change == Change.SCALE;
    }
  }

  /**
   * Between two figures, both included.
   *
   * @param ofBaseline whether the figures are factors of the baseline
   */
  record Band(double low, double high, boolean ofBaseline) implements Bound {
    @Override
    public boolean scales() {
      return ofBaseline;
    }
  }

  /** A counter's rise within the last time. */
  record Growth(double amount, Duration within) implements Bound {}

  /** What is done with a baseline. */
  enum Change {
    NONE,
    ADD,
    SCALE,
    /** Adds a share of its size, so that more is more below zero too. */
    SHARE
  }
}
