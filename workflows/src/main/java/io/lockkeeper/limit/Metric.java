package io.lockkeeper.limit;

/**
 * A figure that a limit may be set on.
 *
 * @param name as in the contract: {@code locks.waiting}, {@code probe.orders.p95}
 * @param dimension what it measures
 * @param counter whether it only rises, counted from the stage's start
 */
public record Metric(String name, Dimension dimension, boolean counter) {}
