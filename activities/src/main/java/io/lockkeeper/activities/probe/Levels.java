package io.lockkeeper.activities.probe;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Where rounds of a probe lie. One round is one observation, however many runs it has: what slows
 * one of them slows its neighbours too.
 *
 * @param middle of each round its median
 * @param slowest of each round its slowest run
 */
public record Levels(Level middle, Level slowest) {
  /** A run that takes no time at all would be infinitely far away. */
  private static final double SHORTEST = 1e-9;

  /**
   * One figure of each round, as logarithms: a server that is slower by a fifth is as far away at
   * every query.
   *
   * @param rounds how many; may be zero
   * @param squares of the distances from the mean, added up
   */
  record Level(int rounds, double mean, double squares) {
    private static Level of(List<List<Double>> rounds, ToDoubleFunction<List<Double>> figure) {
      double[] logs =
          rounds.stream()
              .mapToDouble(round -> Math.log(Math.max(SHORTEST, figure.applyAsDouble(round))))
              .toArray();
      double sum = 0;
      for (double log : logs) {
        sum += log;
      }
      double mean = sum / logs.length;
      double squares = 0;
      for (double log : logs) {
        squares += (log - mean) * (log - mean);
      }
      return new Level(logs.length, mean, squares);
    }
  }

  /**
   * @param rounds seconds of the runs of each; none of them empty
   */
  public static Levels of(List<List<Double>> rounds) {
    return new Levels(
        Level.of(rounds, Timings::p50),
        Level.of(rounds, round -> round.stream().mapToDouble(s -> s).max().orElse(0)));
  }

  int rounds() {
    return middle.rounds();
  }
}
