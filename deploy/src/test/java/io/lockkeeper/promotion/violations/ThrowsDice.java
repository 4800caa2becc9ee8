package io.lockkeeper.promotion.violations;

import java.util.Random;

/** Planted: workflow code that throws dice. */
public final class ThrowsDice {
  private ThrowsDice() {}

  public static int dice() {
    return new Random().nextInt(6);
  }
}
