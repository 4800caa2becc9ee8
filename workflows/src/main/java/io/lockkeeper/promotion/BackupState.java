package io.lockkeeper.promotion;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The backup that a promotion took in an environment, or relies on there.
 *
 * @param takenAt on the target's clock
 * @param verified whether it was restored and compared
 * @param restoreSeconds how long restoring it took when it was verified; absent where that was not
 *     measured, and in states of earlier versions
 * @param takenFor the promotion; absent in states of earlier versions
 */
public record BackupState(
    String environment,
    String id,
    Instant takenAt,
    boolean verified,
    Optional<Double> restoreSeconds,
    Optional<String> takenFor) {

  public BackupState {
    takenFor = takenFor == null ? Optional.empty() : takenFor;
  }

  /** Whether it was taken for a promotion of that change. */
  boolean isOf(String change) {
    return takenFor.filter(id -> id.matches(Pattern.quote(change) + "-[0-9]+")).isPresent();
  }
}
