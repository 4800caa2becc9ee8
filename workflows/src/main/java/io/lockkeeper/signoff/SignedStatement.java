package io.lockkeeper.signoff;

import java.util.Objects;

/**
 * A statement with its signature.
 *
 * @param statement the canonical JSON that was signed, as base64
 * @param key public key, {@code ed25519:} and base64
 * @param signature Ed25519, as base64; empty where nobody signed
 */
public record SignedStatement(String statement, String key, String signature) {
  public SignedStatement {
    // Anybody can send one to Temporal, also one without a part: then it is not signed.
    statement = Objects.requireNonNullElse(statement, "");
    key = Objects.requireNonNullElse(key, "");
    signature = Objects.requireNonNullElse(signature, "");
  }
}
