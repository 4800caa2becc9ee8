package io.lockkeeper.activities.probe;

import java.util.Map;

/**
 * What a probe is run with: read once, at the baseline, and the same ever after.
 *
 * @param values of its parameters, by name
 */
public record Bound(Map<String, String> values, Viewer viewer) {
  public Bound {
    values = Map.copyOf(values);
  }
}
