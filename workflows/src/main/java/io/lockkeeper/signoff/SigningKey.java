package io.lockkeeper.signoff;

import io.lockkeeper.json.Json;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** An Ed25519 key that signs statements. Its text form holds the secret: it belongs in a file. */
public final class SigningKey {
  private static final String SEPARATOR = ":";

  private final PrivateKey secret;
  private final String publicKey;

  private SigningKey(PrivateKey secret, String publicKey) {
    this.secret = secret;
    this.publicKey = publicKey;
  }

  public static String generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      Base64.Encoder base64 = Base64.getEncoder();
      return base64.encodeToString(pair.getPrivate().getEncoded())
          + SEPARATOR
          + base64.encodeToString(pair.getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK since 15 has Ed25519", e);
    }
  }

  /**
   * @param text as {@link #generate} gave it
   * @throws IllegalArgumentException where it is not a key
   */
  public static SigningKey parse(String text) {
    try {
      String[] parts = text.trim().split(SEPARATOR);
      PrivateKey secret =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(parts[0])));
      return new SigningKey(secret, Verifier.PREFIX + parts[1]);
    } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("not a signing key", e);
    }
  }

  /** {@code ed25519:} and base64: what others trust. */
  public String publicKey() {
    return publicKey;
  }

  public SignedStatement sign(Statement statement) {
    byte[] bytes = Json.canonical(statement);
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(secret);
      signature.update(bytes);
      Base64.Encoder base64 = Base64.getEncoder();
      return new SignedStatement(
          base64.encodeToString(bytes), publicKey, base64.encodeToString(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with Ed25519", e);
    }
  }
}
