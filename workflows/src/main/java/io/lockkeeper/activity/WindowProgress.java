package io.lockkeeper.activity;

import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a successor needs to go on with a window, in its heartbeat; at most some 2 kB.
 *
 * @param next when the next sample is due
 * @param states those worth carrying
 * @param what in words, for people
 */
public record WindowProgress(
    Instant next,
    List<TriggerState> states,
    List<MetricSamples> metrics,
    Map<String, String> marks,
    String what) {
  public WindowProgress {
    states = List.copyOf(states);
    metrics = List.copyOf(metrics);
    marks = Map.copyOf(marks);
  }
}
