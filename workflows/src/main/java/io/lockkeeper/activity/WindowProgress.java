package io.lockkeeper.activity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a successor needs to go on with a window, in its heartbeat; at most 2 kB.
 *
 * @param next when the next sample is due
 * @param states those worth carrying
 * @param metrics samples due and taken so far; where there are many, without those that lack
 *     nothing
 * @param what in words, for people
 */
public record WindowProgress(
    Instant next,
    List<TriggerState> states,
    @JsonSerialize(contentUsing = ShortSamples.Writer.class)
        @JsonDeserialize(contentUsing = ShortSamples.Reader.class)
        List<MetricSamples> metrics,
    Map<String, String> marks,
    String what) {
  public WindowProgress {
    states = List.copyOf(states);
    metrics = List.copyOf(metrics);
    marks = Map.copyOf(marks);
  }
}
