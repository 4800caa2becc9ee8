package io.lockkeeper.promotion.violations;

/** Planted: workflow code that starts a thread. */
public final class StartsAThread {
  private StartsAThread() {}

  public static void start(Runnable work) {
    new Thread(work).start();
  }
}
