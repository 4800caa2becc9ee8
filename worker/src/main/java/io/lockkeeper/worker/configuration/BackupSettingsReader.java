package io.lockkeeper.worker.configuration;

import io.lockkeeper.activities.settings.TargetSettings.BackupCommands;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code backup} of a target: how backups of it are made. */
final class BackupSettingsReader {
  private static final List<String> KINDS = List.of("pg_dump", "template", "command", "none");
  private static final List<String> COMMANDS = List.of("take", "verify", "restore", "find");
  private static final List<String> VARIABLES =
      List.of("database", "id", "environment", "target", "user");
  private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z_]+)");
  private static final int MOST_JOBS = 64;

  private BackupSettingsReader() {}

  /** Nothing where none are made. */
  static Optional<BackupSettings> read(YamlValue value, boolean sandbox) {
    YamlMap map = value.map(EnvironmentKeys.BACKUP);
    Optional<Kind> kind =
        map.require("kind")
            .flatMap(k -> k.oneOf(KINDS))
            .filter(word -> !word.equals("none"))
            .map(word -> Kind.valueOf(word.toUpperCase(Locale.ROOT)));
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    if (kind.get() == Kind.TEMPLATE && !sandbox) {
      value.error("template-outside-sandbox", "kind template is for sandboxes: use pg_dump");
    }
    refuseIdle(map, kind.get());
    Optional<BackupCommands> commands =
        kind.get() == Kind.COMMAND ? commands(map) : Optional.empty();
    Optional<String> directory = map.require("directory").flatMap(YamlValue::text);
    int jobs = map.get("jobs").flatMap(BackupSettingsReader::jobs).orElse(1);
    if (directory.isEmpty() || commands.isPresent() != (kind.get() == Kind.COMMAND)) {
      return Optional.empty();
    }
    return Optional.of(
        new BackupSettings(
            kind.get(),
            Path.of(directory.get()),
            map.get("schedule").flatMap(YamlValue::text).orElse(""),
            jobs,
            commands));
  }

  private static void refuseIdle(YamlMap map, Kind kind) {
    if (kind != Kind.COMMAND) {
      for (String command : COMMANDS) {
        map.get(command)
            .ifPresent(c -> c.error("idle-key", "it is for kind command: leave it out"));
      }
    }
    if (kind != Kind.PG_DUMP) {
      map.get("jobs").ifPresent(j -> j.error("idle-key", "it is for kind pg_dump: leave it out"));
    }
  }

  private static Optional<Integer> jobs(YamlValue value) {
    return value
        .count()
        .filter(
            jobs -> {
              boolean fits = jobs >= 1 && jobs <= MOST_JOBS;
              if (!fits) {
                value.error("jobs", "write how many tables at once, 1 to " + MOST_JOBS);
              }
              return fits;
            });
  }

  private static Optional<BackupCommands> commands(YamlMap map) {
    List<String> take = map.require("take").map(c -> command(c)).orElse(List.of());
    List<String> verify = map.get("verify").map(c -> command(c)).orElse(List.of());
    List<String> restore = map.get("restore").map(c -> command(c)).orElse(List.of());
    List<String> find = map.get("find").map(c -> command(c)).orElse(List.of());
    return take.isEmpty()
        ? Optional.empty()
        : Optional.of(new BackupCommands(take, verify, restore, find));
  }

  /** Arguments one by one: nothing is split or expanded by a shell. */
  private static List<String> command(YamlValue value) {
    if (!value.isList()) {
      value.error("not-a-command", "write it as a list, such as [pgbackrest-lk, take, $database]");
      return List.of();
    }
    List<String> arguments = new ArrayList<>();
    for (YamlValue argument : value.list()) {
      argument
          .text()
          .ifPresent(
              text -> {
                refuseUnknown(argument, text);
                arguments.add(text);
              });
    }
    if (arguments.isEmpty() || arguments.get(0).isBlank()) {
      value.error("not-a-command", "name the program first");
      return List.of();
    }
    return arguments;
  }

  private static void refuseUnknown(YamlValue argument, String text) {
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      if (!VARIABLES.contains(variable.group(1))) {
        argument.error(
            "unknown-variable",
            "$" + variable.group(1) + " is not one of $" + String.join(", $", VARIABLES));
      }
    }
  }
}
