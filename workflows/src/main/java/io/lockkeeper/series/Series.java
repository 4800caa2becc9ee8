package io.lockkeeper.series;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One metric's figures, in the order of time. Where at least two readings in a row are missing
 * stands a gap: a time with NaN as its value. No two points have the same time, no value is
 * infinite. Immutable.
 */
public final class Series {
  /**
   * So many times the usual distance means that two readings in a row are missing, which is what a
   * trigger calls no data; one may be late or lost.
   */
  private static final double GAP = 2.5;

  /** Least, greatest and a gap: what is kept of the points of one stretch. */
  private static final int OF_A_STRETCH = 3;

  private final long[] times;
  private final double[] values;

  private Series(long[] times, double[] values) {
    this.times = times;
    this.values = values;
  }

  /** A figure and its time. */
  public record Point(Instant at, double value) {}

  /** Points as they come. Used by one thread. */
  public static final class Collector {
    private long[] times = new long[64];
    private double[] values = new double[64];
    private int size;

    /**
     * @param millis since 1970
     * @param value what is not finite is a missing reading
     */
    public Collector add(long millis, double value) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      times[size] = millis;
      values[size++] = Double.isFinite(value) ? value : Double.NaN;
      return this;
    }

    /** In order; of two points of the same time the later counts; gaps are marked. */
    public Series series() {
      int[] order =
          IntStream.range(0, size)
              .boxed()
              .sorted(Comparator.comparingLong(i -> times[i]))
              .mapToInt(i -> i)
              .toArray();
      long[] sorted = new long[size];
      double[] figures = new double[size];
      int kept = 0;
      for (int i : order) {
        boolean again = kept > 0 && sorted[kept - 1] == times[i];
        int place = again ? kept - 1 : kept++;
        sorted[place] = times[i];
        figures[place] = values[i];
      }
      return new Series(Arrays.copyOf(sorted, kept), Arrays.copyOf(figures, kept)).withGaps();
    }
  }

  /** Gaps included. */
  public int size() {
    return times.length;
  }

  /** Since 1970. */
  public long millis(int place) {
    return times[place];
  }

  /** NaN where a gap stands. */
  public double value(int place) {
    return values[place];
  }

  public boolean isGap(int place) {
    return Double.isNaN(values[place]);
  }

  /** Without figures; there may be gaps. */
  public boolean isEmpty() {
    return Arrays.stream(values).allMatch(Double::isNaN);
  }

  /** The first of the least figures. */
  public Optional<Point> least() {
    return extreme(Long.MIN_VALUE, -1);
  }

  /** The first of the greatest figures. */
  public Optional<Point> greatest() {
    return extreme(Long.MIN_VALUE, 1);
  }

  /** The first of the least figures from a time on. */
  public Optional<Point> least(Instant from) {
    return extreme(from.toEpochMilli(), -1);
  }

  /** The first of the greatest figures from a time on. */
  public Optional<Point> greatest(Instant from) {
    return extreme(from.toEpochMilli(), 1);
  }

  private Optional<Point> extreme(long from, int sign) {
    int found = -1;
    for (int i = 0; i < times.length; i++) {
      boolean counts = !isGap(i) && times[i] >= from;
      if (counts && (found < 0 || sign * Double.compare(values[i], values[found]) > 0)) {
        found = i;
      }
    }
    return found < 0 ? Optional.empty() : Optional.of(point(found));
  }

  public Optional<Point> last() {
    for (int i = times.length - 1; i >= 0; i--) {
      if (!isGap(i)) {
        return Optional.of(point(i));
      }
    }
    return Optional.empty();
  }

  private Point point(int place) {
    return new Point(Instant.ofEpochMilli(times[place]), values[place]);
  }

  /**
   * The same in fewer points: of equal stretches of time the least, the greatest and a gap are
   * kept, so that no spike is lost; the first and the last point stay.
   *
   * @param most points; what has no more is given as it is
   * @throws IllegalArgumentException where fewer than five are asked for
   */
  public Series thinned(int most) {
    if (most < 2 + OF_A_STRETCH) {
      throw new IllegalArgumentException("a series has no form in " + most + " points");
    }
    if (size() <= most) {
      return this;
    }
    int stretches = (most - 2) / OF_A_STRETCH;
    double length = (times[size() - 1] - times[0] + 1) / (double) stretches;
    boolean[] kept = new boolean[size()];
    kept[0] = true;
    kept[size() - 1] = true;
    int begin = 0;
    while (begin < size()) {
      int stretch = (int) ((times[begin] - times[0]) / length);
      int end = begin;
      while (end < size() && (int) ((times[end] - times[0]) / length) == stretch) {
        end++;
      }
      keep(begin, end, kept);
      begin = end;
    }
    return only(kept);
  }

  private void keep(int begin, int end, boolean[] kept) {
    int least = -1;
    int greatest = -1;
    int gap = -1;
    for (int i = begin; i < end; i++) {
      if (isGap(i)) {
        gap = i;
      } else {
        least = least < 0 || values[i] < values[least] ? i : least;
        greatest = greatest < 0 || values[i] > values[greatest] ? i : greatest;
      }
    }
    for (int i : new int[] {least, greatest, gap}) {
      if (i >= 0) {
        kept[i] = true;
      }
    }
  }

  private Series only(boolean[] kept) {
    int[] places = IntStream.range(0, size()).filter(i -> kept[i]).toArray();
    return new Series(
        Arrays.stream(places).mapToLong(i -> times[i]).toArray(),
        Arrays.stream(places).mapToDouble(i -> values[i]).toArray());
  }

  private Series withGaps() {
    long usual = usualDistance();
    Collector all = new Collector();
    for (int i = 0; i < size(); i++) {
      if (i > 0 && times[i] - times[i - 1] > GAP * usual) {
        all.add(times[i - 1] + usual, Double.NaN);
      }
      all.add(times[i], values[i]);
    }
    return all.size == size()
        ? this
        : new Series(Arrays.copyOf(all.times, all.size), Arrays.copyOf(all.values, all.size));
  }

  /** Milliseconds between two points, the median; so long that nothing is a gap where few are. */
  public long usualDistance() {
    if (size() < 3) {
      return Long.MAX_VALUE;
    }
    long[] distances = IntStream.range(1, size()).mapToLong(i -> times[i] - times[i - 1]).toArray();
    Arrays.sort(distances);
    return distances[distances.length / 2];
  }
}
