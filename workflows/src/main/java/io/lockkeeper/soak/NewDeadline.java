package io.lockkeeper.soak;

import java.time.Instant;

/** When the stage ends now. */
public record NewDeadline(Instant deadline) {}
