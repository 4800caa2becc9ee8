package io.lockkeeper.activity;

/** Names of the task queues. */
public final class Queues {
  /** Workflow tasks. */
  public static final String PROMOTIONS = "promotions";

  /** Journal and change store, served by the API process. */
  public static final String CONTROL = "control";

  private Queues() {}

  /** Everything that touches an environment's targets. */
  public static String environment(String environment) {
    return "env-" + environment;
  }
}
