package io.lockkeeper.activity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.StatementChanges;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sampled stretch; at most 8 kB.
 *
 * @param sampledUntil samples due before it were taken or are counted as missing
 * @param states of the triggers then
 * @param metrics samples due and taken in this stretch
 * @param changes of phase that people should know, in order
 * @param marks where counters and logs stood at the stage's start, by metric
 * @param series all samples, in the blob store; absent where the store could not be reached
 * @param drift what somebody else changed of that which the change touches, for people
 * @param notes what else people should know of these samples: a server that was restarted, samples
 *     that are missing
 * @param statements of others that take more time than before; absent where that was not asked for
 */
public record WindowResult(
    Instant sampledUntil,
    List<TriggerState> states,
    @JsonSerialize(contentUsing = ShortSamples.Writer.class)
        @JsonDeserialize(contentUsing = ShortSamples.Reader.class)
        List<MetricSamples> metrics,
    List<PhaseChange> changes,
    Map<String, String> marks,
    Optional<Attachment> series,
    List<String> drift,
    List<String> notes,
    Optional<StatementChanges> statements) {

  /** A trigger's phase changed. */
  public record PhaseChange(TriggerState state, String sentence) {}

  public WindowResult {
    states = List.copyOf(states);
    metrics = List.copyOf(metrics);
    changes = List.copyOf(changes);
    marks = Map.copyOf(marks);
    // Results of earlier versions do not have them.
    drift = drift == null ? List.of() : List.copyOf(drift);
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /** One of a schema that nobody touched. */
  public WindowResult(
      Instant sampledUntil,
      List<TriggerState> states,
      List<MetricSamples> metrics,
      List<PhaseChange> changes,
      Map<String, String> marks,
      Optional<Attachment> series) {
    this(
        sampledUntil,
        states,
        metrics,
        changes,
        marks,
        series,
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** One without notes. */
  public WindowResult(
      Instant sampledUntil,
      List<TriggerState> states,
      List<MetricSamples> metrics,
      List<PhaseChange> changes,
      Map<String, String> marks,
      Optional<Attachment> series,
      List<String> drift) {
    this(sampledUntil, states, metrics, changes, marks, series, drift, List.of(), Optional.empty());
  }

  /** One that was not asked for statements. */
  public WindowResult(
      Instant sampledUntil,
      List<TriggerState> states,
      List<MetricSamples> metrics,
      List<PhaseChange> changes,
      Map<String, String> marks,
      Optional<Attachment> series,
      List<String> drift,
      List<String> notes) {
    this(sampledUntil, states, metrics, changes, marks, series, drift, notes, Optional.empty());
  }
}
