package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.figures.EnvironmentFigures;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.blob.Blobs;

/** Where a window is sampled, and with what. */
public record Observed(
    EnvironmentSettings environment,
    Target target,
    Bundles bundles,
    HttpRequests requests,
    Blobs blobs,
    EnvironmentFigures figures) {

  /** With sources of figures of its own. */
  public Observed(
      EnvironmentSettings environment,
      Target target,
      Bundles bundles,
      HttpRequests requests,
      Blobs blobs) {
    this(environment, target, bundles, requests, blobs, new EnvironmentFigures(environment));
  }
}
