package io.lockkeeper.activities.probe;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a metric's counters stood at a stage's start, and where they stood last. A server whose
 * statistics were reset, or lost in a crash, begins anew from zero: what was counted until then is
 * kept, by a start below zero.
 *
 * @param start of each counter; below zero after a reset
 * @param last of each counter
 */
public record CounterMark(List<Double> start, List<Double> last) {
  public CounterMark {
    start = List.copyOf(start);
    last = List.copyOf(last);
  }

  /** Begins to count now. */
  public static CounterMark at(List<Double> now) {
    return new CounterMark(now, now);
  }

  /**
   * As {@link #text} wrote it, or a version before it: that began with the time of the last reset,
   * and did not know where they stood last.
   */
  public static Optional<CounterMark> read(@Nullable String text, int counters) {
    String[] parts = text == null ? new String[0] : text.split("\\|", -1);
    if (parts.length != 2) {
      return Optional.empty();
    }
    List<Double> last = numbers(parts[1]);
    List<Double> start = numbers(parts[0]);
    CounterMark mark = new CounterMark(start.size() == counters ? start : last, last);
    return last.size() == counters ? Optional.of(mark) : Optional.empty();
  }

  /** Whether a counter stands lower than before: then they all began anew. */
  boolean isAhead(List<Double> now) {
    for (int i = 0; i < now.size(); i++) {
      if (now.get(i) < last.get(i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The mark after another look.
   *
   * @param anew whether the server began to count anew since the look before
   */
  CounterMark next(List<Double> now, boolean anew) {
    if (!anew) {
      return new CounterMark(start, now);
    }
    Double[] before = new Double[now.size()];
    for (int i = 0; i < before.length; i++) {
      before[i] = start.get(i) - last.get(i);
    }
    return new CounterMark(List.of(before), now);
  }

  /** As {@link #next(List, boolean)}, where these counters alone tell it. */
  public CounterMark next(List<Double> now) {
    return next(now, isAhead(now));
  }

  /** What was counted since the stage's start. */
  public double since(int counter) {
    return last.get(counter) - start.get(counter);
  }

  public String text() {
    return text(start) + "|" + text(last);
  }

  private static List<Double> numbers(String text) {
    try {
      return Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      return List.of();
    }
  }

  private static String text(List<Double> values) {
    return values.stream()
        .map(value -> Long.toString(value.longValue()))
        .collect(Collectors.joining(","));
  }
}
