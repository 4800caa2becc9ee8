package io.lockkeeper.limit;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;

/**
 * Where one trigger stands on one metric. Written as an array, because it travels in heartbeats.
 *
 * @param trigger place of the trigger in its list, from 0
 * @param metric the metric itself, where the trigger names a pattern
 * @param sinceMillis when the phase began, in milliseconds since 1970
 * @param crossings readings in a row that crossed the limit
 * @param missing readings in a row that should have been there and were not
 * @param last the last figure; NaN before the first
 * @param worst the figure nearest to a breach, or beyond it; NaN before the first
 * @param recent for growth only: pairs of milliseconds and figure, oldest first
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record TriggerState(
    int trigger,
    String metric,
    Phase phase,
    long sinceMillis,
    int crossings,
    int missing,
    double last,
    double worst,
    List<double[]> recent) {

  /** How near a breach is. */
  public enum Phase {
    OK,
    /** Crossed, but not for long enough yet. */
    PENDING,
    BREACH,
    /** Nothing was measured: not as good as OK. */
    INCONCLUSIVE,
    NOT_APPLICABLE
  }

  static TriggerState fresh(int trigger, String metric, long nowMillis) {
    return new TriggerState(
        trigger, metric, Phase.OK, nowMillis, 0, 0, Double.NaN, Double.NaN, List.of());
  }

  /** Whether a successor must know it: what is plain OK can be started afresh. */
  public boolean worthCarrying() {
    return phase != Phase.OK || missing > 0 || !recent.isEmpty();
  }
}
