package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;

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

  static GuardRule usual(String limit) {
    return new GuardRule(Limit.parse(limit), Then.BY_CAUSE);
  }
}
