package io.lockkeeper.worker.otherviolations;

import io.lockkeeper.worker.violations.KnowsOthers;

/** Planted: the other half of a cycle within a module. */
public final class KnowsViolations {
  private KnowsViolations() {}

  public static String other() {
    return KnowsOthers.name();
  }

  public static String name() {
    return "violations";
  }
}
