package io.lockkeeper.chart;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Marks of a time axis, at round times of UTC. */
final class TimeMarks {
  private static final int MOST = 7;

  private static final List<Duration> STEPS =
      Stream.of(
              "PT1S PT2S PT5S PT10S PT15S PT30S PT1M PT2M PT5M PT10M PT15M PT30M PT1H PT2H PT4H PT6H"
                  .split(" "),
              "PT12H P1D P2D P7D P14D P28D".split(" "))
          .flatMap(Stream::of)
          .map(Duration::parse)
          .toList();

  private static final DateTimeFormatter SECONDS = format("HH:mm:ss");
  private static final DateTimeFormatter MINUTES = format("HH:mm");
  private static final DateTimeFormatter DAYS = format("MM-dd");

  private TimeMarks() {}

  /** A mark and what is written under it. */
  record Mark(Instant at, String label) {}

  static List<Mark> between(Instant from, Instant until) {
    long span = Duration.between(from, until).toMillis();
    Duration step =
        STEPS.stream()
            .filter(s -> span / s.toMillis() <= MOST)
            .findFirst()
            // Years of samples: as many days as it takes.
            .orElseGet(() -> Duration.ofDays(span / MOST / Duration.ofDays(1).toMillis() + 1));
    List<Mark> marks = new ArrayList<>();
    long first = -Math.floorDiv(-from.toEpochMilli(), step.toMillis()) * step.toMillis();
    for (long at = first; at <= until.toEpochMilli(); at += step.toMillis()) {
      marks.add(new Mark(Instant.ofEpochMilli(at), label(Instant.ofEpochMilli(at), step)));
    }
    return marks;
  }

  private static String label(Instant at, Duration step) {
    boolean midnight = at.toEpochMilli() % Duration.ofDays(1).toMillis() == 0;
    if (midnight) {
      return DAYS.format(at);
    }
    return step.compareTo(Duration.ofMinutes(1)) < 0 ? SECONDS.format(at) : MINUTES.format(at);
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }
}
