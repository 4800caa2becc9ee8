package io.lockkeeper.api.violations;

import io.lockkeeper.activities.settings.TargetSettings;

/** Planted: an API that sees a target's credentials. */
public final class KnowsTargets {
  private KnowsTargets() {}

  public static String user(TargetSettings settings) {
    return settings.user();
  }
}
