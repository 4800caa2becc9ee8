package io.lockkeeper.activities.postgres;

import java.util.Map;

/**
 * Which attempt of which step works on a target.
 *
 * @param scheduled when the activity was scheduled, milliseconds: later activities are newer
 * @param attempt of the activity, from 1
 * @param settings of the session, by name
 */
public record Work(
    String promotion, String step, long scheduled, int attempt, Map<String, String> settings) {
  public Work {
    settings = Map.copyOf(settings);
  }
}
