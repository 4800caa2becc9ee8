package io.lockkeeper.change;

import io.lockkeeper.yaml.KeySet;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code rollback}: the way back of an environment; of two levels the lower wins, by key. */
final class WayBackReader {
  private static final Pattern RESIDUE =
      Pattern.compile("[a-z_][a-z0-9_$]{0,62}(\\.[a-z_][a-z0-9_$]{0,62}){0,2}");

  private static final Pattern BACKUP = Pattern.compile("backup|[a-z][a-z0-9-]{2,62}\\.backup");
  private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,30}");

  private WayBackReader() {}

  static Optional<Duration> within(List<YamlValue> levels) {
    return optionA(levels, "within").flatMap(ProbeReader::duration);
  }

  /** How long the steps' undos may take. */
  static Optional<Duration> quickWithin(List<YamlValue> levels) {
    return lowest(option(levels, "quick", ChangeKeys.ROLLBACK_QUICK), "within")
        .flatMap(ProbeReader::duration);
  }

  /** Where option quick is written, the lowest last. */
  static Optional<YamlValue> quick(List<YamlValue> levels) {
    return lowest(levels.stream().map(WayBackReader::rollback).toList(), "quick");
  }

  /**
   * Steps of option A.
   *
   * @param key {@code before} or {@code after}
   */
  static Optional<YamlValue> steps(List<YamlValue> levels, String key) {
    return optionA(levels, key);
  }

  static List<String> leaves(List<YamlValue> levels) {
    return optionA(levels, "leaves")
        .map(
            value ->
                value.listOrOne().stream()
                    .flatMap(item -> item.parsed("odd-name", WayBackReader::residue).stream())
                    .distinct()
                    .toList())
        .orElse(List.of());
  }

  /** How long it is watched afterwards. */
  static Optional<YamlValue> watch(List<YamlValue> levels) {
    return optionA(levels, "watch");
  }

  static Optional<String> forwardOnly(List<YamlValue> levels) {
    return lowest(levels.stream().map(WayBackReader::rollback).toList(), "forward_only")
        .flatMap(value -> value.parsed("missing-reason", WayBackReader::reason));
  }

  private static String residue(String name) {
    if (RESIDUE.matcher(name).matches()) {
      return name;
    }
    throw new IllegalArgumentException(
        "\""
            + name
            + "\" is neither TABLE.COLUMN nor the name of an object: write it as the server prints"
            + " it, a schema other than public before it");
  }

  private static String reason(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("say why there is no way back, for those who sign");
    }
    return text.strip();
  }

  /**
   * What is written; the usual is not told, so that a change keeps its hash.
   *
   * @param taken whether a backup is taken there
   */
  static Optional<RestoreRule> restore(List<YamlValue> levels, boolean taken) {
    List<YamlMap> maps = option(levels, "B", ChangeKeys.ROLLBACK_B);
    if (maps.isEmpty()) {
      return Optional.empty();
    }
    RestoreRule usual = RestoreRule.USUAL;
    Optional<YamlValue> written = lowest(maps, "restore");
    Optional<String> name =
        written.isPresent()
            ? written.get().parsed("odd-name", WayBackReader::named)
            : Optional.of(usual.restore());
    if (name.isEmpty()) {
      return Optional.empty();
    }
    RestoreRule rule =
        new RestoreRule(
            name.get(),
            lowest(maps, "within").flatMap(ProbeReader::duration),
            lowest(maps, "roles").map(WayBackReader::roles).orElse(usual.roles()));
    if (rule.change().isEmpty() && !taken) {
      maps.get(0)
          .self()
          .error("no-backup", "there is nothing to restore: say backup: verified, or leave B out");
      return Optional.empty();
    }
    return Optional.of(rule);
  }

  private static String named(String text) {
    if (BACKUP.matcher(text).matches()) {
      return text;
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is neither backup nor NAME.backup, with the name of a change");
  }

  private static List<String> roles(YamlValue value) {
    List<String> roles = value.texts().stream().distinct().toList();
    if (roles.isEmpty() || !roles.stream().allMatch(role -> ROLE.matcher(role).matches())) {
      value.error("odd-name", "name at least one role, such as dba");
      return RestoreRule.USUAL.roles();
    }
    return roles;
  }

  private static Optional<YamlValue> optionA(List<YamlValue> levels, String key) {
    return lowest(option(levels, "A", ChangeKeys.ROLLBACK_A), key);
  }

  private static List<YamlMap> option(List<YamlValue> levels, String option, KeySet keys) {
    return levels.stream()
        .flatMap(value -> rollback(value).get(option).stream())
        .map(value -> value.map(keys))
        .toList();
  }

  private static YamlMap rollback(YamlValue value) {
    return value.map(ChangeKeys.ROLLBACK);
  }

  private static Optional<YamlValue> lowest(List<YamlMap> levels, String key) {
    return levels.stream().flatMap(map -> map.get(key).stream()).reduce((upper, lower) -> lower);
  }
}
