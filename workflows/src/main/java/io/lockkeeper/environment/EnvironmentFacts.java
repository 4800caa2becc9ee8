package io.lockkeeper.environment;

import java.util.List;
import java.util.Optional;

/**
 * An environment as its worker announces it.
 *
 * @param production acts on it ask for its name to be typed
 * @param sandbox durations may be shortened
 */
public record EnvironmentFacts(
    String name, boolean production, boolean sandbox, List<TargetFacts> targets) {

  /**
   * A target as its worker sees it.
   *
   * @param engine {@code postgresql}
   * @param identity absent while it cannot be reached
   * @param problem why it cannot be reached; absent while it can
   */
  public record TargetFacts(
      String name,
      String engine,
      Optional<TargetIdentity> identity,
      Optional<String> serverVersion,
      Optional<String> problem) {}

  public EnvironmentFacts {
    targets = List.copyOf(targets);
  }

  public Optional<TargetFacts> target(String target) {
    return targets.stream().filter(facts -> facts.name().equals(target)).findFirst();
  }
}
