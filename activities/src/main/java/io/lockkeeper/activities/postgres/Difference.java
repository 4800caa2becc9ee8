package io.lockkeeper.activities.postgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a fingerprint as people read it where it differs. Of what was there before and is there
 * now in another form only what changed is told: {@code ~ column public.t.a: was "notnull true", is
 * "notnull false"}.
 */
final class Difference {
  private static final int LONGEST = 300;

  /** What a line is about: its kind and name. */
  private static final Pattern OBJECT =
      Pattern.compile(
          "(?s)^(routine .*?(?= kind . )|operator \\S+|cast .*?(?= by )|database|event trigger \\S+"
              + "|default privileges of .*?(?= acl )|setting of .*? (?:here|everywhere)"
              + "|\\w+ (?:\"(?:[^\"]|\"\")+\"|[^\\s.\"]+)(?:\\.(?:\"(?:[^\"]|\"\")+\"|[^\\s.\"]+))*)");

  private Difference() {}

  /**
   * @param differences lines that begin with {@code +} or {@code -}
   */
  static List<String> told(List<String> differences) {
    Map<String, List<String>> byObject = new LinkedHashMap<>();
    for (String difference : differences) {
      byObject.computeIfAbsent(object(difference), o -> new ArrayList<>()).add(difference);
    }
    List<String> told = new ArrayList<>();
    byObject.forEach(
        (object, lines) ->
            changed(object, lines)
                .ifPresentOrElse(told::add, () -> lines.forEach(line -> told.add(cut(line)))));
    return told;
  }

  private static String object(String difference) {
    Matcher object = OBJECT.matcher(difference.substring(2));
    return object.find() ? object.group(1) : difference;
  }

  /** Where there is one line of each side. */
  private static Optional<String> changed(String object, List<String> lines) {
    if (lines.size() != 2 || lines.get(0).charAt(0) == lines.get(1).charAt(0)) {
      return Optional.empty();
    }
    boolean nowFirst = lines.get(0).startsWith("+");
    String now = lines.get(nowFirst ? 0 : 1).substring(2 + object.length()).strip();
    String was = lines.get(nowFirst ? 1 : 0).substring(2 + object.length()).strip();
    return Optional.of(
        "~ " + object + ": was \"" + part(was, now) + "\", is \"" + part(now, was) + "\"");
  }

  /** From the word before the first that differs to the last that differs. */
  private static String part(String text, String other) {
    List<String> words = Arrays.asList(text.split(" ", -1));
    List<String> others = Arrays.asList(other.split(" ", -1));
    int least = Math.min(words.size(), others.size());
    int from = 0;
    while (from < least && words.get(from).equals(others.get(from))) {
      from++;
    }
    int same = 0;
    while (same < least - from
        && words.get(words.size() - 1 - same).equals(others.get(others.size() - 1 - same))) {
      same++;
    }
    return cut(String.join(" ", words.subList(Math.max(0, from - 1), words.size() - same)));
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
