package io.lockkeeper.promotion;

import java.time.Instant;

/**
 * The backup that a promotion took in an environment.
 *
 * @param takenAt on the target's clock
 * @param verified whether it was restored and compared
 */
public record BackupState(String environment, String id, Instant takenAt, boolean verified) {}
