package io.lockkeeper.change;

import java.time.Duration;
import java.util.List;

/**
 * An end of a soak or watch.
 *
 * @param lasts from the start of the first milestone to the end of this one
 * @param sample time between samples
 * @param minSamples share of the samples due below which the verdict is INCONCLUSIVE, 0 to 1
 * @param rollbackIf triggers besides those of the environment
 */
public record Milestone(
    Duration lasts, Duration sample, double minSamples, List<TriggerRule> rollbackIf) {
  public Milestone {
    rollbackIf = List.copyOf(rollbackIf);
  }
}
