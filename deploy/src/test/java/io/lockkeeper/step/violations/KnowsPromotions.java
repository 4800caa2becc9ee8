package io.lockkeeper.step.violations;

import io.lockkeeper.promotion.PromotionInput;

/** Planted: a step that knows its promotion. */
public final class KnowsPromotions {
  private KnowsPromotions() {}

  public static String text(PromotionInput input) {
    return input.toString();
  }
}
