package io.lockkeeper.worker.violations;

import io.lockkeeper.deploy.client.ServerClient;

/** Planted: a worker that knows the command line's client. */
public final class KnowsTheCommandLine {
  private KnowsTheCommandLine() {}

  public static String name() {
    return ServerClient.class.getName();
  }
}
