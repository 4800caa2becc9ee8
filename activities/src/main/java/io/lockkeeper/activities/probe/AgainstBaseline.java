package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.limit.Limit;
import java.util.List;
import java.util.Optional;

/**
 * A probe right after a change, held against its baseline: one go of runs, and where that was worse
 * the rounds in which it was looked at again.
 *
 * @param limits that it is expected to hold
 * @param again seconds by rounds; empty where it was not looked at again
 */
public record AgainstBaseline(
    ProbeBaseline before, List<Limit> limits, Measured inOneGo, List<List<Double>> again)
    implements HeldToBaseline {
  /** They are held against the baseline after each round, which is much like the one before. */
  private static final int LOOKS = 8;

  public AgainstBaseline {
    limits = List.copyOf(limits);
    again = List.copyOf(again);
  }

  /** The same, looked at again. */
  public AgainstBaseline with(List<List<Double>> rounds) {
    return new AgainstBaseline(before, limits, inOneGo, rounds);
  }

  @Override
  public Optional<JudgedFigures> was() {
    return (again.isEmpty() ? before.inOneGo() : before.figure()).map(JudgedFigures::of);
  }

  @Override
  public JudgedFigures now() {
    return again.isEmpty()
        ? JudgedFigures.of(inOneGo, Shift.of(before.runs(), inOneGo.seconds()))
        : JudgedFigures.of(
            again,
            inOneGo.rows(),
            Wander.of(Levels.of(before.asRounds()), Levels.of(again)),
            LOOKS);
  }

  @Override
  public double noise() {
    return before.noise();
  }

  @Override
  public int rounds() {
    return again.size();
  }

  @Override
  public AgainstBaseline atFirst() {
    return with(List.of());
  }
}
