package io.lockkeeper.activities.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counters of a machine at one moment; what cannot be read is absent. Source: {@code /proc} of
 * Linux: {@code stat}, {@code meminfo}, {@code diskstats}, and {@code pressure/io}.
 *
 * @param nanos of {@link System#nanoTime}
 * @param processors their ticks
 * @param memory share that is in use; what the page cache would give back is not
 * @param disks milliseconds in which each whole disk was busy
 * @param stalled microseconds in which somebody waited for a disk
 */
record HostLook(
    long nanos,
    Optional<Ticks> processors,
    Optional<Double> memory,
    Map<String, Long> disks,
    Optional<Long> stalled) {
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** Memory, or made of what is counted itself. */
  private static final Pattern NO_DISK = Pattern.compile("(loop|ram|zram|fd|sr|dm-|md)[0-9]+");

  private static final Pattern PARTITION =
      Pattern.compile("[a-z]+d[a-z]+[0-9]+|(nvme|mmcblk)[0-9a-z]+p[0-9]+");

  private static final Pattern STALLED = Pattern.compile("some .*total=([0-9]+)");

  /** Places within a line; the time of guests, further right, is in that of users already. */
  private static final int USER = 1;

  private static final int IDLE = 4;
  private static final int WAITS_FOR_DISK = 5;
  private static final int STOLEN = 8;
  private static final int DISK = 2;
  private static final int BUSY_MILLIS = 12;

  /**
   * Time of all processors.
   *
   * @param busy in which they worked; waiting for a disk is not work
   */
  record Ticks(long busy, long all) {}

  static HostLook at(Path proc, long nanos) {
    return new HostLook(
        nanos,
        processors(lines(proc.resolve("stat"))),
        memory(lines(proc.resolve("meminfo"))),
        disks(lines(proc.resolve("diskstats"))),
        stalled(lines(proc.resolve("pressure/io"))));
  }

  private static Optional<Ticks> processors(List<String> stat) {
    for (String line : stat) {
      String[] words = BLANKS.split(line);
      if (words[0].equals("cpu") && words.length > STOLEN) {
        long all = 0;
        for (int i = USER; i <= STOLEN; i++) {
          all += Long.parseLong(words[i]);
        }
        long idle = Long.parseLong(words[IDLE]) + Long.parseLong(words[WAITS_FOR_DISK]);
        return Optional.of(new Ticks(all - idle, all));
      }
    }
    return Optional.empty();
  }

  private static Optional<Double> memory(List<String> meminfo) {
    Map<String, Double> sizes = new HashMap<>();
    for (String line : meminfo) {
      String[] words = BLANKS.split(line);
      if (words.length > 1 && words[1].matches("[0-9]+")) {
        sizes.put(words[0], Double.parseDouble(words[1]));
      }
    }
    double total = sizes.getOrDefault("MemTotal:", 0.0);
    return total > 0 && sizes.containsKey("MemAvailable:")
        ? Optional.of(1 - sizes.get("MemAvailable:") / total)
        : Optional.empty();
  }

  private static Map<String, Long> disks(List<String> diskstats) {
    Map<String, Long> disks = new HashMap<>();
    for (String line : diskstats) {
      String[] words = BLANKS.split(line.strip());
      if (words.length > BUSY_MILLIS
          && !NO_DISK.matcher(words[DISK]).matches()
          && !PARTITION.matcher(words[DISK]).matches()) {
        disks.put(words[DISK], Long.parseLong(words[BUSY_MILLIS]));
      }
    }
    return disks;
  }

  private static Optional<Long> stalled(List<String> pressure) {
    return pressure.stream()
        .map(STALLED::matcher)
        .filter(Matcher::matches)
        .map(line -> Long.parseLong(line.group(1)))
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      // No Linux, or a part of it that is kept from us: the figure is missing, with its reason.
      return List.of();
    }
  }
}
