package io.lockkeeper.finding;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean": the nearest known name, where one is near enough. */
public final class Suggestion {
  private Suggestion() {}

  /** {@code (did you mean "stock_sector"?)} with a leading blank, or nothing. */
  public static String didYouMean(String written, Collection<String> known) {
    return nearest(written, known).map(name -> " (did you mean \"" + name + "\"?)").orElse("");
  }

  static Optional<String> nearest(String written, Collection<String> known) {
    int allowed = Math.max(1, written.length() / 3);
    return known.stream()
        .filter(name -> distance(written, name) <= allowed)
        .min(
            Comparator.comparingInt((String name) -> distance(written, name))
                .thenComparing(n -> n));
  }

  /** Levenshtein distance: insertions, deletions and replacements of one character. */
  private static int distance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[right.length() + 1];
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[right.length()];
  }
}
