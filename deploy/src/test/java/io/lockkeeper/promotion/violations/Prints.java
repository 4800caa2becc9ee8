package io.lockkeeper.promotion.violations;

/** Planted: workflow code that prints. */
public final class Prints {
  private Prints() {}

  public static void print(String text) {
    System.out.println(text);
  }
}
