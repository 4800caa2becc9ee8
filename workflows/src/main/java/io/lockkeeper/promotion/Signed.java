package io.lockkeeper.promotion;

import io.lockkeeper.signoff.Statement.Decision;
import java.time.Instant;

/** A decision at the gate that is or was open last. */
public record Signed(
    String stage, String role, String person, Decision decision, String comment, Instant at) {}
