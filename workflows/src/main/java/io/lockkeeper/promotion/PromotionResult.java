package io.lockkeeper.promotion;

import io.lockkeeper.journal.Status;
import java.util.List;

/**
 * How a promotion ended.
 *
 * @param carries environments that carry the change
 */
public record PromotionResult(Status status, String sentence, List<String> carries) {
  public PromotionResult {
    carries = List.copyOf(carries);
  }
}
