package io.lockkeeper.activities.violations;

import io.lockkeeper.api.auth.Caller;

/** Planted: an activity that knows who calls the API. */
public final class KnowsTheApi {
  private KnowsTheApi() {}

  public static String person(Caller caller) {
    return caller.person();
  }
}
