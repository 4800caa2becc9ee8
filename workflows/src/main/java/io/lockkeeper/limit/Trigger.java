package io.lockkeeper.limit;

import java.time.Duration;
import java.util.List;

/**
 * A limit that must not come true during soak and watch.
 *
 * @param limit what must not hold
 * @param sustained how long it must be crossed to be a breach; zero is at once
 * @param from from when after the stage's start it is watched; zero is from the start
 * @param then what a breach does
 * @param because why the limit is there, for the people who read the report; may be empty
 */
public record Trigger(Limit limit, Duration sustained, Duration from, Then then, String because) {

  /** What a breach does. */
  public enum Then {
    ROLLBACK,
    PAUSE,
    NOTE,
    /** The steps' undos, and the sections stay. */
    QUICK;

    /** From the mildest. Not the order of the constants, which old histories know. */
    private static final List<Then> GRAVITY = List.of(NOTE, PAUSE, QUICK, ROLLBACK);

    /** How much it does: the more, the graver. */
    public int gravity() {
      return GRAVITY.indexOf(this);
    }
  }

  public String text() {
    String written = limit.text().replaceAll(" for [0-9a-z]+$", "");
    return sustained.isZero() ? written : written + " for " + Durations.print(sustained);
  }
}
