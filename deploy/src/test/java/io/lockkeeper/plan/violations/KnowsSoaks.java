package io.lockkeeper.plan.violations;

import io.lockkeeper.soak.violations.KnowsPlans;

/** Planted: one half of a cycle. */
public final class KnowsSoaks {
  private KnowsSoaks() {}

  public static String other() {
    return KnowsPlans.name();
  }

  public static String name() {
    return "plans";
  }
}
