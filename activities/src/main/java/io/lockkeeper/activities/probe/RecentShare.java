package io.lockkeeper.activities.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which share of what is counted was of one kind lately: within a span of time that ends now, or as
 * far back as is needed for enough to be counted. Of what was told it keeps some forty points, and
 * none that is older than needed. Used by one thread at a time.
 */
public final class RecentShare {
  /** So many points of the span are kept. */
  private static final int POINTS = 32;

  /** Of the time before it only what lies so much of what is enough apart. */
  private static final int STEPS = 4;

  private final long span;
  private final double enough;
  private long now;
  private double allNow;
  private double partNow;
  private long[] times = new long[POINTS / 4];
  private double[] all = new double[POINTS / 4];
  private double[] part = new double[POINTS / 4];
  private int size;

  /**
   * What was counted.
   *
   * @param part of all
   */
  public record Counted(double all, double part) {}

  /**
   * @param span whole milliseconds
   * @param enough zero where the span is always long enough
   */
  public RecentShare(Duration span, double enough) {
    this.span = span.toMillis();
    this.enough = enough;
  }

  /**
   * Hears where two counters stand that never fall. A time that is a little before the one before
   * is taken for the same; a clock that was set back far begins anew.
   *
   * @param part of all
   */
  public void add(Instant at, double all, double part) {
    long apart = span / POINTS;
    long told = at.toEpochMilli();
    if (told <= now - apart) {
      size = 0;
    }
    now = size == 0 ? told : Math.max(now, told);
    allNow = all;
    partNow = part;
    if (size == 0 || now - times[size - 1] >= apart) {
      append();
    }
    thin();
  }

  /**
   * What was counted lately.
   *
   * @return nothing where that reaches back behind a start, or nobody looked for so long
   */
  public Optional<Counted> since(Instant start) {
    int from = newest(enough);
    return from < 0 || times[from] < start.toEpochMilli()
        ? Optional.empty()
        : Optional.of(new Counted(allNow - all[from], partNow - part[from]));
  }

  /** How many points are kept. */
  int points() {
    return size;
  }

  /** The newest point that is old enough and has so many counted since; -1 where there is none. */
  private int newest(double counted) {
    for (int i = size - 1; i >= 0; i--) {
      if (now - times[i] >= span && allNow - all[i] >= counted) {
        return i;
      }
    }
    return -1;
  }

  private void append() {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      all = Arrays.copyOf(all, size * 2);
      part = Arrays.copyOf(part, size * 2);
    }
    times[size] = now;
    all[size] = allNow;
    part[size] = partNow;
    size++;
  }

  /** What is counted from later on is one of those that stay. */
  private void thin() {
    int ofSpan = newest(0);
    int kept = 0;
    for (int i = Math.max(0, newest(enough)); i < size; i++) {
      if (kept == 0 || i >= ofSpan || all[i + 1] - all[kept - 1] >= enough / STEPS) {
        times[kept] = times[i];
        all[kept] = all[i];
        part[kept] = part[i];
        kept++;
      }
    }
    size = kept;
  }
}
