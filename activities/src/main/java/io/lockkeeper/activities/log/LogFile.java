package io.lockkeeper.activities.log;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Counts lines of a log that came after a mark, each once: a mark moves on with what was read.
 * Follows the file by its identity, not its name.
 */
public final class LogFile {
  private final String name;
  private final Path path;

  private LogFile(String name, Path path) {
    this.name = name;
    this.path = path;
  }

  /**
   * @throws LockkeeperException where the environment has no such log
   */
  public static LogFile of(EnvironmentSettings environment, String name) {
    @Nullable Path path = environment.logs().get(name);
    if (path == null) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "reading the log \"" + name + "\" of " + environment.name(),
          "the environment has no such log, it has " + environment.logs().keySet(),
          "nothing was read",
          "Name the file under logs in the worker's file");
    }
    return new LogFile(name, path);
  }

  /**
   * Matching lines since the first mark.
   *
   * @param mark from where to go on; also holds the matches until there
   */
  public record Counted(long matches, String mark) {}

  /**
   * Where the log ends now: nothing has been counted yet.
   *
   * @throws IOException where it cannot be read
   */
  public String mark() throws IOException {
    try (OpenLog now = OpenLog.of(path)) {
      return now.end().text();
    }
  }

  /**
   * As {@link #mark}; of a log that is not there yet, before all that it will ever hold.
   *
   * @throws IOException where it is there and cannot be read, and where not even its folder is
   *     there: what a folder that is mounted later brings along is older
   */
  public String markOrStart() throws IOException {
    try {
      return mark();
    } catch (NoSuchFileException e) {
      @Nullable Path folder = path.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw e;
      }
      return LogMark.beforeAll().text();
    }
  }

  /**
   * Counts on from a mark to the last whole line. A log that was renamed since is read to its end
   * and then the one in its place; one that was cut is read from its start.
   *
   * @param mark of {@link #mark}, of {@link #markOrStart}, of an earlier count with the same
   *     pattern, or of an earlier version
   * @throws IOException where it cannot be read: the mark still holds then
   */
  public Counted count(String mark, Pattern pattern) throws IOException {
    LogMark from = LogMark.read(mark);
    try (OpenLog now = OpenLog.of(path)) {
      LogMark to =
          now.goesOnFrom(from) ? now.count(from, pattern, false) : replaced(from, now, pattern);
      return new Counted(to.matches(), to.text());
    }
  }

  /** Who writes keeps the old file open for a while: the mark stays there until it has moved. */
  private LogMark replaced(LogMark from, OpenLog now, Pattern pattern) throws IOException {
    for (Path old : renamed(from)) {
      try (OpenLog before = OpenLog.of(old)) {
        if (before.goesOnFrom(from)) {
          LogMark ended = before.count(from, pattern, !now.isEmpty());
          return now.isEmpty() ? ended : now.count(ended.startOf(now.file()), pattern, false);
        }
      }
    }
    return now.count(from.startOf(now.file()), pattern, false);
  }

  /** Files beside the log that are the mark's: at most one but for other names of the same. */
  private List<Path> renamed(LogMark from) throws IOException {
    List<Path> found = new ArrayList<>();
    @Nullable Path folder = path.toRealPath().getParent();
    if (folder == null) {
      return found;
    }
    try (DirectoryStream<Path> beside =
        Files.newDirectoryStream(folder, file -> isOf(from, file))) {
      beside.forEach(found::add);
    } catch (AccessDeniedException e) {
      // Who may not list the folder does not find it.
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static boolean isOf(LogMark mark, Path file) {
    try {
      return Files.isRegularFile(file) && OpenLog.identity(file).equals(mark.file());
    } catch (IOException e) {
      // It has gone since the folder was listed.
      return false;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
