package io.lockkeeper.promotion;

import java.time.Instant;
import java.util.Optional;

/**
 * The backup that a promotion took in an environment, or relies on there.
 *
 * @param takenAt on the target's clock
 * @param verified whether it was restored and compared
 * @param restoreSeconds how long restoring it took when it was verified; absent where that was not
 *     measured, and in states of earlier versions
 */
public record BackupState(
    String environment,
    String id,
    Instant takenAt,
    boolean verified,
    Optional<Double> restoreSeconds) {}
