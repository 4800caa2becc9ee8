package io.lockkeeper.limit;

/** The metrics that a limit may name in its place. */
public interface MetricScope {
  /**
   * @param name a name or a pattern
   * @return what is measured; for a pattern what all its matches measure
   * @throws IllegalArgumentException with a message for the person who wrote it: the name is
   *     unknown, not supported yet, or its matches measure different things
   */
  Metric resolve(String name);
}
