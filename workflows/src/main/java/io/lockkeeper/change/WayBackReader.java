package io.lockkeeper.change;

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

  private WayBackReader() {}

  static Optional<Duration> within(List<YamlValue> levels) {
    return optionA(levels, "within").flatMap(ProbeReader::duration);
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

  private static Optional<YamlValue> optionA(List<YamlValue> levels, String key) {
    List<YamlMap> maps =
        levels.stream()
            .flatMap(value -> rollback(value).get("A").stream())
            .map(value -> value.map(ChangeKeys.ROLLBACK_A))
            .toList();
    return lowest(maps, key);
  }

  private static YamlMap rollback(YamlValue value) {
    return value.map(ChangeKeys.ROLLBACK);
  }

  private static Optional<YamlValue> lowest(List<YamlMap> levels, String key) {
    return levels.stream().flatMap(map -> map.get(key).stream()).reduce((upper, lower) -> lower);
  }
}
