package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A probe right after a change, held against its baseline: one go of runs, and where that was worse
 * the rounds in which it was looked at again.
 *
 * @param limits that it is expected to hold
 * @param again seconds by rounds; empty where it was not looked at again
 */
public record AgainstBaseline(
    ProbeBaseline before, List<Limit> limits, Measured inOneGo, List<List<Double>> again) {
  /** So many tell that it is slower, where they all but agree. */
  private static final int WORSE = 3;

  /** So many tell that it is not, where they lie within the limit. */
  private static final int AS_GOOD = 6;

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

  /** Before the change; rounds are held against rounds. */
  public Optional<JudgedFigures> was() {
    return (again.isEmpty() ? before.inOneGo() : before.figure()).map(JudgedFigures::of);
  }

  /** As it was looked at last. */
  public JudgedFigures now() {
    return again.isEmpty()
        ? JudgedFigures.of(inOneGo, Shift.of(before.runs(), inOneGo.seconds()))
        : JudgedFigures.of(
            again,
            inOneGo.rows(),
            Wander.of(Levels.of(before.asRounds()), Levels.of(again)),
            LOOKS);
  }

  /** Whether what a limit says held before, and does not hold now. */
  public boolean isWorse() {
    Optional<JudgedFigures> was = was();
    return was.isPresent()
        && relative()
            .filter(limit -> was.get().judge(limit, was, 0).truth() == Truth.YES)
            .anyMatch(limit -> truth(limit) == Truth.NO);
  }

  /** Whether the rounds are enough to tell. */
  public boolean isTold() {
    return (again.size() >= WORSE && isWorse()) || (again.size() >= AS_GOOD && isAsGood());
  }

  private boolean isAsGood() {
    return relative().allMatch(limit -> truth(limit) == Truth.YES);
  }

  private Stream<Limit> relative() {
    return limits.stream().filter(Limit::needsBaseline);
  }

  private Truth truth(Limit limit) {
    return now().judge(limit, was(), before.noise()).truth();
  }
}
