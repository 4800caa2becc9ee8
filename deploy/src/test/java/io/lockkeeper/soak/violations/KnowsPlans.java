package io.lockkeeper.soak.violations;

import io.lockkeeper.plan.violations.KnowsSoaks;

/** Planted: the other half of a cycle. */
public final class KnowsPlans {
  private KnowsPlans() {}

  public static String other() {
    return KnowsSoaks.name();
  }

  public static String name() {
    return "soaks";
  }
}
