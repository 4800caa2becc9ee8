package io.lockkeeper.change;

import io.lockkeeper.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code requires} and {@code next}: what a change says about other changes. */
final class RelatedChanges {
  private static final String BACKUP = ".backup";

  private final String own;

  /**
   * @param own name of the change itself; empty where it has none that is read
   */
  RelatedChanges(String own) {
    this.own = own;
  }

  List<String> required(YamlValue value) {
    return value.listOrOne().stream()
        .flatMap(item -> requiredName(item).stream())
        .distinct()
        .toList();
  }

  List<Change.Next> next(YamlValue value) {
    List<Change.Next> next = new ArrayList<>();
    if (value.isMap()) {
      value
          .entries()
          .forEach(
              (name, text) ->
                  text.parsed("wrong-shape", String::strip)
                      .flatMap(words -> name(text, name).map(n -> new Change.Next(n, words)))
                      .ifPresent(next::add));
      return next;
    }
    for (YamlValue item : value.listOrOne()) {
      item.text().flatMap(name -> name(item, name)).ifPresent(n -> add(next, item, n));
    }
    return next;
  }

  private static void add(List<Change.Next> next, YamlValue item, String name) {
    if (next.stream().anyMatch(n -> n.change().equals(name))) {
      item.error("duplicate-name", "\"" + name + "\" stands here twice");
    }
    next.add(new Change.Next(name, ""));
  }

  /** The change whose backup is meant, by its name or as {@code NAME.backup}. */
  Optional<String> backedUp(YamlValue value) {
    return value
        .text()
        .map(
            name ->
                name.endsWith(BACKUP) ? name.substring(0, name.length() - BACKUP.length()) : name)
        .flatMap(name -> name(value, name));
  }

  private Optional<String> requiredName(YamlValue item) {
    boolean backup = item.text().filter(name -> name.endsWith(BACKUP)).isPresent();
    return backedUp(item).map(name -> backup ? name + BACKUP : name);
  }

  private Optional<String> name(YamlValue place, String name) {
    if (!ChangeReader.NAME.matcher(name).matches()) {
      place.error("change-name", "\"" + name + "\" is not the name of a change");
      return Optional.empty();
    }
    if (name.equals(own)) {
      place.error("itself", "\"" + name + "\" is this change itself: leave it out");
      return Optional.empty();
    }
    return Optional.of(name);
  }
}
