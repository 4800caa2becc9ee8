package io.lockkeeper.worker.violations;

import io.lockkeeper.worker.otherviolations.KnowsViolations;

/** Planted: one half of a cycle within a module. */
public final class KnowsOthers {
  private KnowsOthers() {}

  public static String other() {
    return KnowsViolations.name();
  }

  public static String name() {
    return "others";
  }
}
