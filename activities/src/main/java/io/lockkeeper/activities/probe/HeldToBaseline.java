package io.lockkeeper.activities.probe;

import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import java.util.List;
import java.util.Optional;

/** Figures of a probe right after a change, and the same of its baseline. */
public sealed interface HeldToBaseline permits AgainstBaseline, PairAgainstBaseline {
  /** So many rounds tell that it is slower, where they all but agree. */
  int WORSE = 3;

  /** So many rounds tell that it is not, where they lie within the limit. */
  int AS_GOOD = 6;

  /** Before the change; rounds are held against rounds. */
  Optional<JudgedFigures> was();

  /** As it was looked at last. */
  JudgedFigures now();

  /** What it is expected to hold, in the unit of the figures. */
  List<Limit> limits();

  /** Below which differences cannot be told, in the unit of the figures. */
  double noise();

  /** In how many rounds it was looked at again; 0 where it was not. */
  int rounds();

  /** The same as one go of runs had it, before it was looked at again. */
  HeldToBaseline atFirst();

  /** Whether what a limit says held before, and does not hold now. */
  default boolean isWorse() {
    Optional<JudgedFigures> was = was();
    JudgedFigures now = now();
    return was.isPresent()
        && limits().stream()
            .filter(Limit::needsBaseline)
            .filter(limit -> was.get().judge(limit, was, 0).truth() == Truth.YES)
            .anyMatch(limit -> now.judge(limit, was, noise()).truth() == Truth.NO);
  }

  /** Whether the rounds are enough to tell. */
  default boolean isTold() {
    return (rounds() >= WORSE && isWorse()) || (rounds() >= AS_GOOD && isAsGood());
  }

  /**
   * Whether it was worse and the rounds are too few to tell: that it may be accident is then no
   * reason to let it pass, nor what one go of runs found to let it fail.
   */
  default boolean isSeenTooSeldom() {
    return rounds() < WORSE && (atFirst().isWorse() || (rounds() > 0 && isWorse()));
  }

  private boolean isAsGood() {
    Optional<JudgedFigures> was = was();
    JudgedFigures now = now();
    return limits().stream()
        .filter(Limit::needsBaseline)
        .allMatch(limit -> now.judge(limit, was, noise()).truth() == Truth.YES);
  }
}
