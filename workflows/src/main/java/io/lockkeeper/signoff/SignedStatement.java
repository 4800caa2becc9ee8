package io.lockkeeper.signoff;

/**
 * A statement with its signature.
 *
 * @param statement the canonical JSON that was signed, as base64
 * @param key public key, {@code ed25519:} and base64
 * @param signature Ed25519, as base64; empty where nobody signed
 */
public record SignedStatement(String statement, String key, String signature) {}
