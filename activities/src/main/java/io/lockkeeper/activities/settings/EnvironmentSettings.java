package io.lockkeeper.activities.settings;

import io.lockkeeper.activities.settings.Sources.Host;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An environment as its worker's file describes it.
 *
 * @param sandbox durations may be shortened here
 * @param variables by name; stand as {@code $name} in URLs
 * @param httpAllow {@code host:port} that requests may go to
 * @param logs files by name
 * @param trustedKeys whose statements make a grant here
 * @param sources of figures beside the targets
 */
public record EnvironmentSettings(
    String name,
    boolean production,
    boolean sandbox,
    List<TargetSettings> targets,
    Map<String, String> variables,
    Set<String> httpAllow,
    Map<String, Path> logs,
    Set<String> trustedKeys,
    Sources sources) {
  private static final Pattern ON_THIS_MACHINE =
      Pattern.compile("jdbc:postgresql://(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?/.*");

  public EnvironmentSettings {
    targets = List.copyOf(targets);
    variables = Map.copyOf(variables);
    httpAllow = Set.copyOf(httpAllow);
    logs = Map.copyOf(logs);
    trustedKeys = Set.copyOf(trustedKeys);
  }

  /** One without further sources of figures. */
  public EnvironmentSettings(
      String name,
      boolean production,
      boolean sandbox,
      List<TargetSettings> targets,
      Map<String, String> variables,
      Set<String> httpAllow,
      Map<String, Path> logs,
      Set<String> trustedKeys) {
    this(name, production, sandbox, targets, variables, httpAllow, logs, trustedKeys, Sources.NONE);
  }

  /** The same, which trusts these keys. */
  public EnvironmentSettings trusting(Set<String> keys) {
    return new EnvironmentSettings(
        name, production, sandbox, targets, variables, httpAllow, logs, keys, sources);
  }

  /** The same with these sources. */
  public EnvironmentSettings with(Sources figures) {
    return new EnvironmentSettings(
        name, production, sandbox, targets, variables, httpAllow, logs, trustedKeys, figures);
  }

  /**
   * Who tells of the targets' machine: where the file does not say, this one's {@code /proc} if all
   * targets are reached over its loopback, and nobody else.
   */
  public Host host() {
    boolean here =
        !targets.isEmpty()
            && targets.stream().allMatch(t -> ON_THIS_MACHINE.matcher(t.url()).matches());
    return sources.host().orElse(here ? Host.LOCAL : Host.NONE);
  }

  /**
   * The target of that name, or the only one.
   *
   * @throws LockkeeperException where there is none, or several and no name
   */
  public TargetSettings target(Optional<String> name) {
    return name.isEmpty() && targets.size() == 1
        ? targets.get(0)
        : target(name.orElse("without a name"));
  }

  /**
   * The target of that name.
   *
   * @throws LockkeeperException where the worker's file has none
   */
  public TargetSettings target(String target) {
    return targets.stream()
        .filter(settings -> settings.name().equals(target))
        .findFirst()
        .orElseThrow(
            () ->
                new LockkeeperException(
                    FailureCode.CONFIGURATION,
                    "looking for the target \"" + target + "\" of " + name,
                    "the worker's file has " + targets.stream().map(TargetSettings::name).toList(),
                    "nothing was done",
                    "Add the target to the worker's file and restart it"));
  }
}
