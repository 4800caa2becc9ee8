package io.lockkeeper.activities.host;

import io.lockkeeper.limit.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of one process that is resident, shared pages included. Which process, its own file tells
 * at each look, because an application that was started anew has another id. Source: {@code VmRSS}
 * in {@code /proc/PID/status} (Linux).
 */
public final class ProcessMemory {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");
  private static final Pattern ID = Pattern.compile("[0-9]{1,9}");
  private static final int KIB = 1024;

  private final Path file;
  private final Path proc;

  /**
   * @param file whose first line is the process's id
   */
  public ProcessMemory(Path file) {
    this(file, Path.of("/proc"));
  }

  ProcessMemory(Path file, Path proc) {
    this.file = file;
    this.proc = proc;
  }

  /** Bytes. */
  public Reading read() {
    String id;
    try {
      id = Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      return new Reading.Missing(
          "the file of the process's id cannot be read: " + e.getClass().getSimpleName());
    }
    if (!ID.matcher(id).matches()) {
      return new Reading.Missing("the file of the process's id holds none");
    }
    try {
      for (String line : Files.readAllLines(proc.resolve(id).resolve("status"))) {
        Matcher resident = RESIDENT.matcher(line);
        if (resident.matches()) {
          return new Reading.Figure((double) Long.parseLong(resident.group(1)) * KIB);
        }
      }
      return new Reading.Missing("process " + id + " has no memory of its own");
    } catch (NoSuchFileException e) {
      return new Reading.Missing("process " + id + " has ended");
    } catch (IOException e) {
      return new Reading.Missing(
          "process " + id + " cannot be looked at: " + e.getClass().getSimpleName());
    }
  }
}
