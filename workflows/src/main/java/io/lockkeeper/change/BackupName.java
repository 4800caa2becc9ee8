package io.lockkeeper.change;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pattern of a backup's name: {@code production_backup_{date}}. The name is the backup's
 * identity, a file's name and an argument of commands, so it is plain.
 */
public final class BackupName {
  /** The usual one. */
  public static final String USUAL = "{environment}_backup_{date}";

  /** What may stand in braces; date and time are those of the target's clock, in UTC. */
  private static final List<String> VARIABLES =
      List.of("date", "time", "environment", "target", "change", "promotion");

  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final int LONGEST = 120;

  private BackupName() {}

  /**
   * The pattern itself.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static String parse(String pattern) {
    Matcher variables = VARIABLE.matcher(pattern);
    while (variables.find()) {
      if (!VARIABLES.contains(variables.group(1))) {
        throw new IllegalArgumentException(
            "{" + variables.group(1) + "} is not one of {" + String.join("}, {", VARIABLES) + "}");
      }
    }
    String filled = VARIABLE.matcher(pattern).replaceAll("x");
    if (!PLAIN.matcher(filled).matches() || filled.contains("..") || filled.endsWith(".part")) {
      throw new IllegalArgumentException(
          "\""
              + pattern
              + "\" is not a plain name: letters, digits, dots, _ and -, and in braces "
              + String.join(", ", VARIABLES));
    }
    if (pattern.length() > LONGEST) {
      throw new IllegalArgumentException("a name of at most " + LONGEST + " characters");
    }
    return pattern;
  }

  /** The name; what a value has that is not plain becomes a low line. */
  public static String fill(String pattern, Map<String, String> values) {
    return VARIABLE
        .matcher(pattern)
        .replaceAll(
            variable ->
                Matcher.quoteReplacement(
                    values.getOrDefault(variable.group(1), "").replaceAll("[^A-Za-z0-9._-]", "_")));
  }
}
