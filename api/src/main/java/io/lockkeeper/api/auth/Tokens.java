package io.lockkeeper.api.auth;

import io.lockkeeper.api.auth.Caller.Kind;
import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.blob.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Bearer tokens: 256 random bits, kept as their SHA-256 only, which is enough for what cannot be
 * guessed. Safe for many threads.
 */
public final class Tokens {
  private static final String PREFIX = "lk_";
  private static final int BYTES = 32;
  private static final Duration VALID = Duration.ofDays(90);

  /** PostgreSQL's word. */
  private static final String NEVER = "infinity";

  private final Jdbi jdbi;
  private final Policy policy;
  private final SecureRandom random = new SecureRandom();

  public Tokens(Jdbi jdbi, Policy policy) {
    this.jdbi = jdbi;
    this.policy = policy;
  }

  /** Whether the policy knows the person, or lists nobody. */
  public boolean knows(String person) {
    return policy.knows(person);
  }

  /** A new token; it cannot be read again. */
  public String create(String person, Set<String> roles, Kind kind) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String expires = Instant.now().plus(VALID).toString();
    jdbi.useHandle(handle -> insert(handle, token, person, roles, kind, expires));
    return token;
  }

  /**
   * Lets a token in that an installation keeps in a file or makes at its start. It does not expire,
   * and ends the one that was there before it.
   *
   * @param person nobody else has this name with this kind
   */
  public void keep(String token, String person, Set<String> roles, Kind kind) {
    jdbi.useTransaction(
        handle -> {
          handle
              .createUpdate("DELETE FROM token WHERE person = :person AND kind = :kind")
              .bind("person", person)
              .bind("kind", word(kind))
              .execute();
          insert(handle, token, person, roles, kind, NEVER);
        });
  }

  private static void insert(
      Handle handle, String token, String person, Set<String> roles, Kind kind, String expires) {
    handle
        .createUpdate(
            """
            INSERT INTO token (hash, person, roles, kind, expires_at)
            VALUES (:hash, :person, :roles, :kind, cast(:expires AS timestamptz))
            ON CONFLICT (hash) DO NOTHING
            """)
        .bind("hash", Sha256.hex(token))
        .bind("person", person)
        .bindArray("roles", String.class, List.copyOf(roles))
        .bind("kind", word(kind))
        .bind("expires", expires)
        .execute();
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** Nothing where the token is unknown or has expired. */
  public Optional<Caller> caller(String token) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT person, roles, kind FROM token WHERE hash = :hash AND expires_at > now()")
                .bind("hash", Sha256.hex(token))
                .map(
                    (row, context) ->
                        caller(
                            row.getString("person"),
                            Arrays.asList((String[]) row.getArray("roles").getArray()),
                            Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT))))
                .findOne());
  }

  private Caller caller(String person, List<String> roles, Kind kind) {
    Set<String> counting = new HashSet<>(roles);
    if (kind == Kind.PERSON) {
      policy.rolesOf(person).ifPresent(counting::retainAll);
    }
    return new Caller(person, counting, kind);
  }
}
