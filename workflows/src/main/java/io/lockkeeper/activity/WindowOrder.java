package io.lockkeeper.activity;

import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.stage.StagePlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A stretch of a soak to be sampled.
 *
 * @param start of the stage, from which counters count
 * @param from first sample due
 * @param until last sample due at the latest; the activity returns then
 * @param states of the triggers at {@code from}
 * @param marks where counters and logs stood at the stage's start, by metric, and which server it
 *     was; empty before the first window
 * @param statements whether its end shall tell which statements take more time; a window that ends
 *     its stage by itself tells it always
 */
public record WindowOrder(
    WorkOrder work,
    StagePlan.Soak plan,
    Instant start,
    Instant from,
    Instant until,
    List<TriggerState> states,
    Map<String, String> marks,
    boolean statements) {
  public WindowOrder {
    states = List.copyOf(states);
    marks = Map.copyOf(marks);
  }

  /** One that need not tell of statements. */
  public WindowOrder(
      WorkOrder work,
      StagePlan.Soak plan,
      Instant start,
      Instant from,
      Instant until,
      List<TriggerState> states,
      Map<String, String> marks) {
    this(work, plan, start, from, until, states, marks, false);
  }
}
