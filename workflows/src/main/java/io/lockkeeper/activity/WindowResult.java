package io.lockkeeper.activity;

import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sampled stretch.
 *
 * @param sampledUntil samples due before it were taken or are counted as missing
 * @param states of the triggers then
 * @param metrics samples due and taken in this stretch
 * @param changes of phase that people should know, in order
 * @param marks where counters and logs stood at the stage's start, by metric
 * @param series all samples, in the blob store; absent where the store could not be reached
 * @param drift what somebody else changed of that which the change touches, for people
 */
public record WindowResult(
    Instant sampledUntil,
    List<TriggerState> states,
    List<MetricSamples> metrics,
    List<PhaseChange> changes,
    Map<String, String> marks,
    Optional<Attachment> series,
    List<String> drift) {

  /** A trigger's phase changed. */
  public record PhaseChange(TriggerState state, String sentence) {}

  public WindowResult {
    states = List.copyOf(states);
    metrics = List.copyOf(metrics);
    changes = List.copyOf(changes);
    marks = Map.copyOf(marks);
    // Results of the first versions do not have it.
    drift = drift == null ? List.of() : List.copyOf(drift);
  }

  /** One of a schema that nobody touched. */
  public WindowResult(
      Instant sampledUntil,
      List<TriggerState> states,
      List<MetricSamples> metrics,
      List<PhaseChange> changes,
      Map<String, String> marks,
      Optional<Attachment> series) {
    this(sampledUntil, states, metrics, changes, marks, series, List.of());
  }
}
