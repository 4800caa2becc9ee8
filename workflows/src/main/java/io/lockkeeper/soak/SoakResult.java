package io.lockkeeper.soak;

import io.lockkeeper.journal.Entry;
import io.lockkeeper.step.Evidence;
import java.time.Instant;
import java.util.List;

/**
 * How a soak or watch ended.
 *
 * @param sentence why, for people
 * @param unwritten what the journal has not taken yet; a rollback does not wait for that
 */
public record SoakResult(
    SoakOutcome outcome,
    String sentence,
    Evidence.Samples samples,
    Instant deadline,
    List<Entry> unwritten) {
  public SoakResult {
    unwritten = List.copyOf(unwritten);
  }

  /** How it ended. */
  public enum SoakOutcome {
    /** Time is up and nothing was breached. */
    CLEAN,
    /** A trigger that rolls back was breached. */
    BREACH,
    /** A trigger that runs the steps' undos was breached. */
    QUICK,
    /** A trigger that pauses was breached. */
    PAUSE,
    /** Somebody else changed what the change touches. */
    DRIFT,
    /** Time is up, and there is too little data to tell. */
    INCONCLUSIVE,
    /** It was called off. */
    STOPPED
  }
}
