package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs pg_dump and pg_restore: as child processes, with the password in the environment only. */
final class ClientTool {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+)\\.?([0-9]*)");
  private static final long LOOK_MILLIS = 200;
  private static final int TOLD_CHARACTERS = 600;

  private final Target target;
  private final Running running;

  ClientTool(Target target, Running running) {
    this.target = target;
    this.running = running;
  }

  /** The tool's major version; nothing where it is not installed. */
  static Optional<Integer> majorVersion(String tool) {
    try {
      Process process = new ProcessBuilder(tool, "--version").redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      process.waitFor(5, TimeUnit.SECONDS);
      Matcher version = VERSION.matcher(text);
      return version.find() ? Optional.of(Integer.valueOf(version.group(1))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Runs a tool to its end.
   *
   * @param database that it connects to
   * @param doing for people
   * @throws LockkeeperException {@code BACKUP_FAILED} with the tool's own words
   */
  void run(List<String> command, String database, String doing) throws IOException {
    Path output = Files.createTempFile("lockkeeper-tool", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
      environment(builder.environment(), database);
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      try {
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          running.beat(doing);
        }
      } finally {
        process.destroy();
      }
      if (process.exitValue() != 0) {
        throw failed(command.get(0), doing, Files.readString(output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(command.get(0), doing, "interrupted");
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private void environment(Map<String, String> environment, String database) {
    URI place = URI.create(target.settings().url().substring("jdbc:".length()));
    environment.put("PGHOST", place.getHost());
    environment.put("PGPORT", Integer.toString(place.getPort() < 0 ? 5432 : place.getPort()));
    environment.put("PGDATABASE", database);
    environment.put("PGUSER", target.settings().user());
    environment.put("PGPASSWORD", target.settings().password().read());
    environment.put("PGAPPNAME", Target.OURS + "backup");
    environment.put("PGCONNECT_TIMEOUT", "10");
    environment.put("LC_ALL", "C");
  }

  private LockkeeperException failed(String tool, String doing, String output) {
    String words = output.strip().replace('\n', ' ');
    String cut =
        words.length() > TOLD_CHARACTERS
            ? words.substring(words.length() - TOLD_CHARACTERS)
            : words;
    return new LockkeeperException(
        FailureCode.BACKUP_FAILED,
        doing + " with " + tool + " of " + target.title(),
        cut.isEmpty() ? "it failed without a word" : cut,
        "there is no new backup, and nothing was changed",
        "Mend the cause, then retry the step");
  }
}
