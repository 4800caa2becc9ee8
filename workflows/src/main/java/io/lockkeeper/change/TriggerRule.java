package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import java.time.Duration;

/**
 * A trigger as a change writes it.
 *
 * @param from from when after the stage's start it is watched
 * @param because why, for the people who read the report; may be empty
 */
public record TriggerRule(Limit limit, Then then, Duration from, String because) {

  public Trigger trigger() {
    return new Trigger(limit, limit.duration(), from, then, because);
  }
}
