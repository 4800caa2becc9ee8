package io.lockkeeper.deploy.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a process weighs now. Source: /proc of Linux.
 *
 * @param cpu seconds of the processor that it has used
 * @param rss bytes in memory
 */
record ProcessWeight(double cpu, long rss, int threads) {
  private static final double TICKS = 100;

  static ProcessWeight of(long pid) {
    Path proc = Path.of("/proc", Long.toString(pid));
    try {
      String stat = Files.readString(proc.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double cpu = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
      return new ProcessWeight(
          cpu, line(proc, "VmRSS:") * 1024, Math.toIntExact(line(proc, "Threads:")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Seconds of the processor that a process and its children have used, ended ones included. */
  static double cpuWithChildren(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double ended = (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS;
      double children =
          ProcessHandle.of(pid).stream()
              .flatMap(ProcessHandle::children)
              .mapToDouble(child -> of(child.pid()).cpu())
              .sum();
      return of(pid).cpu() + ended + children;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long line(Path proc, String name) throws IOException {
    return Files.readAllLines(proc.resolve("status")).stream()
        .filter(line -> line.startsWith(name))
        .flatMap(line -> Arrays.stream(line.replaceAll("[^0-9]+", " ").strip().split(" ")))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }
}
