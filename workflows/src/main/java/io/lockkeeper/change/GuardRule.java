package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.Metrics;

/** What must hold while a section runs, and what is done where it does not. */
public record GuardRule(Limit limit, Then then) {

  /** What crossing the limit does. */
  public enum Then {
    /** Cancels our own statement where we are the cause, else pauses after the section. */
    BY_CAUSE,
    CANCEL,
    PAUSE,
    NOTE
  }

  /**
   * Of limits that may stand in a guard.
   *
   * @param instead of a baseline, for people: why there is none and what to write
   */
  public static LimitParser parser(String instead) {
    return new LimitParser(Metrics.guards()).withoutGrowth().withoutBaseline(instead);
  }

  static GuardRule usual(String limit) {
    return new GuardRule(Limit.parse(limit), Then.BY_CAUSE);
  }
}
