package io.lockkeeper.api.auth;

import java.security.Principal;
import java.util.Set;

/**
 * Who calls.
 *
 * @param person name
 * @param roles that count: those of the token that the person has by the policy too
 */
public record Caller(String person, Set<String> roles, Kind kind) implements Principal {
  /** The role of workers. */
  public static final String WORKER = "worker";

  /** The role that starts promotions. */
  public static final String RELEASE_MANAGER = "release-manager";

  /** What a token is for. */
  public enum Kind {
    PERSON,
    SERVICE,
    /** Reads and administers, never signs. */
    ADMINISTRATOR
  }

  public Caller {
    roles = Set.copyOf(roles);
  }

  @Override
  public String getName() {
    return person;
  }

  public boolean has(String role) {
    return roles.contains(role);
  }

  public boolean administers() {
    return kind == Kind.ADMINISTRATOR;
  }

  /** Whether the caller can answer for an act. */
  public boolean acts() {
    return kind == Kind.PERSON && !roles.isEmpty();
  }
}
