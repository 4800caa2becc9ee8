package io.lockkeeper.signoff;

import io.lockkeeper.json.Json;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies statements against trusted keys. Pure: the same in the API, the workflow, the worker.
 * Safe for many threads.
 */
public final class Verifier {
  static final String PREFIX = "ed25519:";

  private final Set<String> trustedKeys;
  private volatile @Nullable Held last;

  /** A statement whose signature holds: one act asks several times for what it says. */
  private record Held(SignedStatement signed, Statement statement) {}

  /**
   * @param trustedKeys public keys, {@code ed25519:} and base64
   */
  public Verifier(Set<String> trustedKeys) {
    this.trustedKeys = Set.copyOf(trustedKeys);
  }

  /**
   * The statement, if its signature holds and its key is trusted.
   *
   * @throws BadStatementException with the reason for people
   */
  public Statement verify(@Nullable SignedStatement signed) throws BadStatementException {
    Held before = last;
    if (before != null && before.signed().equals(signed)) {
      return before.statement();
    }
    if (signed == null || signed.signature().isEmpty()) {
      throw new BadStatementException("the statement is not signed");
    }
    Statement statement = read(signed);
    last = new Held(signed, statement);
    return statement;
  }

  private Statement read(SignedStatement signed) throws BadStatementException {
    if (!trustedKeys.contains(signed.key())) {
      throw new BadStatementException("the statement is signed by a key that is not trusted here");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(signed.statement());
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(publicKey(signed.key()));
      signature.update(bytes);
      if (!signature.verify(Base64.getDecoder().decode(signed.signature()))) {
        throw new BadStatementException("the signature does not fit the statement");
      }
      return Json.read(bytes, Statement.class);
    } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadStatementException("the statement or its signature cannot be read", e);
    }
  }

  /** As {@link #verify}, where the reason does not matter. */
  public Optional<Statement> verified(@Nullable SignedStatement signed) {
    try {
      return Optional.of(verify(signed));
    } catch (BadStatementException e) {
      return Optional.empty();
    }
  }

  private static PublicKey publicKey(String key) throws GeneralSecurityException {
    byte[] encoded = Base64.getDecoder().decode(key.substring(PREFIX.length()));
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }
}
