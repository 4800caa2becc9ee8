package io.lockkeeper.activities.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Counts lines of a log that came after a mark. Follows the file by its identity, not its name. */
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
   * Where the log ends now: identity and length.
   *
   * @throws IOException where it cannot be read
   */
  public String mark() throws IOException {
    return key() + " " + Files.size(path);
  }

  /**
   * Lines after the mark that match. A file that was replaced or cut since is read from its start.
   *
   * @throws IOException where it cannot be read
   */
  public long matches(String mark, Pattern pattern) throws IOException {
    int blank = mark.lastIndexOf(' ');
    long offset = Long.parseLong(mark.substring(blank + 1));
    boolean same = mark.substring(0, blank).equals(key());
    long matches = 0;
    try (SeekableByteChannel channel = Files.newByteChannel(path)) {
      channel.position(same && channel.size() >= offset ? offset : 0);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8));
      for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (pattern.matcher(line).find()) {
          matches++;
        }
      }
    }
    return matches;
  }

  @Override
  public String toString() {
    return name;
  }

  /** The file's inode where the system has one. */
  private String key() throws IOException {
    @Nullable Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return String.valueOf(key);
  }
}
