package io.lockkeeper.change;

import java.time.Duration;
import java.util.List;

/**
 * Whose consent an environment asks for.
 *
 * @param roles each by another person; never empty, unique
 * @param expires how long the request stands before it must be asked again
 */
public record SignOffRule(List<String> roles, Duration expires) {
  public SignOffRule {
    roles = List.copyOf(roles);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("a sign-off needs at least one role");
    }
  }
}
