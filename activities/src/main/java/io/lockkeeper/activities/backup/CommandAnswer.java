package io.lockkeeper.activities.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command of a worker's file printed: lines of {@code key=value}, parted by blanks. All
 * other lines are for people and passed over.
 *
 * <pre>
 * id=20261121-020000F size=1073741824 system=7312345678901234567
 * table=public.stocks rows=500
 * </pre>
 */
final class CommandAnswer {
  /** Names of backups become arguments: none begins like an option. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@+/-]{0,199}");

  private static final Pattern LINE =
      Pattern.compile("(?:id|table)=\\S+(?:[ \\t]+[a-z_]+=\\S*)*[ \\t]*");

  private static final Pattern PAIR = Pattern.compile("([a-z_]+)=(\\S*)");

  private final List<Map<String, String>> lines;

  private CommandAnswer(List<Map<String, String>> lines) {
    this.lines = lines;
  }

  static CommandAnswer parse(String output) {
    List<Map<String, String>> lines = new ArrayList<>();
    for (String line : output.lines().map(String::strip).toList()) {
      if (LINE.matcher(line).matches()) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Matcher pair = PAIR.matcher(line);
        while (pair.find()) {
          pairs.put(pair.group(1), pair.group(2));
        }
        lines.add(pairs);
      }
    }
    return new CommandAnswer(lines);
  }

  /**
   * A backup as the tool tells of it.
   *
   * @param size bytes; absent like the others where it does not tell
   * @param system identifier of the server that it is of
   * @param taken when, in ISO-8601
   */
  record Told(String id, Optional<Long> size, Optional<String> system, Optional<String> taken) {}

  /**
   * The last backup that it tells of.
   *
   * @throws IllegalArgumentException where there is none, or its name is no name
   */
  Told backup() {
    Map<String, String> last =
        lines.stream()
            .filter(line -> line.containsKey("id"))
            .reduce((before, after) -> after)
            .orElseThrow(() -> new IllegalArgumentException("it printed no line id=ID size=BYTES"));
    String id = last.getOrDefault("id", "");
    if (!ID.matcher(id).matches() || id.contains("..")) {
      throw new IllegalArgumentException("the id that it printed is not a plain name");
    }
    return new Told(id, size(last), text(last, "system"), text(last, "taken"));
  }

  /** Whether it tells of a backup. */
  boolean tellsOfBackup() {
    return lines.stream().anyMatch(line -> line.containsKey("id"));
  }

  /** Rows by table that it counted. */
  Map<String, Long> rows() {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (Map<String, String> line : lines) {
      if (line.containsKey("table")) {
        rows.put(line.getOrDefault("table", ""), number(line, "rows").orElse(-1L));
      }
    }
    return rows;
  }

  private static Optional<Long> size(Map<String, String> line) {
    return number(line, "size");
  }

  private static Optional<Long> number(Map<String, String> line, String key) {
    return text(line, key).filter(text -> text.matches("[0-9]{1,18}")).map(Long::valueOf);
  }

  private static Optional<String> text(Map<String, String> line, String key) {
    return Optional.ofNullable(line.get(key)).filter(text -> !text.isEmpty());
  }
}
