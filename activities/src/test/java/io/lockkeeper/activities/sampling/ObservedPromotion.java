package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.MemoryBlobs;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Step;
import java.util.HashMap;
import java.util.Optional;

/** A promotion in dev that has its baseline, and the windows in which it is observed. */
final class ObservedPromotion implements AutoCloseable {
  private final Database database;
  private final EnvironmentSettings environment;
  private final Worker worker;

  ObservedPromotion(Database database, Bundle bundle, EnvironmentSettings environment) {
    this.database = database;
    this.environment = environment;
    this.worker = Worker.of(database, bundle, environment).held();
    takeBaseline();
  }

  void takeBaseline() {
    worker.activities().baseline(worker.order(new Step.Baseline()));
  }

  /** What it changed stays; nobody holds the target any more. */
  void release() {
    worker.activities().release(worker.order(new Step.Release(false)));
  }

  MemoryBlobs blobs() {
    return worker.blobs();
  }

  /** With sources of its own, which have not heard anything yet. */
  Observed observed() {
    return observed(new HttpRequests(environment));
  }

  Observed observed(HttpRequests requests) {
    return new Observed(environment, database.target(), new Bundles(blobs()), requests, blobs());
  }

  Window window(WindowOrder order) {
    return window(order, Optional.empty());
  }

  Window window(WindowOrder order, Optional<WindowProgress> carried) {
    return new Window(observed(), order, carried, new HashMap<>());
  }

  @Override
  public void close() {
    worker.close();
  }
}
