package io.lockkeeper.limit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 24h}, {@code 90s}, {@code 1h30m}, {@code 500ms}. */
public final class Durations {
  /** Possessive, because a group that may give back takes a stack frame for each part. */
  private static final Pattern WHOLE = Pattern.compile("([0-9]+(ms|s|m|h|d))++");

  private static final Pattern PART = Pattern.compile("([0-9]+)(ms|s|m|h|d)");
  private static final Duration LONGEST = Duration.ofDays(3650);

  private Durations() {}

  /**
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static Duration parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a duration: write a number with ms, s, m, h or d, such as 24h");
    }
    Duration sum = Duration.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      if (parts.group(1).length() > 12) {
        throw tooLong(text);
      }
      sum = sum.plus(unit(parts.group(2)).multipliedBy(Long.parseLong(parts.group(1))));
    }
    if (sum.compareTo(LONGEST) > 0) {
      throw tooLong(text);
    }
    return sum;
  }

  /** The shortest exact form: {@code PT26H} is {@code 26h}, {@code PT90M} is {@code 1h30m}. */
  public static String print(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    long millis = duration.toMillis();
    StringBuilder text = new StringBuilder();
    if (millis % 86_400_000 == 0 && millis >= 2 * 86_400_000L) {
      return millis / 86_400_000 + "d";
    }
    millis = part(text, millis, 3_600_000, "h");
    millis = part(text, millis, 60_000, "m");
    millis = part(text, millis, 1_000, "s");
    part(text, millis, 1, "ms");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static long part(StringBuilder text, long millis, long unit, String name) {
    if (millis / unit > 0) {
      text.append(millis / unit).append(name);
    }
    return millis % unit;
  }

  private static Duration unit(String name) {
    return switch (name) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      case "d" -> Duration.ofDays(1);
      default -> throw new IllegalArgumentException("\"" + name + "\" is not a unit of time");
    };
  }

  private static IllegalArgumentException tooLong(String text) {
    return new IllegalArgumentException("\"" + text + "\" is longer than ten years");
  }
}
