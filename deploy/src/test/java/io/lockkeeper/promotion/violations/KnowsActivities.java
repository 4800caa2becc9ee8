package io.lockkeeper.promotion.violations;

import io.lockkeeper.activities.postgres.Target;

/** Planted: workflow code that knows a target. */
public final class KnowsActivities {
  private KnowsActivities() {}

  public static String title(Target target) {
    return target.title();
  }
}
