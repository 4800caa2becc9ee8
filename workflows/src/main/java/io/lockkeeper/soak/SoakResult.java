package io.lockkeeper.soak;

import io.lockkeeper.step.Evidence;
import java.time.Instant;

/**
 * How a soak or watch ended.
 *
 * @param sentence why, for people
 */
public record SoakResult(
    SoakOutcome outcome, String sentence, Evidence.Samples samples, Instant deadline) {

  /** How it ended. */
  public enum SoakOutcome {
    /** Time is up and nothing was breached. */
    CLEAN,
    /** A trigger that rolls back was breached. */
    BREACH,
    /** A trigger that pauses was breached. */
    PAUSE,
    /** Time is up, and there is too little data to tell. */
    INCONCLUSIVE,
    /** It was called off. */
    STOPPED
  }
}
