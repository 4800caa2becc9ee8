package io.lockkeeper.activity;

/**
 * Which work an activity belongs to.
 *
 * @param promotion its id
 * @param change hash of the bundle; the worker reads everything else from the bundle's bytes
 * @param stage its name
 */
public record WorkOrder(
    String promotion, String change, String environment, String target, String stage) {}
