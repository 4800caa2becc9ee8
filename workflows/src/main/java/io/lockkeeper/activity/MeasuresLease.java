package io.lockkeeper.activity;

import java.time.Instant;

/**
 * Until when measures stay in force if nobody renews them, in a heartbeat.
 *
 * @param until on the target's clock
 */
public record MeasuresLease(Instant until) {}
