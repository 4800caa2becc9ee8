package io.lockkeeper.activities.guard;

import io.lockkeeper.change.GuardRule;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Limits of {@code guard} and {@code health}, judged by one look. Pure. */
public final class LiveLimits {
  /** They tell of our own backend, so the watch over its statement judges them. */
  private static final Set<String> OURS =
      Set.of("locks.caused_wait", "locks.blocked_by_us", "locks.held");

  private LiveLimits() {}

  /** Whether it tells of the target, and not of our own backend. */
  public static boolean ofTarget(Limit limit) {
    return !OURS.contains(limit.metric());
  }

  public static Judgement judge(Limit limit, Map<String, Reading> readings) {
    Reading reading =
        readings.getOrDefault(limit.metric(), new Reading.Missing("it is not read here"));
    return LimitJudge.judge(limit, limit.metric(), reading, OptionalDouble.empty(), 0);
  }

  /** What does not hold or cannot be told, a sentence each; what does not apply holds. */
  public static List<String> open(List<Limit> limits, Map<String, Reading> readings) {
    return limits.stream()
        .map(limit -> judge(limit, readings))
        .filter(found -> found.truth() != Truth.YES && found.truth() != Truth.NOT_APPLICABLE)
        .map(Judgement::sentence)
        .toList();
  }

  /** What of a guard does not hold, a sentence each; what cannot be told is not crossed. */
  public static List<String> crossed(List<GuardRule> guard, Map<String, Reading> readings) {
    return guard.stream()
        .filter(rule -> rule.then() != GuardRule.Then.NOTE && ofTarget(rule.limit()))
        .map(rule -> judge(rule.limit(), readings))
        .filter(found -> found.truth() == Truth.NO)
        .map(Judgement::sentence)
        .toList();
  }
}
