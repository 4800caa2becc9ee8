package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.probe.Levels.Level;
import io.lockkeeper.limit.Chance;
import java.util.Optional;
import org.apache.commons.statistics.inference.TTest;

/**
 * Rounds of a probe held against those of its baseline, by Student's test of their logarithms: the
 * middle of each round for p50, its slowest run besides for p95. Rounds that are near in time are
 * alike, and each counts as half a one. Sources: Student 1908; Kalibera and Jones 2013 on levels of
 * repetition; Kish 1965 on the effect of what is alike; ADR 0017 on the half.
 *
 * @param middle how often a server that merely wanders moves the middle as far, either way
 * @param tail the same of the middle or the tail
 */
public record Wander(double middle, double tail) {
  private static final TTest STUDENT = TTest.withDefaults();

  /** So many rounds for one that would be like no other. */
  private static final double ALIKE = 2;

  /** Fewer do not tell how rounds scatter. */
  private static final int LEAST_BEFORE = 2;

  /**
   * @return nothing where so few rounds tell nothing
   */
  public static Optional<Wander> of(Levels before, Levels now) {
    if (before.rounds() < LEAST_BEFORE || now.rounds() == 0) {
      return Optional.empty();
    }
    double middle = chance(before.middle(), now.middle());
    double slowest = chance(before.slowest(), now.slowest());
    // Two tests, of which either may be the accident.
    return Optional.of(new Wander(middle, Math.min(1, 2 * Math.min(middle, slowest))));
  }

  /** For a figure of the middle or of the tail: {@code p50} or {@code p95}. */
  public Chance chance(String figure, long looks) {
    return Chance.of(figure.equals("p95") ? tail : middle, looks);
  }

  private static double chance(Level before, Level now) {
    double freedom = before.rounds() + now.rounds() - 2;
    double variance = (before.squares() + now.squares()) / freedom;
    double error = Math.sqrt(ALIKE * variance * (1.0 / before.rounds() + 1.0 / now.rounds()));
    double distance = now.mean() - before.mean();
    if (error == 0) {
      return distance == 0 ? 1 : 0;
    }
    // Of one sample whose variance is its size the error is one, and t its mean.
    double size = freedom + 1;
    return STUDENT.test(distance / error, size, (long) size).getPValue();
  }
}
