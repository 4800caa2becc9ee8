package io.lockkeeper.promotion;

import java.time.Instant;

/** A role whose consent is awaited. */
public record Pending(String role, Instant since, Instant expiresAt) {}
